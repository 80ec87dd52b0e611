import { AlignedText } from '../aligned-text.ts';
import { commonCuts, cutSafely } from '../cuts.ts';
import { spellBytes } from '../normalizers/character-normalizers.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { type TextChunks, toChunks } from '../text-chunks.ts';
import { wellFormed } from '../well-formed.ts';
import { pacer, type TrainingControl } from './training-progress.ts';

/**
 * How often each piece comes in a text: all that training keeps of it, so that the text may be larger than memory.
 *
 * @throws Error if the text has no piece
 */
export async function countPieces(
  name: string,
  chunks: TextChunks,
  { normalizer, preTokenizer }: { normalizer: Normalizer | undefined; preTokenizer: PreTokenizer },
  control: TrainingControl,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const pace = pacer(control);
  let characters = 0;
  const add = (piece: string) => {
    const count = counts.get(piece);
    counts.set(count === undefined ? detached(piece) : piece, (count ?? 0) + 1);
  };
  const { byteLevel } = preTokenizer;
  const cuts = commonCuts([normalizer?.cuts ?? 'anywhere', preTokenizer.cuts]);
  for await (const part of cutSafely(toChunks(chunks), cuts)) {
    characters += part.length;
    for (const slice of slices(part, cuts)) {
      const text = new AlignedText(wellFormed(slice));
      const normal = normalizer?.normalize(text) ?? text;
      if (byteLevel?.pattern) {
        // Spelled once each, at the end.
        const { text: source } = byteLevel.prefix(normal);
        let done = 0;
        byteLevel.pattern.forEachMatch(source, (start, end) => {
          if (done < start) add(source.slice(done, start));
          if (start < end) add(source.slice(start, end));
          done = end;
        });
        if (done < source.length) add(source.slice(done));
      } else for (const piece of preTokenizer.preTokenize(normal)) add(piece.text);
      const turn = pace(() => ({ stage: 'counting', characters, distinctPieces: counts.size }));
      if (turn) await turn;
    }
  }
  control.onProgress?.({ stage: 'counting', characters, distinctPieces: counts.size });
  counts.delete('');
  if (counts.size === 0) throw new Error(`${name}: the text has nothing to learn from. Give it a text.`);
  if (!byteLevel?.pattern) return counts;
  return new Map([...counts].map(([piece, count]) => [spellBytes(new AlignedText(piece)).text, count]));
}

const sliceLength = 1 << 16;

/** A long part in pieces that may be worked on alone, so that others get their turn. */
function* slices(part: string, cuts: ReturnType<typeof commonCuts>): Generator<string> {
  let start = 0;
  while (cuts !== 'nowhere' && part.length - start > 2 * sliceLength) {
    let at = start + sliceLength;
    // Before a space stands a safe place whatever the stages, unless they allow none.
    const cut = /[^\s\p{White_Space}\p{Surrogate}] /gu;
    cut.lastIndex = at;
    const found = cut.exec(part);
    if (!found) break;
    at = found.index + 1;
    yield part.slice(start, at);
    start = at;
  }
  yield part.slice(start);
}

/** A copy that does not keep alive the chunk the piece was cut from, as V8's substrings do. */
function detached(piece: string): string {
  return ` ${piece}`.slice(1);
}
