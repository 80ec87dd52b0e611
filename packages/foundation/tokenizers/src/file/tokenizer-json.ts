import type { AddedToken } from '../added-tokens.ts';
import type { Padding } from '../padding.ts';
import { Tokenizer } from '../tokenizer.ts';
import type { Truncation } from '../truncation.ts';
import { Fields } from './fields.ts';
import { readDecoder } from './read-decoder.ts';
import { readModel } from './read-model.ts';
import { readNormalizer } from './read-normalizer.ts';
import { readPostProcessor } from './read-post-processor.ts';
import { readPreTokenizer } from './read-pre-tokenizer.ts';
import { TokenizerJsonError } from './tokenizer-json-error.ts';

/**
 * Reads a `tokenizer.json`, Hugging Face's form of a whole pipeline.
 *
 * @param json  the text of the file, or what `JSON.parse` made of it
 * @param name  the file's name, for errors
 * @throws TokenizerJsonError naming the place, if it is not a tokenizer.json or has a component that is not
 *   supported
 */
export function tokenizerFromJson(json: unknown, name = 'tokenizer.json'): Tokenizer {
  const value = typeof json === 'string' ? parse(json, name) : json;
  const file = new Fields(name, '', value, 'an object with a `model`, as in a tokenizer.json');
  if (file.get('model') === undefined) throw file.error('model', 'an object with a `type`');
  const addedTokens =
    file.get('added_tokens') === undefined ? [] : file.objects('added_tokens').map(readAddedToken);
  const stage = <Stage>(field: string, read: (fields: Fields) => Stage): Stage | undefined =>
    file.get(field) === undefined ? undefined : read(file.object(field));
  // Nesting deeper than the stack is no tokenizer.
  return file.wrap(() => {
    const model = readModel(file.object('model'), {
      contents: new Map(addedTokens.map(({ id, content }) => [id, content])),
      special: addedTokens.filter(({ special }) => special).map(({ content }) => content),
    });
    return new Tokenizer({
      addedTokens,
      normalizer: stage('normalizer', readNormalizer),
      preTokenizer: stage('pre_tokenizer', readPreTokenizer),
      model,
      postProcessor: stage('post_processor', readPostProcessor),
      decoder: stage('decoder', readDecoder),
      truncation: stage('truncation', readTruncation),
      padding: stage('padding', readPadding),
    });
  });
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TokenizerJsonError(
      `${name}: not JSON (${(error as Error).message}). Give a tokenizer.json file.`,
      { cause: error },
    );
  }
}

function readAddedToken(fields: Fields): AddedToken {
  return {
    id: fields.count('id'),
    content: fields.string('content'),
    singleWord: fields.boolean('single_word', false),
    lstrip: fields.boolean('lstrip', false),
    rstrip: fields.boolean('rstrip', false),
    normalized: fields.boolean('normalized', fields.get('special') !== true),
    special: fields.boolean('special', false),
  };
}

function readTruncation(fields: Fields): Truncation {
  return {
    maxLength: fields.count('max_length'),
    strategy: fields.oneOf('strategy', ['LongestFirst', 'OnlyFirst', 'OnlySecond'], 'LongestFirst'),
    stride: fields.count('stride', 0),
    direction: fields.oneOf('direction', ['Right', 'Left'], 'Right'),
  };
}

function readPadding(fields: Fields): Padding {
  const strategy = fields.get('strategy');
  const multipleOf = fields.get('pad_to_multiple_of') === undefined ? 0 : fields.count('pad_to_multiple_of');
  return {
    ...(strategy !== 'BatchLongest' &&
      strategy !== undefined && { length: fields.object('strategy').count('Fixed') }),
    ...(multipleOf > 0 && { multipleOf }),
    direction: fields.oneOf('direction', ['Right', 'Left'], 'Right'),
    id: fields.count('pad_id', 0),
    token: fields.string('pad_token', '[PAD]'),
    typeId: fields.count('pad_type_id', 0),
  };
}
