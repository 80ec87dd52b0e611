import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../packages/foundation/runtime/kernels/', import.meta.url));

/** Floating-point operations of one round: twelve vectors of four, a multiplication and an addition each. */
export const peakOperations = 12 * 4 * 2;

/**
 * The runtime's loop of multiply-adds that touch no memory, compiled by itself: it is no part of what is shipped.
 *
 * @param {boolean} relaxed
 */
export async function compilePeak(relaxed) {
  const { default: asc } = await import('assemblyscript/asc');
  /** @type {Uint8Array | undefined} */
  let wasm;
  const { error, stderr } = await asc.main(
    [
      ...['peak.ts', '--baseDir', folder, '--outFile', 'peak.wasm', '--runtime', 'stub'],
      ...['--noAssert', '-O3', '--enable', 'simd', ...(relaxed ? ['--enable', 'relaxed-simd'] : [])],
    ],
    {
      writeFile: (_file, contents) => {
        if (contents instanceof Uint8Array) wasm = contents;
      },
    },
  );
  if (error || !wasm) throw new Error(`peak.ts: ${error?.message}\n${stderr}`);
  const { instance } = await WebAssembly.instantiate(wasm);
  return /** @type {(rounds: number, seed: number) => number} */ (instance.exports.peak);
}
