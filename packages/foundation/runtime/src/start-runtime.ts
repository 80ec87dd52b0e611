import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { checkCoreVersion } from './core-version.ts';
import { einsumGradient, einsumKernel } from './kernels/einsum.ts';
import { type KernelBuild, registerKernels } from './kernels/index.ts';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.ts';
import { mendGradients } from './mended-gradients.ts';
import { ArgumentError, checkOptions } from './shape.ts';
import { withoutStrayListeners } from './stray-listeners.ts';

/** What `startRuntime` found and chose. */
export interface Runtime {
  backend: 'wasm' | 'cpu';
  /** Whether the WASM backend runs its 128-bit SIMD build. */
  simd: boolean;
  /** The build of the fused kernels: with multiply-adds that round once, plain, or none (composed of tfjs ops). */
  kernels: KernelBuild;
}

export interface RuntimeOptions {
  /** `cpu` is tfjs's own plain JavaScript: slower by far, for machines where WebAssembly is forbidden. */
  backend?: 'wasm' | 'cpu';
  /** Takes the plain build of the kernels everywhere: the same bits on every machine, some tenths slower. */
  deterministic?: boolean;
}

const runtimeOptions = ['backend', 'deterministic'] satisfies (keyof RuntimeOptions)[];

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

let started: (Required<RuntimeOptions> & { runtime: Promise<Runtime> }) | undefined;

/**
 * Starts tfjs-core on its WASM backend with SIMD, and registers the gradients and kernels that tfjs leaves out.
 * Works the same in Node, a page, a worker and a bundle: the binaries come inside this package, so there is no
 * path to configure. Every later call returns the same promise.
 *
 * ```ts
 * await startRuntime(); // { backend: 'wasm', simd: true, kernels: 'relaxed' }
 * ```
 *
 * @throws ArgumentError (as all errors, by rejecting) when it was started in another way before, or for an option that there is not
 * @throws Error when WebAssembly cannot start here; the message says why and what to do
 */
export function startRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  try {
    checkOptions('startRuntime', 'options', options, runtimeOptions);
  } catch (error) {
    return Promise.reject(error);
  }
  const { backend = 'wasm', deterministic = false } = options;
  if (backend !== 'wasm' && backend !== 'cpu') {
    return refuse(`\`backend\` is ${JSON.stringify(backend)}, expected 'wasm' or 'cpu'`);
  }
  if (started && (started.backend !== backend || (deterministic && !started.deterministic))) {
    const running = `${started.backend}${started.deterministic ? ', deterministic' : ''}`;
    const wanted = `${backend}${deterministic ? ', deterministic' : ''}`;
    return refuse(
      `asked for ${wanted}, but it runs on ${running} already. Choose once for the whole program`,
    );
  }
  if (!started) {
    const runtime = start({ backend, deterministic });
    started = { backend, deterministic, runtime };
    runtime.catch(() => {
      started = undefined;
    });
  }
  return started.runtime;
}

function refuse(why: string): Promise<never> {
  return Promise.reject(new ArgumentError(`startRuntime: ${why}.`));
}

async function start({ backend, deterministic }: Required<RuntimeOptions>): Promise<Runtime> {
  checkCoreVersion(tf.version_core);
  const simd = backend === 'wasm' ? await startWasm() : await startCpu();
  warnOfSecondCore();
  const { gradients } = await import('./generated/gradients.ts');
  for (const gradient of [...(gradients as tf.GradConfig[]), einsumGradient]) {
    if (tf.getGradient(gradient.kernelName) == null) tf.registerGradient(gradient);
  }
  mendGradients();
  const kernels =
    backend === 'wasm' ? await registerKernels(tf.backend() as BackendWasm, { deterministic }) : 'none';
  return { backend, simd, kernels };
}

async function startCpu(): Promise<boolean> {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  // With its first tensor this backend advertises another one, unless it is told that this is production.
  const production = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  tf.scalar(0).dispose();
  tf.env().set('PROD', production);
  return false;
}

async function startWasm(): Promise<boolean> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  for (const kernel of [unsortedSegmentSum, einsumKernel]) {
    if (tf.getKernel(kernel.kernelName, 'wasm') == null) tf.registerKernel(kernel);
  }
  // The threaded build breaks when it is minified, and on few cores it gains nothing.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  if (tf.engine().registryFactory.wasm && tf.engine().registry.wasm) {
    await tf.setBackend('wasm'); // somebody else has started it, with paths of their own
    return Boolean(simd);
  }
  const { wasmBinary } = simd
    ? await import('./generated/wasm-simd.ts')
    : await import('./generated/wasm-plain.ts');
  const url = URL.createObjectURL(await inflate(wasmBinary));
  try {
    // Where one of these is refused, tfjs's own loading never comes to an end, well or badly.
    await WebAssembly.compile(emptyModule);
    await fetch(url);
    setWasmPaths(
      {
        'tfjs-backend-wasm.wasm': url,
        'tfjs-backend-wasm-simd.wasm': url,
        'tfjs-backend-wasm-threaded-simd.wasm': url,
      },
      true,
    );
    if (!(await withoutStrayListeners(() => tf.setBackend('wasm'))))
      throw new Error('tfjs could not initialise its WASM backend');
  } catch (error) {
    throw new Error(
      `startRuntime: WebAssembly did not start (${(error as Error).message}). ` +
        "A page with a Content-Security-Policy needs script-src 'wasm-unsafe-eval' and connect-src blob:. " +
        "Where WebAssembly is forbidden, startRuntime({ backend: 'cpu' }) runs without it, many times slower.",
      { cause: error },
    );
  } finally {
    URL.revokeObjectURL(url);
  }
  return Boolean(simd);
}

async function inflate(base64: string): Promise<Blob> {
  const zipped = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
  const stream = zipped.stream().pipeThrough(new DecompressionStream('gzip'));
  return new Blob([await new Response(stream).arrayBuffer()], { type: 'application/wasm' });
}

/** The engine is shared by all copies of tfjs-core in a program; its tensors are of the first copy's class. */
function warnOfSecondCore(): void {
  const probe = tf.scalar(0, 'int32');
  const ours = probe.constructor === tf.Tensor;
  probe.dispose();
  if (ours) return;
  console.warn(
    `Ostinato: this program holds two copies of @tensorflow/tfjs-core (one of them ${tf.version_core}). They share ` +
      'one engine and mostly work, but cost memory and can disagree. `npm ls @tensorflow/tfjs-core` shows who ' +
      'brings the second one; `npm dedupe`, or one version in your package.json, removes it.',
  );
}
