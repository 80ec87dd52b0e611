export { gruBackward, gruBackwardScratchSize, gruForward, gruForwardScratchSize } from './gru';
export { lstmBackward, lstmBackwardScratchSize, lstmForward, lstmForwardScratchSize } from './lstm';
export { multiply, productScratchSize, tile } from './matrix-product';
export { rnnBackward, rnnBackwardScratchSize, rnnForward, rnnForwardScratchSize } from './rnn';
export { inputGradient, inputGradientScratchSize } from './sequence';
