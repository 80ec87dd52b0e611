import type { Encoding } from './encoding.ts';
import type { Component } from './tokenizer-file.ts';

export type Padding = {
  /** To so many tokens, or to the longest of the batch unless told. */
  length?: number;
  /** To a multiple of this. */
  multipleOf?: number;
  /** At which end. Right unless told. */
  direction?: 'Left' | 'Right';
  id: number;
  token: string;
  /** 0 unless told. */
  typeId?: number;
};

/** Pads results, and what overflows from them, to one length. */
export function pad(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const longest = encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  let length = padding.length ?? longest;
  if (padding.multipleOf) length = Math.ceil(length / padding.multipleOf) * padding.multipleOf;
  return encodings.map((encoding) => padded(encoding, length, padding));
}

function padded(encoding: Encoding, length: number, padding: Padding): Encoding {
  const { direction = 'Right', id, token, typeId = 0 } = padding;
  const overflowing = encoding.overflowing.map((window) => padded(window, length, padding));
  const missing = length - encoding.ids.length;
  if (missing <= 0) return { ...encoding, overflowing };
  const at = direction === 'Left' ? missing : 0;
  const integers = (values: Int32Array, filler: number) => {
    const all = new Int32Array(length).fill(filler);
    all.set(values, at);
    return all;
  };
  const flags = (values: Uint8Array, filler: number) => {
    const all = new Uint8Array(length).fill(filler);
    all.set(values, at);
    return all;
  };
  const list = <T>(values: T[], filler: () => T): T[] => {
    const added = Array.from({ length: missing }, filler);
    return direction === 'Left' ? [...added, ...values] : [...values, ...added];
  };
  return {
    ids: integers(encoding.ids, id),
    tokens: list(encoding.tokens, () => token),
    offsets: list(encoding.offsets, () => [0, 0]),
    wordIds: integers(encoding.wordIds, -1),
    typeIds: integers(encoding.typeIds, typeId),
    sequenceIds: integers(encoding.sequenceIds, -1),
    specialTokensMask: flags(encoding.specialTokensMask, 1),
    attentionMask: flags(encoding.attentionMask, 0),
    overflowing,
  };
}

export function paddingJson(padding: Padding): Omit<Component, 'type'> {
  const { length, multipleOf, direction = 'Right', id, token, typeId = 0 } = padding;
  return {
    strategy: length === undefined ? 'BatchLongest' : { Fixed: length },
    direction,
    pad_to_multiple_of: multipleOf ?? null,
    pad_id: id,
    pad_type_id: typeId,
    pad_token: token,
  };
}
