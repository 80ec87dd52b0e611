import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { fusedAdam } from './adam-update.ts';
import { type KernelBuild, provideKernels } from './available.ts';
import { oneHotKernel, reverseKernel, selectKernel } from './bool-kernels.ts';
import { castKernel } from './cast.ts';
import { complexKernels, withComplex } from './complex-kernels.ts';
import { storeComplexTensors } from './complex-tensors.ts';
import { convolutionKernels } from './convolution.ts';
import { convolutionGradients } from './convolution-gradients.ts';
import { paddedKernels } from './convolution-shapes.ts';
import { depthwiseConvolutionKernels } from './depthwise-convolution.ts';
import { dropoutMaskKernel } from './dropout-mask-kernel.ts';
import { fourierKernels } from './fourier.ts';
import { gatherKernel } from './gather-rows.ts';
import { globalNormKernel } from './global-norm.ts';
import { fusedGru } from './gru-sequence.ts';
import { identityKernel } from './identity.ts';
import { layerNormGradient, layerNormKernels } from './layer-normalization.ts';
import { fusedLstm } from './lstm-sequence.ts';
import { batchMatMulKernel, fusedMatMulKernel } from './mat-mul.ts';
import { maxPoolGradient } from './max-pool-gradient.ts';
import { instantiateKernels } from './module.ts';
import { optimizerKernel } from './optimizer-kernels.ts';
import { reductionsOfNothing } from './reduce-nothing.ts';
import { refuseDisposed } from './refuse-disposed.ts';
import { fusedRmsprop } from './rmsprop-update.ts';
import { fusedRnn } from './rnn-sequence.ts';
import { unsortedSegmentSumKernel } from './segment-sum.ts';
import { sequenceInputGradientKernel } from './sequence-input-gradient.ts';
import { sequenceGradient, sequenceKernels } from './sequence-kernels.ts';
import { fusedSgd } from './sgd-update.ts';
import { sliceKernel } from './slice.ts';
import { crossEntropyGradient, crossEntropyKernels } from './softmax-cross-entropy.ts';
import { stridedSliceKernel } from './strided-slice.ts';
import { meanKernel, sumKernel } from './sum-rows.ts';
import { tileKernel } from './tile.ts';
import { transposeKernel } from './transpose.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

export { type AdamLeaf, type AdamSettings, adamUpdate } from './adam-update.ts';
export { type KernelBuild, kernelBuild, kernelsAvailable } from './available.ts';
export { drawMask } from './dropout-mask-kernel.ts';
export { fusedGlobalNorm } from './global-norm.ts';
export { type GruSequenceArgs, type GruSequenceResult, gruSequence } from './gru-sequence.ts';
export { readInto, tensorOfCopy } from './heap-copies.ts';
export {
  type LayerNormalizationArgs,
  layerNormalization,
} from './layer-normalization.ts';
export { type LstmSequenceArgs, type LstmSequenceResult, lstmSequence } from './lstm-sequence.ts';
export { type RmspropLeaf, type RmspropSettings, rmspropUpdate } from './rmsprop-update.ts';
export { type RnnSequenceArgs, type RnnSequenceResult, rnnSequence } from './rnn-sequence.ts';
export { type SgdLeaf, type SgdSettings, sgdUpdate } from './sgd-update.ts';
export { type SoftmaxCrossEntropyArgs, softmaxCrossEntropy } from './softmax-cross-entropy.ts';
export type { Stepper } from './stepper.ts';
export {
  type GruStepperParams,
  gruStepper,
  type HiddenState,
  type LstmStepperParams,
  type LstmStepperStates,
  lstmStepper,
  type RnnStepperParams,
  rnnStepper,
} from './steppers.ts';

const sequences = [fusedLstm, fusedGru, fusedRnn];

/** The kernels as tfjs has them: kept, so that registering twice does not put ours in front of ours. */
const tfjsKernels = new Map<string, tf.KernelConfig>();

function tfjsKernel(name: string): tf.KernelFunc {
  return tfjsKernels.get(name)!.kernelFunc;
}

/**
 * Puts the fused kernels and their gradients on tfjs's WASM backend. Call once the backend is up.
 *
 * @param deterministic take the plain build everywhere: the same bits on every machine.
 * @returns the build that runs; 'none' where the engine has no SIMD or the heap is shared between threads.
 */
export async function registerKernels(
  backend: BackendWasm,
  { deterministic = false }: { deterministic?: boolean } = {},
): Promise<KernelBuild> {
  const module = await instantiateKernels(backend, deterministic);
  if (module === undefined) return 'none';
  storeComplexTensors(backend);
  if (tfjsKernels.size === 0) {
    for (const kernel of tf.getKernelsForBackend('wasm')) tfjsKernels.set(kernel.kernelName, kernel);
  }
  const kernels = [
    ...tfjsKernels.values(),
    identityKernel(module),
    castKernel(module, tfjsKernel(tf.Cast)),
    reverseKernel(module, tfjsKernel(tf.Reverse)),
    selectKernel(module, tfjsKernel(tf.Select)),
    oneHotKernel(module, tfjsKernel(tf.OneHot)),
    batchMatMulKernel(module, tfjsKernel(tf.BatchMatMul)),
    fusedMatMulKernel(module, tfjsKernel(tf._FusedMatMul)),
    // As it was, but refusing disposed tensors: many functions of tfjs reshape first.
    { kernelName: tf.Reshape, backendName: 'wasm', kernelFunc: tfjsKernel(tf.Reshape) },
    sumKernel(module, tfjsKernel(tf.Sum)),
    meanKernel(module, tfjsKernel(tf.Mean)),
    ...reductionsOfNothing(module, tfjsKernel),
    transposeKernel(module, tfjsKernel(tf.Transpose)),
    tileKernel(module, tfjsKernel(tf.Tile)),
    unsortedSegmentSumKernel(module, unsortedSegmentSum.kernelFunc),
    sliceKernel(module, tfjsKernel(tf.Slice)),
    stridedSliceKernel(module, tfjsKernel(tf.StridedSlice)),
    ...paddedKernels(module, tfjsKernel),
    maxPoolGradient,
    ...convolutionKernels(module, tfjsKernel(tf.Conv2DBackpropInput)),
    ...depthwiseConvolutionKernels(module),
    ...complexKernels(module),
    ...fourierKernels(module),
    ...crossEntropyKernels(module),
    ...[fusedAdam, fusedSgd, fusedRmsprop].map((optimizer) => optimizerKernel(module, optimizer)),
    globalNormKernel(module),
    dropoutMaskKernel(module),
    gatherKernel(module, tfjsKernel(tf.GatherV2)),
    ...layerNormKernels(module),
    sequenceInputGradientKernel(module),
    ...sequences.flatMap((sequence) => sequenceKernels(module, sequence)),
  ];
  for (const kernel of kernels) {
    if (tf.getKernel(kernel.kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel(refuseDisposed(backend, withComplex(module, kernel)));
  }
  for (const gradient of [crossEntropyGradient, layerNormGradient, ...sequences.map(sequenceGradient)]) {
    if (tf.getGradient(gradient.kernelName) === undefined) tf.registerGradient(gradient);
  }
  for (const gradient of convolutionGradients) tf.registerGradient(gradient);
  provideKernels(module);
  return module.relaxed ? 'relaxed' : 'plain';
}
