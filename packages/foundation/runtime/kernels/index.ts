export { adam, sumOfSquares } from './adam';
export { addBias } from './bias';
export { crossEntropy, crossEntropyGradient } from './cross-entropy';
export { gruBackward, gruBackwardScratchSize, gruForward, gruForwardScratchSize, gruStep, gruStepScratchSize } from './gru';
export { lstmBackward, lstmBackwardScratchSize, lstmForward, lstmForwardScratchSize, lstmStep, lstmStepScratchSize } from './lstm';
export { multiply, productScratchSize, tile } from './matrix-product';
export { rnnBackward, rnnBackwardScratchSize, rnnForward, rnnForwardScratchSize, rnnStep, rnnStepScratchSize } from './rnn';
export { segmentSum } from './segment-sum';
export { inputGradient, inputGradientScratchSize } from './sequence';
