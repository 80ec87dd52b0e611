import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = (name) => fileURLToPath(new URL(`./contestants/${name}`, import.meta.url));

const node =
  (file, words = [], flags = []) =>
  () => ({
    command: process.execPath,
    words: [...flags, script(file), ...words],
  });

/** Until Node 22 relaxed SIMD needs a flag. */
const relaxedFlags =
  Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

/**
 * Everybody who takes part: how the process is started, or why it cannot be.
 *
 * @type {Record<string, () => { command: string, words: string[], env?: Record<string, string> } | string>}
 */
export const contestants = {
  plain: node('ostinato.mjs', ['plain']),
  relaxed: node('ostinato.mjs', ['relaxed'], relaxedFlags),
  'tfjs-wasm': node('tfjs.mjs', ['wasm']),
  'tfjs-cpu': node('tfjs.mjs', ['cpu']),
  'onnxruntime-web': node('onnxruntime.mjs', ['onnxruntime-web']),
  'onnxruntime-node': node('onnxruntime.mjs', ['onnxruntime-node']),
  'brain.js': node('brain.mjs'),
  ngram: node('ngram.mjs'),
  'ostinato-tokenizers': node('tokenizers.mjs', ['ostinato']),
  'gpt-tokenizer': node('tokenizers.mjs', ['gpt-tokenizer']),
  tiktoken: node('tokenizers.mjs', ['tiktoken']),
  'js-tiktoken': node('tokenizers.mjs', ['js-tiktoken']),
  '@huggingface/tokenizers': node('tokenizers.mjs', ['@huggingface/tokenizers']),
  pytorch,
};

/** One thread, as everybody else. */
function pytorch() {
  const python = ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
  if (!python) return 'not installed here (Debian: apt install python3-torch libopenblas0-pthread)';
  const env = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  return { command: python, words: [script('pytorch.py')], env };
}
