import { type AddedToken, AddedTokenFinder, type Section } from './added-tokens.ts';
import { AlignedText } from './aligned-text.ts';
import { type CutCheck, type Cuts, commonCuts, cutSafely, safeParts } from './cuts.ts';
import { type FusedEncoder, fuseByteLevel } from './fused-byte-level.ts';
import { fuseCharacters } from './fused-characters.ts';
import { Bpe } from './models/bpe.ts';
import type { Model, Sampling } from './models/model.ts';
import { WordLevel } from './models/word-level.ts';
import { keepsCut } from './normalizers/keeps-cut.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { PieceCache } from './piece-cache.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import { TokenList } from './token-list.ts';

const partLength = 1 << 20;

export type EncoderStages = {
  normalizer?: Normalizer | undefined;
  preTokenizer?: PreTokenizer | undefined;
  model: Model;
};

/** Takes a text through added tokens, normalizer, pre-tokenizer and model. */
export class TextEncoderPipeline {
  readonly #stages: EncoderStages;
  /** Added tokens that are found before the normalizer, and after it. */
  readonly #before: AddedTokenFinder;
  readonly #after: AddedTokenFinder;
  readonly #fused: FusedEncoder | undefined;
  readonly #cache = new PieceCache();
  /** Where the stages allow cuts, without special tokens and with them, and what a cut has to pass besides. */
  readonly #cuts: readonly [Cuts, Cuts];
  readonly #cutCheck: CutCheck | undefined;

  constructor(stages: EncoderStages, addedTokens: readonly AddedToken[]) {
    this.#stages = stages;
    const normalContent = ({ content }: AddedToken) =>
      stages.normalizer?.normalize(new AlignedText(content)).text ?? content;
    this.#before = new AddedTokenFinder(addedTokens.filter(({ normalized }) => !normalized));
    this.#after = new AddedTokenFinder(
      addedTokens.filter(({ normalized }) => normalized),
      normalContent,
    );
    const cutsOf = (tokens: readonly AddedToken[]): Cuts =>
      commonCuts([
        stages.normalizer?.cuts ?? 'anywhere',
        stages.preTokenizer?.cuts ?? 'nowhere',
        ...tokens.map((token) => {
          const content = token.normalized ? normalContent(token) : token.content;
          return token.lstrip || token.rstrip || /\s/u.test(content) ? 'nowhere' : 'before white space';
        }),
      ]);
    this.#cuts = [cutsOf(addedTokens.filter((token) => !token.special)), cutsOf(addedTokens)];
    this.#cutCheck = stages.normalizer && keepsCut(stages.normalizer);
    const special = new Set(addedTokens.filter((token) => token.special).map(({ content }) => content));
    this.#fused = fuse(stages, (token) => special.has(token));
  }

  /**
   * @param text  well-formed
   * @returns the tokens, with their places in the text
   */
  encode(text: string, readSpecial: boolean, sampling?: Sampling): TokenList {
    const tokens = new TokenList(Math.min(1 << 20, Math.max(16, text.length >> 1)));
    tokens.word = -1;
    // The stages make objects of every word, which for all of a long text are more than memory holds.
    for (const [from, to] of safeParts(text, this.#cuts[readSpecial ? 1 : 0], partLength, this.#cutCheck)) {
      for (const section of this.sections(new AlignedText(text.slice(from, to), from), readSpecial)) {
        this.#encodeSection(section, tokens, sampling);
      }
    }
    return tokens;
  }

  /** The text of chunks, in parts that may be encoded alone. */
  parts(
    chunks: Iterable<string> | AsyncIterable<string>,
    readSpecial: boolean,
  ): AsyncGenerator<string, void, undefined> {
    return cutSafely(chunks, this.#cuts[readSpecial ? 1 : 0], this.#cutCheck);
  }

  /** Added tokens, and the normalized texts between them. */
  *sections(text: AlignedText, readSpecial: boolean): Generator<Section> {
    for (const section of this.#before.split(text, readSpecial)) {
      if (section.added) yield section;
      else {
        const normal = this.#stages.normalizer?.normalize(section.text) ?? section.text;
        yield* this.#after.split(normal, readSpecial);
      }
    }
  }

  /** What the model sees of a normalized text. */
  pieces(text: AlignedText): AlignedText[] {
    const pieces = this.#stages.preTokenizer?.preTokenize(text) ?? [text];
    return pieces.filter((piece) => piece.text !== '');
  }

  #encodeSection({ text, added }: Section, tokens: TokenList, sampling: Sampling | undefined): void {
    if (added) {
      tokens.word++;
      tokens.push(added.id, text.start(0), text.end(text.text.length - 1));
    } else if (this.#fused && !sampling) this.#encodeFused(text, tokens);
    else this.#encodeInStages(text, tokens, sampling);
  }

  #encodeFused(part: AlignedText, tokens: TokenList): void {
    const source = this.#stages.preTokenizer?.byteLevel?.prefix(part) ?? part;
    const first = tokens.length;
    this.#fused!(source.text, tokens);
    toOriginal(source, tokens, first);
  }

  #encodeInStages(part: AlignedText, tokens: TokenList, sampling: Sampling | undefined): void {
    const { model } = this.#stages;
    const found = new TokenList();
    for (const piece of this.pieces(part)) {
      tokens.word++;
      const first = tokens.length;
      const { text } = piece;
      if (sampling || !this.#cache.copyTo(tokens, text, 0, text.length, 0)) {
        found.length = 0;
        model.tokenize(text, found, sampling);
        tokens.pushFrom(found, 0, found.length, 0);
        if (!sampling) this.#cache.add(found, 0, text, 0, text.length, 0);
      }
      toOriginal(piece, tokens, first);
    }
  }
}

/** Places in a changed text become places in the original. */
function toOriginal(text: AlignedText, tokens: TokenList, first: number): void {
  for (let i = first; i < tokens.length; i++) {
    const [start, end] = [tokens.starts[i]!, tokens.ends[i]!];
    tokens.starts[i] = text.start(start);
    tokens.ends[i] = text.end(end - 1);
  }
}

/** A quicker road to the same tokens, where there is one. */
function fuse(stages: EncoderStages, isSpecial: (token: string) => boolean): FusedEncoder | undefined {
  const { preTokenizer, model } = stages;
  if (preTokenizer?.byteLevel?.pattern && model instanceof Bpe) {
    const byteIds = model.byteIds();
    return byteIds && fuseByteLevel(model, byteIds, preTokenizer.byteLevel.pattern);
  }
  if (preTokenizer?.characters && model instanceof WordLevel) return fuseCharacters(model, isSpecial);
  return undefined;
}
