export { dropoutMask } from './dropout-mask.ts';
export { type FileStore, memoryStore } from './file-store.ts';
export { type ValueAndGradients, valueAndGradients } from './gradients.ts';
export {
  type AdamUpdateArgs,
  adamUpdate,
  fusedGlobalNorm,
  type GruSequenceArgs,
  type GruSequenceResult,
  type GruStepArgs,
  gruSequence,
  gruStep,
  type KernelBuild,
  kernelsAvailable,
  type LstmSequenceArgs,
  type LstmSequenceResult,
  type LstmStepArgs,
  lstmSequence,
  lstmStep,
  type RnnSequenceArgs,
  type RnnSequenceResult,
  type RnnStepArgs,
  rnnSequence,
  rnnStep,
  type SoftmaxCrossEntropyArgs,
  softmaxCrossEntropy,
} from './kernels/index.ts';
export {
  countParams,
  disposeParams,
  fillParams,
  flattenParams,
  mapParams,
  type ParamTree,
  treeFromPaths,
} from './params.ts';
export { type LoadedParams, loadParams, saveParams } from './params-file.ts';
export { randomNormal, randomUniform } from './random-tensors.ts';
export { createRng, type Rng, type RngState, restoreRng } from './rng.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  SafetensorsError,
  type TensorData,
} from './safetensors.ts';
export { ArgumentError, checkLengths, checkNumber, checkShape, checkTensor, ShapeError } from './shape.ts';
export { type Runtime, type RuntimeOptions, startRuntime } from './start-runtime.ts';
