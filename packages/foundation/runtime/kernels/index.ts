export { adam, sumOfSquares } from './adam';
export { addBias } from './bias';
export { crossEntropy, crossEntropyGradient } from './cross-entropy';
export { gruBackward, gruBackwardScratchSize, gruForward, gruForwardScratchSize } from './gru';
export { lstmBackward, lstmBackwardScratchSize, lstmForward, lstmForwardScratchSize } from './lstm';
export { multiply, productScratchSize, tile } from './matrix-product';
export { rnnBackward, rnnBackwardScratchSize, rnnForward, rnnForwardScratchSize } from './rnn';
export { segmentSum } from './segment-sum';
export { inputGradient, inputGradientScratchSize } from './sequence';
