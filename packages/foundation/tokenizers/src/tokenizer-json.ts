import { CharacterTokenizer, characterPipeline } from './character-tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Component } from './tokenizer-file.ts';
import { TokenizerJsonError, unexpected } from './tokenizer-json-error.ts';
import { wordLevelVocabulary } from './word-level.ts';
import { WordTokenizer, wordPipeline } from './word-tokenizer.ts';

const pipelines = [
  { ...characterPipeline, Tokenizer: CharacterTokenizer },
  { ...wordPipeline, Tokenizer: WordTokenizer },
];

/**
 * Reads a `tokenizer.json`.
 *
 * @param json  the text of the file, or what `JSON.parse` made of it
 * @param name  the file's name, for errors
 * @throws TokenizerJsonError naming the place, if it is not a tokenizer.json or has a component that is not
 *   supported
 */
export function tokenizerFromJson(json: unknown, name = 'tokenizer.json'): Tokenizer {
  const file = typeof json === 'string' ? parse(json, name) : json;
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw unexpected(name, 'the file', file, 'an object with a `model`, as in a tokenizer.json');
  }
  const stages = file as Record<string, unknown>;
  const model = component(stages, 'model', name);
  if (model?.type !== 'WordLevel') {
    throw unexpected(name, 'model.type', model?.type, '"WordLevel"');
  }
  for (const stage of ['normalizer', 'post_processor', 'truncation', 'padding']) {
    const found = stages[stage];
    if (found !== null && found !== undefined) throw unexpected(name, stage, found, 'null');
  }
  const preTokenizer = component(stages, 'pre_tokenizer', name);
  const pipeline = pipelines.find(({ pre_tokenizer }) => sameJson(pre_tokenizer, preTokenizer));
  if (pipeline === undefined) {
    throw unexpected(
      name,
      'pre_tokenizer',
      preTokenizer,
      pipelines.map(({ pre_tokenizer }) => JSON.stringify(pre_tokenizer)).join(' or '),
    );
  }
  const decoder = component(stages, 'decoder', name);
  if (!sameJson(pipeline.decoder, decoder)) {
    throw unexpected(name, 'decoder', decoder, JSON.stringify(pipeline.decoder));
  }
  const vocabulary = wordLevelVocabulary(model, name);
  checkAddedTokens(stages.added_tokens, vocabulary.idOf.bind(vocabulary), name);
  try {
    return new pipeline.Tokenizer(vocabulary);
  } catch (error) {
    throw new TokenizerJsonError(`${name}: model.vocab: ${(error as Error).message}`, { cause: error });
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TokenizerJsonError(
      `${name}: not JSON (${(error as Error).message}). Give a tokenizer.json file.`,
      {
        cause: error,
      },
    );
  }
}

function component(stages: Record<string, unknown>, stage: string, name: string): Component | null {
  const found = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (found === null) return null;
  if (typeof found !== 'object' || Array.isArray(found) || !('type' in found)) {
    throw unexpected(name, stage, found, 'an object with a `type`');
  }
  return found as Component;
}

/** Added tokens may only repeat what the vocabulary says. */
function checkAddedTokens(added: unknown, idOf: (token: string) => number | undefined, name: string): void {
  if (!Array.isArray(added)) throw unexpected(name, 'added_tokens', added, 'a list');
  added.forEach((token: { id?: unknown; content?: unknown } | null, i) => {
    const id = typeof token?.content === 'string' ? idOf(token.content) : undefined;
    if (id === undefined || id !== token?.id) {
      throw unexpected(name, `added_tokens[${i}]`, token, 'a token with its id in model.vocab');
    }
  });
}

/** Equal whatever the order of the keys. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
