import { DataError } from './data-error.ts';

/**
 * How tags write down spans. `bio` (also IOB2): B begins every span, I continues it. `iob1`: I all through, B only where
 * a span follows another of its label. `bioes`: B, I, E for begin, inside, end; S for a span of one token.
 */
export type TagScheme = 'bio' | 'iob1' | 'bioes';

export type Span = {
  label: string;
  /** The first token. */
  start: number;
  /** One after the last token. */
  end: number;
};

const prefixes: Record<TagScheme, string> = { bio: 'BI', iob1: 'BI', bioes: 'BIES' };

/**
 * The spans of a sentence's tags (Ramshaw and Marcus 1995, https://arxiv.org/abs/cmp-lg/9505040), in order.
 * @throws DataError naming the token, if the tags are not of the scheme
 */
export function spansOfTags(tags: readonly string[], scheme: TagScheme): Span[] {
  const { spans, problem } = parseTags(tags, scheme);
  if (problem !== undefined) throw new DataError(`spansOfTags: token ${problem.index}: ${problem.message}`);
  return spans;
}

/**
 * The tags of a sentence of `length` tokens.
 * @throws DataError if spans overlap, are empty, leave the sentence or have no label
 */
export function tagsOfSpans(spans: readonly Span[], length: number, scheme: TagScheme): string[] {
  checkScheme('tagsOfSpans', scheme);
  const tags = new Array<string>(length).fill('O');
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  let previous: Span | undefined;
  for (const span of ordered) {
    const { label, start, end } = span;
    const fits = Number.isInteger(start) && Number.isInteger(end) && start < end && end <= length;
    if (!fits || start < (previous?.end ?? 0) || label === '') {
      throw new DataError(
        `tagsOfSpans: span ${JSON.stringify(span)} of a sentence of ${length} tokens, ` +
          `expected a label and ${previous?.end ?? 0} ≤ start < end ≤ ${length}. Spans do not overlap.`,
      );
    }
    const follows = previous?.end === start && previous.label === label;
    for (let i = start; i < end; i++) {
      const isFirst = i === start;
      const isLast = i === end - 1;
      let prefix = 'I';
      if (scheme === 'bio' && isFirst) prefix = 'B';
      if (scheme === 'iob1' && isFirst && follows) prefix = 'B';
      if (scheme === 'bioes' && (isFirst || isLast)) prefix = isFirst ? (isLast ? 'S' : 'B') : 'E';
      tags[i] = `${prefix}-${label}`;
    }
    previous = span;
  }
  return tags;
}

/**
 * The same spans in another scheme.
 * @throws DataError naming the token, if the tags are not of the scheme `from`
 */
export function convertTags(tags: readonly string[], from: TagScheme, to: TagScheme): string[] {
  return tagsOfSpans(spansOfTags(tags, from), tags.length, to);
}

export type TagProblem = { index: number; message: string };

export function parseTags(
  tags: readonly string[],
  scheme: TagScheme,
): { spans: Span[]; problem?: TagProblem | undefined } {
  checkScheme('spansOfTags', scheme);
  const spans: Span[] = [];
  // The span that may go on: until O, or in BIOES until E.
  let open: Span | undefined;
  const fail = (index: number, why: string) => ({ spans, problem: { index, message: why } });

  for (let i = 0; i <= tags.length; i++) {
    const tag = tags[i] ?? 'O';
    const prefix = tag[0]!;
    const label = tag.slice(2);
    if (tag !== 'O' && !(tag[1] === '-' && label !== '' && prefixes[scheme].includes(prefix))) {
      const kinds = [...prefixes[scheme]].map((kind) => `${kind}-LABEL`);
      return fail(i, `the tag ${JSON.stringify(tag)}, expected O, ${kinds.join(', ')} (scheme ${scheme}).`);
    }
    const continues = open !== undefined && (prefix === 'I' || prefix === 'E') && open.label === label;
    if (scheme === 'bioes') {
      if (open !== undefined && !continues) {
        const found = i === tags.length ? 'the end of the sentence' : tag;
        return fail(
          Math.min(i, tags.length - 1),
          `${found} after a ${open.label} that has no E-${open.label} yet.`,
        );
      }
      if (open === undefined && (prefix === 'I' || prefix === 'E')) {
        return fail(i, `${tag} where no B-${label} is open. Name another scheme, if the tags are not BIOES.`);
      }
    }
    if (scheme === 'bio' && prefix === 'I' && !continues) {
      return fail(
        i,
        `${tag} without a B-${label} or I-${label} before it. Name the scheme iob1, if spans begin with I.`,
      );
    }
    if (scheme === 'iob1' && prefix === 'B' && open?.label !== label) {
      return fail(
        i,
        `${tag} without a ${label} right before it. Name the scheme bio, if every span begins with B.`,
      );
    }

    if (continues) open!.end = i + 1;
    else if (tag === 'O') open = undefined;
    else spans.push((open = { label, start: i, end: i + 1 }));
    if (scheme === 'bioes' && (prefix === 'E' || prefix === 'S')) open = undefined;
  }
  return { spans };
}

function checkScheme(where: string, scheme: TagScheme): void {
  if (Object.hasOwn(prefixes, scheme)) return;
  throw new RangeError(`${where}: the scheme ${JSON.stringify(scheme)}, expected bio, iob1 or bioes.`);
}
