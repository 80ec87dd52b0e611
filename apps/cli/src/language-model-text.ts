import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DataError, type TokenSource } from '@ostinato/data';
import { readTextFiles, type TokenFile, writeTokenFile } from '@ostinato/data/node';
import {
  type TokenizedPart,
  type Tokenizer,
  trainCharacterTokenizer,
  trainWordTokenizer,
} from '@ostinato/tokenizers';
import { count, plural } from './format.ts';
import { watchLineEnds } from './line-ends.ts';
import type { Level } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import { checkRereadable } from './rereadable.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { after, before, type Cut } from './text-part.ts';
import { UserError } from './user-error.ts';

/** The tokens of a text, on disk, so that it may be larger than memory. */
export interface EncodedText extends TokenSource {
  /** Characters (code points) that the tokens cover. */
  characters: number;
  /** How many tokens the vocabulary lacks. */
  unknown: number;
  sha256: string;
  close(): Promise<void>;
}

/** A training text and its held-out part. */
export interface TrainingText {
  tokenizer: Tokenizer;
  train: EncodedText;
  valid: EncodedText;
  /** Invalid UTF-8 sequences that were replaced. */
  replaced: number;
  close(): Promise<void>;
}

/** Which part of which files. */
interface Part {
  files: readonly string[];
  cut?: { place: Cut; side: 'before' | 'after' };
}

export interface TrainingTextOptions {
  files: readonly string[];
  level: Level;
  /** The last share of the text is held out… */
  validFraction?: number;
  /** …or this file is. */
  validFile?: string;
  /** So many tokens are learned at most. */
  vocabulary?: number;
  /** Of an earlier run that goes on, or the user's; otherwise one is learned from the training part. */
  tokenizer?: Tokenizer;
}

/**
 * Encodes a training text and its held-out part. The text is streamed: to count it, to learn the vocabulary (from
 * the training part alone), to encode it.
 */
export async function readTrainingText(
  options: TrainingTextOptions,
  reporter: Reporter,
): Promise<TrainingText> {
  const { files, level, validFile } = options;
  await checkRereadable(validFile === undefined ? files : [...files, validFile]);
  let trainPart: Part = { files };
  let validPart: Part = { files: [validFile ?? ''] };
  const whole = await statisticsOf(files, reporter);
  let replaced = whole.replaced;
  const lineNote = level === 'char' ? undefined : whole.lineNote;
  if (validFile === undefined) {
    const place = cutOf(whole.characters, options.validFraction ?? 0.1, level);
    trainPart = { files, cut: { place, side: 'before' } };
    validPart = { files, cut: { place, side: 'after' } };
  } else {
    replaced += (await statisticsOf([validFile], reporter)).replaced;
  }

  const tooShort = (learned: string, heldOut: string) =>
    new UserError(
      `${files.join(', ')}: too short to train on (${learned} to learn from, ${heldOut} held out${level === 'char' ? '' : ', by whole lines'}). ` +
        `${lineNote ? `${lineNote} ` : ''}Give a longer text, another --valid-fraction, or a held-out text by --valid.`,
    );
  if (trainPart.cut?.place.characters === 0) throw tooShort('nothing', plural(whole.characters, 'character'));
  const tokenizer = options.tokenizer ?? (await learnTokenizer(options, trainPart, reporter));
  const train = await encode(trainPart, tokenizer, reporter);
  try {
    const valid = await encode(validPart, tokenizer, reporter);
    if (train.length === 0 || valid.length === 0) {
      await valid.close();
      throw tooShort(plural(train.length, 'token'), count(valid.length));
    }
    if (lineNote) reporter.note(lineNote);
    const close = async () => void (await Promise.all([train.close(), valid.close()]));
    return { tokenizer, train, valid, replaced, close };
  } catch (error) {
    await train.close();
    throw error;
  }
}

/** Encodes a text, or its last share, with a tokenizer that exists; `parts` reads it once more, with the places of tokens. */
export async function readText(
  files: readonly string[],
  tokenizer: Tokenizer,
  reporter: Reporter,
  part?: { validFraction: number; level: Level },
): Promise<EncodedText & { replaced: number; parts(): AsyncIterable<TokenizedPart> }> {
  await checkRereadable(files);
  const { characters, replaced, lineNote } = await statisticsOf(files, reporter);
  if (part && part.level !== 'char' && lineNote) reporter.note(lineNote);
  const cut = part && { place: cutOf(characters, part.validFraction, part.level), side: 'after' as const };
  const chosen: Part = { files, ...(cut && { cut }) };
  return {
    ...(await encode(chosen, tokenizer, reporter)),
    replaced,
    parts: () => tokenizer.tokenizeStream(open(chosen), { readSpecialTokens: false }),
  };
}

/** All tokens in order, in pieces: what counting n-grams asks for. */
export async function* chunksOf(
  source: TokenSource,
  limit: number = source.length,
): AsyncGenerator<Int32Array> {
  const size = 1 << 16;
  for (let start = 0; start < limit; start += size) yield source.read(start, Math.min(start + size, limit));
}

function cutOf(characters: number, validFraction: number, level: Level): Cut {
  return { characters: Math.floor(characters * (1 - validFraction)), atLineEnd: level !== 'char' };
}

async function statisticsOf(files: readonly string[], reporter: Reporter) {
  const text = watchLineEnds(readTextFiles(files));
  for await (const _ of watched('reading', text, reporter)); // reading it through is what counts it
  return { ...text.statistics, lineNote: text.lineNote() };
}

async function learnTokenizer(
  { level, vocabulary }: TrainingTextOptions,
  part: Part,
  reporter: Reporter,
): Promise<Tokenizer> {
  const text = watched('learning the vocabulary', open(part), reporter);
  const limit = vocabulary === undefined ? {} : { maxSize: vocabulary };
  // Words seen once become <unk>, so that the model learns what an unknown word is like.
  const learned =
    level === 'char'
      ? trainCharacterTokenizer(text, limit)
      : trainWordTokenizer(text, { minFrequency: 2, ...limit });
  return learned.catch((error) => {
    if (error instanceof DataError) throw error; // of reading, and names its file
    throw new UserError(
      `${part.files.join(', ')}: ${error.message.replace(/^\w+: /, '').replace('`maxSize`', '--vocabulary')}`,
    );
  });
}

/** The same chunks; says how far they are. */
async function* watched(doing: string, text: AsyncIterable<string>, reporter: Reporter) {
  let characters = 0;
  for await (const chunk of text) {
    characters += chunk.length;
    reporter.progress({ text: `${doing}: ${count(characters)} characters` });
    yield chunk;
  }
}

function open({ files, cut }: Part): AsyncIterable<string> {
  const text = readTextFiles(files);
  if (!cut) return text;
  return cut.side === 'before' ? before(text, cut.place) : after(text, cut.place);
}

async function encode(part: Part, tokenizer: Tokenizer, reporter: Reporter): Promise<EncodedText> {
  const folder = await temporaryFolder();
  const counts = { characters: 0, unknown: 0 };
  const hash = createHash('sha256');
  async function* counted(text: AsyncIterable<string>) {
    for await (const chunk of text) {
      for (let i = 0; i < chunk.length; i++)
        if ((chunk.charCodeAt(i) & 0xfc00) !== 0xdc00) counts.characters++;
      yield chunk;
    }
  }
  async function* ids() {
    const text = counted(watched('encoding', open(part), reporter));
    // What spells a special token is text like any other.
    for await (const chunk of tokenizer.encodeStream(text, { readSpecialTokens: false })) {
      counts.unknown += tokenizer.countUnknown(chunk);
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    const { size } = tokenizer.vocabulary;
    const file: TokenFile = await writeTokenFile(join(folder.path, 'tokens'), ids(), {
      vocabularySize: size,
    });
    const close = async () => {
      await file.close();
      folder.remove();
    };
    return { ...counts, length: file.length, read: file.read, sha256: hash.digest('hex'), close };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
