import type { AddedToken } from './added-tokens.ts';
import type { PostProcessor } from './post-processors/post-processor.ts';
import { Vocabulary } from './vocabulary.ts';

/** @throws Error if a template has an id that no token has */
export function checkTemplates(postProcessor: PostProcessor | undefined, { size }: Vocabulary): void {
  for (const part of [false, true].flatMap((pair) => postProcessor?.template(pair) ?? [])) {
    const wrong = 'ids' in part ? part.ids.find((id) => id >= size) : undefined;
    if (wrong === undefined) continue;
    throw new Error(
      `Tokenizer: the post-processor puts the id ${wrong}, but ids go from 0 to ${size - 1}. Add the token, or correct the template.`,
    );
  }
}

/**
 * The model's tokens, and the added ones at their ids.
 * @throws Error if ids are taken twice, or leave holes
 */
export function wholeVocabulary(vocabulary: Vocabulary, addedTokens: readonly AddedToken[]): Vocabulary {
  const tokens: (string | undefined)[] = [...vocabulary.tokens];
  for (const { id, content } of addedTokens) {
    const known = tokens[id];
    if (known !== undefined && known !== content) {
      throw new Error(
        `Tokenizer: the added token ${JSON.stringify(content)} has the id ${id}, which is that of ${JSON.stringify(known)}. ` +
          'Give it an id of its own.',
      );
    }
    if (!Number.isInteger(id) || id < 0 || id > tokens.length + addedTokens.length) {
      throw new Error(
        `Tokenizer: the added token ${JSON.stringify(content)} has the id ${id}, but ids go from 0 to ` +
          `${tokens.length - 1} without holes. Give it the next one.`,
      );
    }
    tokens[id] = content;
  }
  for (let id = 0; id < tokens.length; id++) {
    if (tokens[id] !== undefined) continue;
    throw new Error(
      `Tokenizer: no token has the id ${id}, but some have greater ones. Give the added tokens ids without holes.`,
    );
  }
  return addedTokens.every(({ id }) => id < vocabulary.size)
    ? vocabulary
    : new Vocabulary(tokens as string[]);
}
