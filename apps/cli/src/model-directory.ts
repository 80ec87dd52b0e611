import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type LanguageModel,
  type LanguageModelConfig,
  type LanguageModelParams,
  languageModel,
} from '@ostinato/language-model';
import { createRng, disposeParams, fillParams, loadParams, saveParams } from '@ostinato/runtime';
import { folderStore } from '@ostinato/runtime/node';
import { type Tokenizer, tokenizerFromJson } from '@ostinato/tokenizers';
import { UserError } from './user-error.ts';

/** What `config.json` of a model directory says. */
export interface ModelConfig {
  format: 'ostinato-language-model';
  version: 1;
  level: 'char' | 'word';
  model: LanguageModelConfig;
  /** How it was trained, for `--resume` and for the record. */
  training: TrainingConfig;
}

export interface TrainingConfig {
  batchSize: number;
  windowLength: number;
  learningRate: number;
  seed: number;
  /** The held-out share of the text, or nothing when a file of its own was given. */
  validFraction?: number;
  baselineOrder: number;
  /** What the text was, so that a resumed run notices another one. */
  text: { trainTokens: number; validTokens: number; sha256: string };
}

export interface LoadedModel {
  config: ModelConfig;
  tokenizer: Tokenizer;
  model: LanguageModel;
  params: LanguageModelParams;
}

/** Writes `params.safetensors`. */
export async function writeParams(folder: string, params: LanguageModelParams): Promise<void> {
  await folderStore(folder).write('params.safetensors', saveParams(params));
}

/** Writes `config.json` and `tokenizer.json`. */
export async function writeConfig(folder: string, config: ModelConfig, tokenizer: Tokenizer): Promise<void> {
  const store = folderStore(folder);
  const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  await store.write('tokenizer.json', json(tokenizer.toJSON()));
  await store.write('config.json', json(config));
}

/** @returns undefined when the folder holds no model */
export async function readConfig(folder: string): Promise<ModelConfig | undefined> {
  const path = join(folder, 'config.json');
  const config = await readJson(path);
  if (config === undefined) return undefined;
  const { format, version } = (config ?? {}) as Partial<ModelConfig>;
  if (format !== 'ostinato-language-model' || version !== 1) {
    throw new UserError(
      `${path}: not the configuration of an Ostinato language model (format ${JSON.stringify(format)}, version ${JSON.stringify(version)}).`,
    );
  }
  return config as ModelConfig;
}

export async function readTokenizer(folder: string): Promise<Tokenizer> {
  const path = join(folder, 'tokenizer.json');
  const json = await readJson(path);
  if (json === undefined)
    throw new UserError(`${path}: there is no such file. A model directory has one; copy it along.`);
  try {
    return tokenizerFromJson(json);
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message}`);
  }
}

/** Reads a whole model directory. The runtime must have been started. */
export async function readModel(folder: string): Promise<LoadedModel> {
  const config = await readConfig(folder);
  if (!config)
    throw new UserError(
      `${folder}: no model here (there is no config.json). \`ostinato lm train\` makes one.`,
    );
  const tokenizer = await readTokenizer(folder);
  if (tokenizer.vocabulary.size !== config.model.vocabularySize) {
    throw new UserError(
      `${folder}: tokenizer.json has ${tokenizer.vocabulary.size} tokens, config.json says ${config.model.vocabularySize}. They are of different models.`,
    );
  }
  const model = languageModel(config.model);
  const bytes = await folderStore(folder).read('params.safetensors');
  if (!bytes) {
    throw new UserError(
      `${folder}: there is no params.safetensors yet. Training was stopped before it saved any; go on with --resume.`,
    );
  }
  const { params: leaves } = loadParams(bytes, join(folder, 'params.safetensors'));
  const blank = model.init(createRng(0));
  try {
    return { config, tokenizer, model, params: fillParams(blank, leaves) };
  } finally {
    disposeParams(blank);
  }
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path}: it cannot be read (${(error as Error).message}).`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON (${(error as Error).message}).`);
  }
}
