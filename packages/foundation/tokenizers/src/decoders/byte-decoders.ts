import { byteOfUnit } from '../byte-characters.ts';
import { type Decoder, fusing, wholeTokens } from './decoder.ts';

/** Bytes to text as they come; an incomplete character waits, an invalid one is U+FFFD (the Encoding Standard's way). */
function utf8Stream(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

/** GPT-2's spelling back to bytes, and bytes to text. A token that is not spelled so is taken as it is. */
export function byteLevelDecoder(): Decoder {
  // Tokens come again and again: their bytes, or their text where it is plain ASCII.
  const known = new Map<string, Uint8Array | string>();
  const spelledBy = (token: string): Uint8Array | string => {
    let spelled = known.get(token);
    if (spelled === undefined) {
      if (known.size === mostKnown) known.clear();
      known.set(token, (spelled = readToken(token)));
    }
    return spelled;
  };
  return {
    start(sink) {
      const utf8 = utf8Stream();
      const fused = fusing(sink);
      // Whether a character may be waiting for its last bytes.
      let waiting = false;
      const push = wholeTokens((token) => {
        const spelled = spelledBy(token);
        if (typeof spelled === 'string' && !waiting) fused.add(spelled);
        else {
          const bytes = typeof spelled === 'string' ? new TextEncoder().encode(spelled) : spelled;
          fused.add(utf8.decode(bytes, { stream: true }));
          waiting = typeof spelled !== 'string';
        }
      });
      return {
        push,
        end() {
          fused.add(utf8.decode());
          fused.end();
        },
      };
    },
    toJSON: () => ({ type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true }),
  };
}

const mostKnown = 1 << 18;

function readToken(token: string): Uint8Array | string {
  const bytes = Array.from({ length: token.length }, (_, i) => byteOfUnit(token.charCodeAt(i)));
  const spelled = bytes.includes(-1) ? new TextEncoder().encode(token) : Uint8Array.from(bytes);
  return spelled.every((byte) => byte < 0x80) ? String.fromCharCode(...spelled) : spelled;
}

/** The bytes `<0x00>` … `<0xFF>` back to text; other tokens stay. */
export function byteFallbackDecoder(): Decoder {
  return {
    start(sink) {
      let utf8: TextDecoder | undefined;
      const flush = () => {
        const rest = utf8?.decode();
        utf8 = undefined;
        if (rest) sink(rest, true, true);
      };
      const push = wholeTokens((token) => {
        const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
        if (hex === undefined) {
          flush();
          sink(token, true, true);
          return;
        }
        utf8 ??= utf8Stream();
        const text = utf8.decode(Uint8Array.of(Number.parseInt(hex, 16)), { stream: true });
        if (text !== '') sink(text, true, true);
      });
      return { push, end: flush };
    },
    toJSON: () => ({ type: 'ByteFallback' }),
  };
}
