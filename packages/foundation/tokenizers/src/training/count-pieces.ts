import { AlignedText } from '../aligned-text.ts';
import { commonCuts, cutSafely, safeParts } from '../cuts.ts';
import { spellBytes } from '../normalizers/character-normalizers.ts';
import { keepsCut } from '../normalizers/keeps-cut.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { type TextChunks, toChunks } from '../text-chunks.ts';
import { wellFormed } from '../well-formed.ts';
import { pacer, type TrainingControl } from './training-progress.ts';

const turnLength = 1 << 16;

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
  const check = normalizer && keepsCut(normalizer);
  for await (const part of cutSafely(toChunks(chunks), cuts, check)) {
    characters += part.length;
    // A long part bit by bit, so that others get their turn.
    for (const [from, to] of safeParts(part, cuts, turnLength, check)) {
      const text = new AlignedText(wellFormed(part.slice(from, to)));
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

/** A copy that does not keep alive the chunk the piece was cut from, as V8's substrings do. */
function detached(piece: string): string {
  return ` ${piece}`.slice(1);
}
