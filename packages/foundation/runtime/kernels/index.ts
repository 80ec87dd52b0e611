export { lstmBackward, lstmBackwardScratchSize, lstmForward, lstmForwardScratchSize } from './lstm';
export { multiply, productScratchSize, tile } from './matrix-product';
export { inputGradient, inputGradientScratchSize } from './sequence';
