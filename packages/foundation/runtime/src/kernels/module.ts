import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** A place on the WASM heap. */
export type Address = number;

type KernelName =
  | 'multiply'
  | 'productScratchSize'
  | 'addBias'
  | 'segmentSum'
  | 'sumRows'
  | 'rowSums'
  | 'tile'
  | 'crossEntropy'
  | 'crossEntropyGradient'
  | 'adam'
  | 'sgd'
  | 'rmsprop'
  | 'dropoutMask'
  | 'gatherRows'
  | 'layerNorm'
  | 'layerNormGradient'
  | 'sumOfSquares'
  | 'convolutionFilterGradient'
  | 'convolutionInputGradient'
  | 'convolutionScratchSize'
  | 'depthwiseFilterGradient'
  | 'depthwiseInputGradient'
  | 'fourier'
  | 'fourierScratchSize'
  | 'joinComplex'
  | 'partOfComplex'
  | 'absoluteOfComplex'
  | 'inputGradient'
  | 'inputGradientScratchSize'
  | 'packPanels'
  | 'panelsSize'
  | `${'lstm' | 'gru' | 'rnn'}${'Forward' | 'Backward' | 'Step'}${'' | 'ScratchSize'}`;

/** What the AssemblyScript modules export (signatures there): places in bytes, sizes in floats, booleans as 0 and 1. */
type KernelExports = Record<KernelName, (...args: number[]) => number>;

/** The kernels, working inside tfjs's own heap. */
export interface KernelModule extends KernelExports {
  /** Whether multiply-adds round once (relaxed SIMD): faster, but the last bits differ between machines. */
  relaxed: boolean;
  backend: BackendWasm;
  memory: WebAssembly.Memory;
  malloc(bytes: number): Address;
  free(address: Address): void;
}

/** What emscripten's module has beyond its published types. */
interface EmscriptenHeap {
  asm?: { memory?: unknown };
  _malloc(bytes: number): Address;
  _free(address: Address): void;
}

const refusing = new WeakSet<EmscriptenHeap>();

/** What no block of 32-bit addresses can hold; emscripten's allocator wraps around near 2³² and returns a small one. */
const tooMuch = 2 ** 32 - 2 ** 24;

/** Makes a full heap an error: tfjs takes the 0 that emscripten returns for an address, and writes there. */
function refuseWhenFull(heap: EmscriptenHeap): void {
  if (refusing.has(heap)) return;
  refusing.add(heap);
  const malloc = heap._malloc;
  heap._malloc = (bytes) => {
    const address = bytes < tooMuch ? malloc(bytes) : 0;
    if (address !== 0) return address;
    throw new Error(`The WASM heap has no room for ${bytes} bytes. Use a smaller batch or fewer steps.`);
  };
}

/** Each build is loaded where it is wanted alone: a page that runs one does not fetch the other. */
async function sourceOf(relaxed: boolean): Promise<string> {
  if (relaxed) return (await import('./generated/relaxed.ts')).relaxedModule;
  return (await import('./generated/plain.ts')).plainModule;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * Instantiates the kernels on the backend's heap: the relaxed build where the engine takes it and `deterministic` does not
 * forbid it, else the plain one. Undefined where the engine has no SIMD or the heap is shared between threads.
 */
export async function instantiateKernels(
  backend: BackendWasm,
  deterministic: boolean,
): Promise<KernelModule | undefined> {
  const heap = backend.wasm as unknown as EmscriptenHeap;
  const memory = heap.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || !(memory.buffer instanceof ArrayBuffer)) return undefined;
  refuseWhenFull(heap);
  for (const relaxed of deterministic ? [false] : [true, false]) {
    const bytes = decode(await sourceOf(relaxed));
    if (!WebAssembly.validate(bytes)) continue;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const exports = instance.exports as unknown as KernelExports;
    return {
      ...exports,
      relaxed,
      backend,
      memory,
      malloc: (bytes) => heap._malloc(bytes),
      free: (address) => heap._free(address),
    };
  }
  return undefined;
}
