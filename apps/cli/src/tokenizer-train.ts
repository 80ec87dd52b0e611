import { readTextFiles } from '@ostinato/data/node';
import {
  lowercase,
  type Normalizer,
  normalizerSequence,
  stripAccents,
  type Tokenizer,
  type TrainingControl,
  type TrainingProgress,
  trainBpeTokenizer,
  trainCharacterTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
  trainWordTokenizer,
  unicodeForm,
} from '@ostinato/tokenizers';
import { count, duration, figure, plural, replacedNote } from './format.ts';
import { interruptible } from './interruptible.ts';
import { withOutputFile } from './output-folder.ts';
import type { Reporter } from './reporter.ts';
import { writeTokenizerFile } from './tokenizer-file.ts';
import { UserError } from './user-error.ts';

export interface TokenizerTrainOptions {
  out: string;
  model: 'bpe' | 'wordpiece' | 'unigram' | 'word' | 'char';
  vocabulary?: number;
  level: 'byte' | 'character';
  minFrequency?: number;
  alphabet?: number;
  special?: string[];
  normalize?: 'nfc' | 'nfd' | 'nfkc' | 'nfkd';
  lowercase?: boolean;
  stripAccents?: boolean;
}

/** Why options do not go together, if they do not. */
export function trainMisfit(
  { model, level, special }: TokenizerTrainOptions,
  given: ReadonlySet<string>,
): string | undefined {
  const isWhole = model === 'word' || model === 'char';
  if (given.has('level') && model !== 'bpe') return `--level is for --model bpe, not ${model}`;
  if (given.has('alphabet') && (isWhole || (model === 'bpe' && level === 'byte')))
    return `--alphabet is for models of characters: wordpiece, unigram, and bpe with --level character`;
  if (given.has('minFrequency') && model === 'unigram') return '--min-frequency is not for --model unigram';
  if (special?.includes('')) return '--special has an empty token; leave it out';
  if (special && new Set(special).size < special.length) return '--special names a token twice';
  return undefined;
}

/** `ostinato tokenizer train`: a tokenizer of texts, as a tokenizer.json. */
export function trainTokenizer(
  files: readonly string[],
  options: TokenizerTrainOptions,
  reporter: Reporter,
): Promise<number> {
  return withOutputFile(options.out, files, async () => {
    const interruption = interruptible(reporter, 'Stopping; nothing is written');
    const { signal } = interruption;
    const started = performance.now();
    const text = readTextFiles(files);
    const onProgress = (progress: TrainingProgress) => reporter.progress(shown(progress));
    let tokenizer: Tokenizer;
    try {
      tokenizer = await learn(text, options, { onProgress, signal });
    } catch (error) {
      if (signal.aborted) return interruption.status();
      throw isOfTheText(error) ? new UserError(`${files.join(', ')}: ${withoutName(error.message)}`) : error;
    } finally {
      interruption.end();
    }
    await writeTokenizerFile(options.out, tokenizer);
    reporter.finish();
    const seconds = (performance.now() - started) / 1000;
    const { characters, replaced } = text.statistics;
    if (replaced > 0) reporter.note(replacedNote(replaced));
    const { size } = tokenizer.vocabulary;
    const wanted = options.vocabulary ?? defaultSize(options);
    if (wanted !== undefined && size < wanted) {
      reporter.note(`The text gives no more than ${plural(size, 'token')}; ${count(wanted)} were asked for.`);
    }
    reporter.result(
      { model: options.model, vocabulary: size, characters, replaced, seconds, out: options.out },
      [
        `${plural(characters, 'character')} read, ${plural(size, 'token')} learned in ${duration(seconds)} (${figure(characters / 1e6 / seconds, 1)} million characters/s).`,
        `The tokenizer is in ${options.out}.`,
      ],
    );
    return 0;
  });
}

function learn(
  text: AsyncIterable<string>,
  options: TokenizerTrainOptions,
  control: TrainingControl,
): Promise<Tokenizer> {
  const { model, level, minFrequency, alphabet, special: specialTokens } = options;
  const size = options.vocabulary ?? defaultSize(options);
  const normalizer = normalizerOf(options);
  const common = { ...control, ...(normalizer && { normalizer }), ...(specialTokens && { specialTokens }) };
  const rare = minFrequency === undefined ? {} : { minFrequency };
  const letters = alphabet === undefined ? {} : { alphabetSize: alphabet };
  switch (model) {
    case 'bpe':
      return trainBpeTokenizer(text, { ...common, ...rare, ...letters, level, vocabularySize: size! });
    case 'wordpiece':
      return trainWordPieceTokenizer(text, { ...common, ...rare, ...letters, vocabularySize: size! });
    case 'unigram':
      return trainUnigramTokenizer(text, { ...common, ...letters, vocabularySize: size! });
    case 'word':
      return trainWordTokenizer(text, {
        minFrequency: 2,
        ...common,
        ...rare,
        ...(size && { maxSize: size }),
      });
    case 'char':
      return trainCharacterTokenizer(text, { ...common, ...rare, ...(size && { maxSize: size }) });
  }
}

function defaultSize({ model }: TokenizerTrainOptions): number | undefined {
  return model === 'word' || model === 'char' ? undefined : 8000;
}

function normalizerOf(options: TokenizerTrainOptions): Normalizer | undefined {
  const stages: Normalizer[] = [];
  const form = options.normalize?.toUpperCase() as 'NFC' | 'NFD' | 'NFKC' | 'NFKD' | undefined;
  if (form) stages.push(unicodeForm(form));
  // Accents are marks of their own in a decomposed form alone.
  else if (options.stripAccents) stages.push(unicodeForm('NFD'));
  if (options.lowercase) stages.push(lowercase());
  if (options.stripAccents) stages.push(stripAccents());
  return stages.length > 1 ? normalizerSequence(stages) : stages[0];
}

function shown(progress: TrainingProgress): { fraction?: number; text: string } {
  if (progress.stage === 'counting') {
    return {
      text: `${count(progress.characters)} characters read, ${count(progress.distinctPieces)} distinct words`,
    };
  }
  return { fraction: progress.fraction, text: `learning: ${count(progress.tokens)} tokens` };
}

/** What the text or an option's value is to blame for. */
function isOfTheText(error: unknown): error is Error {
  return error instanceof Error && /^(train\w+|buildVocabulary): /.test(error.message);
}

function withoutName(message: string): string {
  return message
    .replace(/^\w+: /, '')
    .replace('`vocabularySize`', '--vocabulary')
    .replace('`maxSize`', '--vocabulary')
    .replace('`alphabetSize`', '--alphabet');
}
