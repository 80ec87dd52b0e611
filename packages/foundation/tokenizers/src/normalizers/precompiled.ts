import { AlignedTextBuilder } from '../aligned-text.ts';
import type { Normalizer } from './normalizer.ts';

/**
 * SentencePiece's compiled rules (Kudo & Richardson 2018, https://arxiv.org/abs/1808.06226): at each place the longest
 * string of bytes that has a rule is replaced. The rules are a double-array trie over UTF-8 (darts-clone), then the
 * replacements, each ended by a zero.
 *
 * @throws RangeError if the bytes are not such a table
 */
export function precompiled(charsmap: Uint8Array): Normalizer {
  const { trie, replacements } = readCharsmap(charsmap);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const known = new Map<number, string>();
  const replacementAt = (at: number): string => {
    let text = known.get(at);
    if (text === undefined) {
      const end = replacements.indexOf(0, at);
      known.set(at, (text = decoder.decode(replacements.subarray(at, end < 0 ? undefined : end))));
    }
    return text;
  };
  const bytes = new Uint8Array(4);
  return {
    cuts: 'before a space',
    normalize(source) {
      const { text } = source;
      const builder = new AlignedTextBuilder(source);
      let kept = 0;
      for (let at = 0; at < text.length; ) {
        let [node, longest, value] = [0, -1, 0];
        node ^= offsetOf(trie[0] ?? 0);
        let i = at;
        walk: while (i < text.length) {
          const width = text.codePointAt(i)! > 0xffff ? 2 : 1;
          const { written } = encoder.encodeInto(text.slice(i, i + width), bytes);
          i += width;
          for (let b = 0; b < written; b++) {
            node ^= bytes[b]!;
            const unit = trie[node];
            if (unit === undefined || (unit & 0x800000ff) >>> 0 !== bytes[b]) break walk;
            node ^= offsetOf(unit);
            if (((unit >>> 8) & 1) === 1 && b === written - 1) {
              longest = i;
              value = trie[node]! & 0x7fffffff;
            }
          }
        }
        if (longest < 0) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
        else {
          builder.keep(kept, at);
          builder.replace(at, longest, replacementAt(value));
          at = kept = longest;
        }
      }
      if (kept === 0) return source;
      builder.keep(kept, text.length);
      return builder.finish();
    },
    toJSON: () => ({ type: 'Precompiled', precompiled_charsmap: toBase64(charsmap) }),
  };
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

function readCharsmap(charsmap: Uint8Array): { trie: Uint32Array; replacements: Uint8Array } {
  if (charsmap.length === 0) return { trie: new Uint32Array(1), replacements: new Uint8Array(0) };
  const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
  const size = charsmap.length < 4 ? Number.POSITIVE_INFINITY : view.getUint32(0, true);
  if (size % 4 !== 0 || 4 + size > charsmap.length) {
    throw new RangeError(
      `precompiled: the table of ${charsmap.length} bytes says that its trie has ${size}. It is damaged.`,
    );
  }
  const trie = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  return { trie, replacements: charsmap.subarray(4 + size) };
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
}

/** @throws RangeError if it is not Base64 */
export function fromBase64(text: string): Uint8Array {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw new RangeError('precompiled: the table is not Base64.');
  }
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}
