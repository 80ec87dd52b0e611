import { styleText } from 'node:util';
import { readTextFiles } from '@ostinato/data/node';
import type { Tokenizer } from '@ostinato/tokenizers';
import { count, figure, plural, replacedNote } from './format.ts';
import type { Reporter } from './reporter.ts';
import { readTextTokenizer, readTokenizerFile } from './tokenizer-file.ts';
import { UserError } from './user-error.ts';

export interface TokenizerInspectOptions {
  text?: string;
  file?: string;
  nBest?: number;
}

const colours = ['bgCyan', 'bgYellow', 'bgGreen', 'bgMagenta'] as const;

/** `ostinato tokenizer inspect`: what is in a tokenizer, and how it cuts a text. */
export async function inspectTokenizer(
  path: string,
  { text, file, nBest }: TokenizerInspectOptions,
  reporter: Reporter,
): Promise<number> {
  const tokenizer = await readTokenizerFile(path);
  const stages = stagesOf(tokenizer);
  const special = tokenizer.vocabulary.tokens.filter((_, id) => tokenizer.isSpecial(id));
  const cut = text === undefined ? undefined : tokenizer.tokenize(text);
  const best = text !== undefined && nBest ? likeliest(tokenizer, path, text, nBest) : undefined;
  const figures = file === undefined ? undefined : await statisticsOf(path, file, reporter);
  reporter.finish();
  const { size } = tokenizer.vocabulary;
  reporter.result(
    {
      ...{ ...stages, vocabulary: size, special },
      ...(cut && {
        ids: [...cut.ids],
        tokens: cut.tokens,
        offsets: cut.offsets,
        unknown: tokenizer.countUnknown(cut.ids),
      }),
      ...(best && { nBest: best }),
      ...(figures && { text: figures }),
    },
    [
      `${stages.model}, ${plural(size, 'token')}, ${special.length} of them special${special.length > 0 ? ` (${listed(special)})` : ''}.`,
      ...Object.entries(stages)
        .filter(([name]) => name !== 'model')
        .map(([name, type]) => `${names[name as keyof typeof names].padEnd(16)}${type ?? 'none'}`),
      ...(cut
        ? [
            '',
            coloured(text!, tokenizer, cut),
            `${plural(cut.ids.length, 'token')}, ${plural(text!.length, 'character')}.`,
          ]
        : []),
      ...(cut ? rows(cut, tokenizer, text!) : []),
      ...(best?.map(
        ({ logProb, tokens }) => `${figure(logProb, 2).padStart(10)}  ${tokens.map(visible).join(' ')}`,
      ) ?? []),
      ...(figures
        ? [
            `${file}: ${plural(figures.tokens, 'token')} for ${plural(figures.characters, 'character')}, ${figure(figures.charactersPerToken, 2)} each; ` +
              `${count(figures.unknown)} unknown; ${count(figures.used)} of the ${count(size)} tokens are used.`,
          ]
        : []),
    ],
  );
  return 0;
}

const names = {
  normalizer: 'normalizer',
  preTokenizer: 'pre-tokenizer',
  postProcessor: 'post-processor',
  decoder: 'decoder',
};

function stagesOf(tokenizer: Tokenizer) {
  const { model, normalizer, pre_tokenizer, post_processor, decoder } = tokenizer.toJSON();
  return {
    model: model.type,
    normalizer: named(normalizer),
    preTokenizer: named(pre_tokenizer),
    postProcessor: named(post_processor),
    decoder: named(decoder),
  };
}

/** A sequence by its parts. */
function named(stage: Record<string, unknown> | null): string | null {
  if (stage === null) return null;
  const parts = Object.values(stage).find(
    (value) => Array.isArray(value) && value.every((part) => part?.type),
  );
  return stage.type === 'Sequence' && Array.isArray(parts)
    ? parts.map(named).join(' → ')
    : String(stage.type);
}

/** The text with a colour behind each token; what no token covers stays plain. */
function coloured(
  text: string,
  tokenizer: Tokenizer,
  { ids, offsets, tokens }: ReturnType<Tokenizer['tokenize']>,
): string {
  let shown = '';
  let done = 0;
  let painted = 0;
  offsets.forEach(([start, end], i) => {
    const isSpecial = tokenizer.isSpecial(ids[i]!) && ids[i] !== tokenizer.unknownId;
    if (start === end || isSpecial) {
      if (isSpecial) shown += paint(['inverse'], tokens[i]!);
      done = Math.max(done, end);
      return;
    }
    shown += printable(text.slice(done, start));
    // A token that has part of a character has no text of its own any more.
    if (end > done) {
      const background = colours[painted++ % colours.length]!;
      shown += paint(
        ids[i] === tokenizer.unknownId ? ['bgRed'] : ['black', background],
        printable(text.slice(Math.max(start, done), end)),
      );
    }
    done = Math.max(done, end);
  });
  return shown + printable(text.slice(done));
}

function rows(
  { ids, tokens, offsets }: ReturnType<Tokenizer['tokenize']>,
  tokenizer: Tokenizer,
  text: string,
): string[] {
  const width = Math.max(5, ...Array.from(ids, (id) => String(id).length));
  return tokens.map((token, i) => {
    const [start, end] = offsets[i]!;
    const note =
      ids[i] === tokenizer.unknownId ? '  unknown' : tokenizer.isSpecial(ids[i]!) ? '  special' : '';
    const place = start === end ? '' : `${start}–${end}`;
    return `${String(ids[i]).padStart(width)}  ${place.padEnd(9)}  ${visible(token)}${start === end ? '' : `  ${JSON.stringify(text.slice(start, end))}`}${note}`;
  });
}

function likeliest(tokenizer: Tokenizer, path: string, text: string, n: number) {
  try {
    return tokenizer.nBest(text, n).map(({ ids, logProb }) => ({
      logProb,
      ids,
      tokens: ids.map((id) => tokenizer.vocabulary.tokenOf(id)),
    }));
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message.replace(/^nBest: /, '')}`);
  }
}

async function statisticsOf(path: string, file: string, reporter: Reporter) {
  const tokenizer = await readTextTokenizer(path);
  const text = readTextFiles([file]);
  const used = new Set<number>();
  let [tokens, unknown] = [0, 0];
  for await (const ids of tokenizer.encodeStream(text)) {
    tokens += ids.length;
    unknown += tokenizer.countUnknown(ids);
    for (const id of ids) used.add(id);
    reporter.progress({ text: `${count(tokens)} tokens` });
  }
  const { characters, replaced } = text.statistics;
  if (replaced > 0) reporter.note(replacedNote(replaced));
  return { tokens, characters, charactersPerToken: characters / tokens, unknown, used: used.size, replaced };
}

function listed(tokens: readonly string[]): string {
  const some = tokens.slice(0, 8).join(' ');
  return tokens.length > 8 ? `${some} …` : some;
}

/** White space and controls in quotes. */
function visible(token: string): string {
  return /[\s\p{C}]/u.test(token) || token === '' ? JSON.stringify(token) : token;
}

/** Line ends as a sign before them; other controls cannot disturb the terminal. */
function printable(text: string): string {
  return text.replace(/\n/g, '⏎\n').replace(/(?!\n)\p{Cc}/gu, '·');
}

/**
 * Plain where colours are not wanted, or go nowhere that shows them; then tokens are parted by a bar. Line by line: a
 * background that runs over the end of a line fills the next one in some terminals.
 */
function paint(styles: Parameters<typeof styleText>[0], text: string): string {
  const style = isColoured() ? (line: string) => styleText(styles, line) : (line: string) => `${line}|`;
  return text.replace(/[^\n]+/g, style);
}

function isColoured(): boolean {
  const { FORCE_COLOR: forced } = process.env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return process.stdout.isTTY && process.stdout.hasColors();
}
