export {
  type CharacterEncoder,
  type CharacterEncoderParams,
  type CharacterReader,
  characterEncoder,
} from './character-encoder.ts';
export { type Conv1dConfig, type Conv1dOptions, type Conv1dParams, conv1d, initConv1d } from './conv1d.ts';
export { type Conv2dConfig, type Conv2dOptions, type Conv2dParams, conv2d, initConv2d } from './conv2d.ts';
export { type ConvolutionPlan, convolvedLengths } from './convolution-plan.ts';
export { type ConvolutionReaderConfig, convolutionReader } from './convolution-reader.ts';
export { dropout, lockedDropout } from './dropout.ts';
export { type EmbeddingConfig, type EmbeddingParams, embedding, initEmbedding } from './embedding.ts';
export { type HighwayConfig, type HighwayParams, highway, initHighway } from './highway.ts';
export { initLayerNorm, type LayerNormConfig, type LayerNormParams, layerNorm } from './layer-norm.ts';
export { initLinear, type LinearConfig, type LinearParams, linear } from './linear.ts';
export {
  averagePool1d,
  averagePool2d,
  maxOverTime,
  maxPool1d,
  maxPool2d,
  meanOverTime,
  type Pool1dOptions,
  type Pool2dOptions,
} from './pooling.ts';
export { type TiedOutputParams, tiedOutput } from './tied-output.ts';
export { weightDrop } from './weight-drop.ts';
export { embeddingDropout, wordDropout } from './word-dropout.ts';
