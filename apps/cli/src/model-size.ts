import type { LanguageModelConfig } from '@ostinato/language-model';
import { count, figure, plural } from './format.ts';
import type { ModelConfig } from './model-directory.ts';
import { UserError } from './user-error.ts';

/** What 32-bit addresses reach. */
const heapBytes = 2 ** 32;
/** More than anybody has trained. */
const mostLayers = 10_000;
const gates = { rnn: 1, gru: 3, lstm: 4 } as const;

/**
 * Refuses what cannot be trained whatever the machine, before it takes all memory there is.
 *
 * @throws UserError naming the options to change
 */
export function checkSize(files: readonly string[], { model, training }: ModelConfig, tokens: number): void {
  const { batchSize, windowLength } = training;
  if (tokens < batchSize) {
    throw new UserError(
      `${files.join(', ')}: ${plural(tokens, 'token')} to learn from ${tokens === 1 ? 'is' : 'are'} too few for --batch ${batchSize}. ` +
        `Set --batch to ${count(tokens)} or less, or give a longer text.`,
    );
  }
  if (model.layers > mostLayers)
    throw new UserError(
      `--layers ${model.layers} is more than any memory holds, expected ${count(mostLayers)} at most.`,
    );
  const time = Math.min(windowLength, Math.floor(tokens / batchSize));
  // Parameters, gradients and Adam's two moments; logits and their gradients.
  const numbers = 4 * parameterCount(model) + 2 * batchSize * time * model.vocabularySize;
  if (4 * numbers <= heapBytes) return;
  throw new UserError(
    `This model needs at least ${figure((4 * numbers) / 2 ** 30, 1)} GiB of memory to train, and WebAssembly has 4. ` +
      'Lower --hidden, --embedding, --layers, --batch or --bptt.',
  );
}

/**
 * Refuses sizes of a `config.json` that no model can have, before anything is made of them.
 *
 * @param path of the file, for the message
 */
export function checkModelSize(path: string, model: LanguageModelConfig): void {
  const { vocabularySize, layers, hiddenSize, embeddingSize } = model;
  if (!(Number.isInteger(layers) && layers > 0)) return; // what is no size is left to the model
  if (layers <= mostLayers && !(4 * parameterCount(model) > heapBytes)) return;
  const sizes = Object.entries({ vocabularySize, layers, hiddenSize, embeddingSize });
  throw new UserError(
    `${path}: a model with ${sizes.map(([name, size]) => `${name} ${count(size)}`).join(', ')} is larger than any memory. ` +
      'Put back what was there, or train anew into another --out.',
  );
}

/** The allocator's complaint as a sentence for whoever runs the command; any other error as it is. */
export function outOfMemory(error: unknown): unknown {
  const complaint =
    /memory access out of bounds|WASM heap has no room|buffer allocation failed|Invalid typed array length|OOM/;
  if (!(error instanceof Error) || !complaint.test(error.message)) return error;
  return new UserError(
    `There is not enough memory for this model (${error.message}). Lower --hidden, --layers, --batch or --bptt.`,
  );
}

/** How many numbers a model learns, biases left out. */
export function parameterCount(config: LanguageModelConfig): number {
  const { vocabularySize, embeddingSize, hiddenSize, layers, cell, tiedEmbeddings = false } = config;
  const widths = new Array<number>(layers).fill(hiddenSize);
  if (tiedEmbeddings) widths[layers - 1] = embeddingSize;
  const recurrent = widths.map((width, i) => width * ((i === 0 ? embeddingSize : widths[i - 1]!) + width));
  const tables = embeddingSize + (tiedEmbeddings ? 0 : hiddenSize);
  return vocabularySize * tables + gates[cell] * recurrent.reduce((sum, size) => sum + size, 0);
}
