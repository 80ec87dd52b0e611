import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@ostinato/data/node';
import {
  type LanguageModel,
  type LanguageModelConfig,
  type LanguageModelParams,
  languageModel,
} from '@ostinato/language-model';
import {
  createRng,
  disposeParams,
  type FileStore,
  fillParams,
  loadParams,
  saveParams,
} from '@ostinato/runtime';
import { folderStore } from '@ostinato/runtime/node';
import { type Tokenizer, tokenizerFromJson } from '@ostinato/tokenizers';
import { checkTraining } from './config-check.ts';
import { count } from './format.ts';
import type { OptimizerName, ScheduleName } from './lm-optimizer-names.ts';
import { checkModelSize, parameterCount } from './model-size.ts';
import { UserError } from './user-error.ts';

/** What a token is: a character, a word, or what a tokenizer of the user's says. */
export type Level = 'char' | 'word' | 'token';

/** What `config.json` of a model directory says. */
export interface ModelConfig {
  format: 'ostinato-language-model';
  version: 1;
  level: Level;
  model: LanguageModelConfig;
  /** Of `tokenizer.json`, so that another one is noticed. */
  tokenizerSha256: string;
  /** How it was trained, for `--resume` and for the record. */
  training: TrainingConfig;
}

export interface TrainingConfig {
  batchSize: number;
  windowLength: number;
  /** Threads that share every batch; one when left out. Another number gives other bits. */
  workers?: number;
  learningRate: number;
  /** Adam when left out, and no schedule, warm-up, decay or averaging, as before there was a choice. */
  optimizer?: OptimizerName;
  schedule?: ScheduleName;
  /** The steps that a schedule with an end is made for. */
  scheduleSteps?: number;
  warmup?: number;
  weightDecay?: number;
  ema?: number;
  seed: number;
  /** How many tokens it may know at most, if that was said. */
  vocabulary?: number;
  /** The held-out share of the text, or nothing when a file of its own was given. */
  validFraction?: number;
  baselineOrder: number;
  /** What the text was, so that a resumed run notices another one. */
  text: { trainTokens: number; validTokens: number; sha256: string; validSha256: string };
}

export interface LoadedModel {
  config: ModelConfig;
  tokenizer: Tokenizer;
  model: LanguageModel;
  params: LanguageModelParams;
}

/** The model directory as a file store; what cannot be read or written is an error with the folder's name and a remedy. */
export function modelStore(folder: string): FileStore {
  const store = folderStore(folder);
  return {
    ...store,
    read: (file) => store.read(file).catch((error) => Promise.reject(readError(join(folder, file), error))),
    write: (file, bytes) =>
      store.write(file, bytes).catch((error) => Promise.reject(fileError(join(folder, file), error))),
  };
}

/** Writes `params.safetensors`. */
export async function writeParams(folder: string, params: LanguageModelParams): Promise<void> {
  await modelStore(folder).write('params.safetensors', saveParams(params));
}

/** Writes `tokenizer.json`, and `config.json`, which makes the folder a model. */
export async function writeConfig(folder: string, config: ModelConfig, tokenizer: Tokenizer): Promise<void> {
  const store = modelStore(folder);
  await store.write('tokenizer.json', jsonBytes(tokenizer.toJSON()));
  await store.write('config.json', jsonBytes(config));
}

/** Whether a file of this name is one of a model directory. */
export function isModelFile(file: string): boolean {
  return /^(config\.json|tokenizer\.json|params\.safetensors|history\.jsonl|training-state(\.\d+)?\.(safetensors|json))$/.test(
    file,
  );
}

/** Takes a model away that could not be written whole. */
export async function removeModel(folder: string): Promise<void> {
  const checkpoint = ['training-state.safetensors', 'training-state.json'];
  for (const file of ['config.json', 'tokenizer.json', 'params.safetensors', ...checkpoint])
    await folderStore(folder).remove(file);
}

/** What `config.json` knows its tokenizer by. */
export function tokenizerDigest(tokenizer: Tokenizer): string {
  return sha256(jsonBytes(tokenizer.toJSON()));
}

/** @returns undefined when the folder holds no model */
export async function readConfig(folder: string): Promise<ModelConfig | undefined> {
  const path = join(folder, 'config.json');
  const text = await readBytes(path);
  if (text === undefined) return undefined;
  const config = parse(text);
  if (!isConfig(config)) {
    throw new UserError(
      `${path}: this is not the configuration of an Ostinato language model, or it was changed. ` +
        'Name a folder that `ostinato lm train` made.',
    );
  }
  checkModel(path, config);
  checkTraining(path, config.training);
  return config;
}

/** @throws UserError when the folder's tokenizer is not the one that the model was trained with */
export async function readTokenizer(folder: string, config: ModelConfig): Promise<Tokenizer> {
  const path = join(folder, 'tokenizer.json');
  const bytes = await readBytes(path);
  if (bytes === undefined)
    throw new UserError(`${path}: there is no such file. A model directory has one; copy it along.`);
  if (sha256(bytes) !== config.tokenizerSha256) {
    throw new UserError(
      `${path}: this is not the tokenizer that the model was trained with, or it was changed. Copy the model's own.`,
    );
  }
  return tokenizerFromJson(parse(bytes), path);
}

/** Reads a whole model directory. The runtime must have been started. */
export async function readModel(folder: string): Promise<LoadedModel> {
  const config = await readConfig(folder);
  if (!config)
    throw new UserError(
      `${folder}: no model here (there is no config.json). \`ostinato lm train\` makes one.`,
    );
  const tokenizer = await readTokenizer(folder, config);
  const model = languageModel(config.model);
  return { config, tokenizer, model, params: await readParams(folder, model) };
}

/** Reads `params.safetensors`: the best parameters of a run. */
export async function readParams(folder: string, model: LanguageModel): Promise<LanguageModelParams> {
  const bytes = await modelStore(folder).read('params.safetensors');
  if (!bytes) {
    throw new UserError(
      `${folder}: there is no params.safetensors yet. Training was stopped before it saved any; go on with --resume.`,
    );
  }
  const path = join(folder, 'params.safetensors');
  const { params: leaves } = loadParams(bytes, path);
  const others = (why: string) => {
    for (const tensor of leaves.values()) tensor.dispose();
    return new UserError(`${path}: these are parameters of another model than that of config.json (${why}).`);
  };
  const numbers = [...leaves.values()].reduce((sum, { size }) => sum + size, 0);
  const expected = parameterCount(model.config);
  // Before a model of that size is made to compare with.
  if (numbers < expected) throw others(`${count(numbers)} numbers, expected ${count(expected)} or more`);
  const blank = model.init(createRng(0));
  try {
    return fillParams(blank, leaves);
  } catch (error) {
    throw others((error as Error).message.replace(/^fillParams: (.*?)\.?$/, '$1'));
  } finally {
    disposeParams(blank);
  }
}

function checkModel(path: string, { model }: ModelConfig): void {
  try {
    checkModelSize(path, model);
    languageModel(model);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${(error as Error).message.replace(/^languageModel: /, '')}`);
  }
}

function isConfig(value: unknown): value is ModelConfig {
  const { format, version, level, model, training, tokenizerSha256 } = fields(value);
  const { text, validFraction = 0.5, ...numbers } = fields(training);
  const sizes = ['batchSize', 'windowLength', 'learningRate', 'seed', 'baselineOrder'];
  return (
    format === 'ostinato-language-model' &&
    version === 1 &&
    (level === 'char' || level === 'word' || level === 'token') &&
    typeof model === 'object' &&
    model !== null &&
    typeof tokenizerSha256 === 'string' &&
    typeof validFraction === 'number' &&
    typeof fields(text).sha256 === 'string' &&
    sizes.every((name) => Number.isFinite(numbers[name]))
  );
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** @returns undefined when it is not JSON */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @returns undefined when there is no such file */
async function readBytes(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readError(path, error);
  }
}

function readError(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EISDIR') return fileError(path, error);
  return new UserError(`${path}: this is a folder, expected a file. Put back the model's own.`);
}
