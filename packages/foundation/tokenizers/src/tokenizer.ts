import { AlignedText } from './aligned-text.ts';
import { checkText, shown } from './check-text.ts';
import type { DecoderRun } from './decoders/decoder.ts';
import { spacedDecoder } from './decoders/word-decoders.ts';
import { assemble, type EncodedText, type Encoding, layout, trimOffsets } from './encoding.ts';
import { checkSampling } from './models/model.ts';
import { type Segmentation, Unigram } from './models/unigram.ts';
import { pad, paddingJson } from './padding.ts';
import { type TextChunks, toChunks } from './text-chunks.ts';
import { TextEncoderPipeline } from './text-encoder.ts';
import type { TokenList } from './token-list.ts';
import type { TokenizerJson } from './tokenizer-file.ts';
import type {
  DecodeOptions,
  EncodeOptions,
  ReadOptions,
  StreamDecoder,
  TokenizedPart,
  TokenizerStages,
} from './tokenizer-options.ts';
import { truncate, truncationJson } from './truncation.ts';
import type { Vocabulary } from './vocabulary.ts';
import { wellFormed } from './well-formed.ts';
import { checkTemplates, wholeVocabulary } from './whole-vocabulary.ts';

/** What begins a text, in the order of preference. */
const startTokens = [
  '<s>',
  '<bos>',
  '[BOS]',
  '<|begin_of_text|>',
  '<|startoftext|>',
  '[CLS]',
  '<|endoftext|>',
  '</s>',
];

/**
 * Text to token ids and back. Lone surrogates, which are no characters, are read as U+FFFD, as every UTF-8 encoder does.
 */
export class Tokenizer {
  readonly stages: TokenizerStages;
  /** All tokens, the added ones included. */
  readonly vocabulary: Vocabulary;
  /** What stands for what the vocabulary lacks, if anything does. */
  readonly unknownId: number | undefined;
  /** What stands before a text, as the context of its first token, if there is such a token. */
  readonly startId: number | undefined;
  readonly #special: ReadonlySet<number>;
  readonly #encoder: TextEncoderPipeline;

  /** @throws Error if added tokens and the model's do not make one list of ids without holes */
  constructor(stages: TokenizerStages) {
    this.stages = stages;
    const { addedTokens = [], model } = stages;
    this.vocabulary = wholeVocabulary(model.vocabulary, addedTokens);
    this.unknownId = model.unknownId;
    checkTemplates(stages.postProcessor, this.vocabulary);
    const special = addedTokens.filter((token) => token.special);
    this.#special = new Set(special.map(({ id }) => id));
    this.startId = startTokens
      .map((name) => special.find(({ content }) => content === name)?.id)
      .find((id) => id !== undefined);
    this.#encoder = new TextEncoderPipeline(stages, addedTokens);
  }

  /**
   * The ids of a whole text.
   * @throws TypeError for what is no text, RangeError for a sampling out of range
   */
  encode(text: string, options: EncodeOptions = {}): Int32Array {
    const { postProcessor, truncation, padding } = this.stages;
    const { pair, addSpecialTokens = true } = options;
    const isPlain = pair === undefined && !(addSpecialTokens && postProcessor?.template(false));
    if (isPlain && !truncation && !padding) return this.#tokens(text, options).toIds();
    return this.tokenize(text, options).ids;
  }

  /** The tokens of a whole text, with their places in it. */
  tokenize(text: string, options: EncodeOptions = {}): Encoding {
    return this.#padded([this.#encoding(text, options)])[0]!;
  }

  /** As `tokenize` for many texts, or pairs of them; padded to one length where the tokenizer pads. */
  tokenizeBatch(
    texts: readonly (string | readonly [string, string])[],
    options: Omit<EncodeOptions, 'pair'> = {},
  ): Encoding[] {
    const encodings = texts.map((entry) =>
      Array.isArray(entry)
        ? this.#encoding(entry[0], { ...options, pair: entry[1] })
        : this.#encoding(entry as string, options),
    );
    return this.#padded(encodings);
  }

  /**
   * The ids of a text that arrives in chunks, in order, in arrays of any length. Where the text is cut into chunks never
   * changes them. Holds what it has to see together: to the next space for most tokenizers, everything for those with an
   * unknown pattern or without a pre-tokenizer. Adds no tokens, and neither cuts nor pads.
   */
  async *encodeStream(
    chunks: TextChunks,
    options: ReadOptions = {},
  ): AsyncGenerator<Int32Array, void, undefined> {
    for await (const part of this.#parts(chunks, options)) {
      yield this.#tokens(part, options).toIds();
    }
  }

  /**
   * As `encodeStream`, with the text of each part and where in it the tokens are, in UTF-16 code units: the parts together
   * are the whole text.
   */
  async *tokenizeStream(
    chunks: TextChunks,
    options: ReadOptions = {},
  ): AsyncGenerator<TokenizedPart, void, undefined> {
    for await (const text of this.#parts(chunks, options)) {
      const { ids, starts, ends } = this.#encodedText(text, options);
      yield { text, ids, starts, ends };
    }
  }

  /**
   * The text of ids.
   * @throws RangeError if an id is not in the vocabulary, TypeError for what are no ids
   */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    if (typeof ids === 'string' || typeof ids?.[Symbol.iterator] !== 'function') {
      throw new TypeError(`decode: \`ids\` is ${shown(ids)}, expected an iterable of numbers.`);
    }
    let text = '';
    const run = (this.stages.decoder ?? spacedDecoder()).start((part) => {
      text += part;
    });
    for (const id of ids) this.#decodeTo(run, id, options);
    run.end();
    return text;
  }

  /** Decodes one id at a time, for text that is shown while it is generated. */
  streamDecoder(options: DecodeOptions = {}): StreamDecoder {
    let text = '';
    const taken = () => {
      const certain = text;
      text = '';
      return certain;
    };
    const run = (this.stages.decoder ?? spacedDecoder()).start((part) => {
      text += part;
    });
    return {
      push: (id) => {
        this.#decodeTo(run, id, options);
        return taken();
      },
      end() {
        run.end();
        return taken();
      },
    };
  }

  /**
   * The n likeliest segmentations of a text, the likeliest first, without special tokens around.
   * @throws Error if the model is not a unigram model
   */
  nBest(text: string, n: number, { readSpecialTokens = true }: ReadOptions = {}): Segmentation[] {
    const { model } = this.stages;
    if (!(model instanceof Unigram)) {
      throw new Error(
        `nBest: the model is ${model.toJSON().type}, expected a unigram model, which gives probabilities.`,
      );
    }
    checkText(text);
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`nBest: \`n\` is ${n}, expected an integer ≥ 1.`);
    let best: Segmentation[] = [{ ids: [], logProb: 0 }];
    const follow = (next: readonly Segmentation[]) => {
      best = best
        .flatMap((a) => next.map((b) => ({ ids: [...a.ids, ...b.ids], logProb: a.logProb + b.logProb })))
        .sort((a, b) => b.logProb - a.logProb)
        .slice(0, n);
    };
    for (const { text: part, added } of this.#encoder.sections(
      new AlignedText(wellFormed(text)),
      readSpecialTokens,
    )) {
      if (added) follow([{ ids: [added.id], logProb: 0 }]);
      else for (const piece of this.#encoder.pieces(part)) follow(model.nBest(piece.text, n));
    }
    return best;
  }

  /** True for tokens that are not text, such as `<s>`. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** How many of the ids stand for what the vocabulary lacks. */
  countUnknown(ids: Int32Array): number {
    let count = 0;
    for (const id of ids) if (id === this.unknownId) count++;
    return count;
  }

  /** The contents of a `tokenizer.json` file. */
  toJSON(): TokenizerJson {
    const {
      addedTokens = [],
      normalizer,
      preTokenizer,
      model,
      postProcessor,
      decoder,
      truncation,
      padding,
    } = this.stages;
    return {
      version: '1.0',
      truncation: truncation ? truncationJson(truncation) : null,
      padding: padding ? paddingJson(padding) : null,
      added_tokens: [...addedTokens]
        .sort((a, b) => a.id - b.id)
        .map(
          ({
            id,
            content,
            singleWord = false,
            lstrip = false,
            rstrip = false,
            normalized = false,
            special = false,
          }) => ({
            ...{ id, content, single_word: singleWord, lstrip, rstrip, normalized, special },
          }),
        ),
      normalizer: normalizer?.toJSON() ?? null,
      pre_tokenizer: preTokenizer?.toJSON() ?? null,
      post_processor: postProcessor?.toJSON() ?? null,
      decoder: decoder?.toJSON() ?? null,
      model: model.toJSON(),
    };
  }

  #decodeTo(run: DecoderRun, id: number, { skipSpecialTokens = true }: DecodeOptions): void {
    const token = this.vocabulary.tokenOf(id);
    if (!skipSpecialTokens || id === this.unknownId || !this.#special.has(id)) run.push(token, true, true);
  }

  #parts(chunks: TextChunks, { readSpecialTokens = true }: ReadOptions) {
    return this.#encoder.parts(toChunks(chunks), readSpecialTokens);
  }

  #tokens(text: string, options: EncodeOptions): TokenList {
    const { readSpecialTokens = true, sampling } = options;
    checkText(text);
    if (sampling) checkSampling(sampling);
    return this.#encoder.encode(wellFormed(text), readSpecialTokens, sampling);
  }

  #encodedText(text: string, options: EncodeOptions): EncodedText {
    const { ids, starts, ends, words, length } = this.#tokens(text, options);
    const encoded = {
      ids: ids.subarray(0, length),
      starts: starts.subarray(0, length),
      ends: ends.subarray(0, length),
      words: words.subarray(0, length),
    };
    if (this.stages.postProcessor?.trimsOffsets) trimOffsets(encoded, text);
    return encoded;
  }

  #encoding(text: string, options: EncodeOptions): Encoding {
    const { pair, addSpecialTokens = true } = options;
    const { postProcessor, truncation } = this.stages;
    const parts = layout(postProcessor, pair !== undefined, addSpecialTokens);
    const texts = [text, ...(pair === undefined ? [] : [pair])].map((one) => this.#encodedText(one, options));
    if (!truncation) return assemble(parts, texts, this.vocabulary);
    const added = parts.reduce((sum, part) => sum + ('ids' in part ? part.ids.length : 0), 0);
    const [first = [], second] = truncate(texts, truncation, added);
    const windows = second
      ? first.flatMap((a) => second.map((b) => assemble(parts, [a, b], this.vocabulary)))
      : first.map((a) => assemble(parts, [a], this.vocabulary));
    return { ...windows[0]!, overflowing: windows.slice(1) };
  }

  #padded(encodings: Encoding[]): Encoding[] {
    return this.stages.padding ? pad(encodings, this.stages.padding) : encodings;
  }
}
