export { dropoutMask } from './dropout-mask.ts';
export { type FileStore, memoryStore } from './file-store.ts';
export { type ValueAndGradients, valueAndGradients } from './gradients.ts';
export { indexedDbStore } from './indexed-db-store.ts';
export {
  type AdamLeaf,
  type AdamSettings,
  adamUpdate,
  fusedGlobalNorm,
  type GruSequenceArgs,
  type GruSequenceResult,
  type GruStepperParams,
  gruSequence,
  gruStepper,
  type HiddenState,
  type KernelBuild,
  kernelBuild,
  kernelsAvailable,
  type LayerNormalizationArgs,
  type LstmSequenceArgs,
  type LstmSequenceResult,
  type LstmStepperParams,
  type LstmStepperStates,
  layerNormalization,
  lstmSequence,
  lstmStepper,
  type RmspropLeaf,
  type RmspropSettings,
  type RnnSequenceArgs,
  type RnnSequenceResult,
  type RnnStepperParams,
  readInto,
  rmspropUpdate,
  rnnSequence,
  rnnStepper,
  type SgdLeaf,
  type SgdSettings,
  type SoftmaxCrossEntropyArgs,
  type Stepper,
  sgdUpdate,
  softmaxCrossEntropy,
  tensorOfCopy,
} from './kernels/index.ts';
export { opfsStore } from './opfs-store.ts';
export { packFiles, unpackFiles } from './pack-files.ts';
export {
  countParams,
  disposeParams,
  fillParams,
  flattenParams,
  keepParams,
  mapParams,
  type ParamTree,
  treeFromPaths,
} from './params.ts';
export { type LoadedParams, loadParams, saveParams } from './params-file.ts';
export { randomNormal, randomUniform } from './random-tensors.ts';
export { realSteps, zeroPast } from './real-steps.ts';
export { checkRng, createRng, type Rng, type RngState, restoreRng } from './rng.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  SafetensorsError,
  type TensorData,
} from './safetensors.ts';
export {
  ArgumentError,
  checkLengths,
  checkNumber,
  checkOptions,
  checkShape,
  checkTensor,
  ShapeError,
} from './shape.ts';
export { type Runtime, type RuntimeOptions, startRuntime } from './start-runtime.ts';
export { StoreError } from './store-error.ts';
export { tidyTree } from './tidy-tree.ts';
