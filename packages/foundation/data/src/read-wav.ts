import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { resample } from './resample.ts';
import { wholeFile } from './whole-file.ts';

export type WavOptions = ReaderOptions & {
  /** Resample to this many samples a second; the file's own rate unless told. */
  sampleRate?: number | undefined;
  /** Which channel, from 0; the mean of all unless told. */
  channel?: number | undefined;
  /** The longest file to read into memory, unpacked; 256 MiB unless told. */
  maxBytes?: number | undefined;
};

export type Sound = {
  /** One channel, full scale −1 to 1. */
  samples: Float32Array;
  /** Samples a second. */
  sampleRate: number;
};

type Format = { channels: number; sampleRate: number; bytes: number; bits: number; isFloat: boolean };

const extensible = 0xfffe;
const sampleRates = { least: 100, most: 1_000_000 };

/**
 * A WAV file (RIFF WAVE: PCM of 1 to 32 bits, or float of 32 or 64; plain, extensible or gzip), as one channel.
 *
 * @throws DataError naming the file and the byte: not WAV, another encoding, a header that does not fit the data that
 *   follow, a sample that is no number, a channel that the file lacks, more than `maxBytes`
 */
export async function readWav(source: ByteSource, options: WavOptions = {}): Promise<Sound> {
  const { sampleRate, channel, maxBytes = 2 ** 28 } = options;
  const name = sourceName(source, options);
  const file = await wholeFile(source, name, maxBytes);
  const { format, offset, length } = findChunks(file, name);
  if (channel !== undefined && !(Number.isInteger(channel) && channel >= 0 && channel < format.channels)) {
    throw new DataError(
      `${name}: \`channel\` is ${channel}, expected 0 to ${format.channels - 1}, the channels of this file.`,
    );
  }
  const view = new DataView(file.buffer, file.byteOffset + offset, length);
  const samples = decodeSamples(view, format, channel, name, offset);
  if (sampleRate === undefined) return { samples, sampleRate: format.sampleRate };
  return { samples: resample(samples, format.sampleRate, sampleRate), sampleRate };
}

/** Walks the RIFF chunks up to the samples, holding every length against what is there. */
function findChunks(file: Uint8Array, name: string): { format: Format; offset: number; length: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < 12 || chunkName(file, 0) !== 'RIFF' || chunkName(file, 8) !== 'WAVE') {
    throw new DataError(
      `${name}: not a WAV file: its ${Math.min(file.length, 12)} first bytes are no RIFF WAVE header.`,
    );
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = chunkName(file, at);
    const length = view.getUint32(at + 4, true);
    const offset = at + 8;
    const there = file.length - offset;
    if (length > there) {
      throw new DataError(
        `${name}: the chunk "${id}" at byte ${at} should have ${length} bytes, but the file has ${there} more. It is ` +
          'truncated, or its header was never completed: record or fetch it again, or have it rewritten (`sox in.wav out.wav`).',
      );
    }
    if (id === 'fmt ') format = parseFormat(view, offset, length, name);
    if (id === 'data') {
      if (format === undefined) {
        throw new DataError(
          `${name}: samples at byte ${offset} before any "fmt " chunk that says how to read them.`,
        );
      }
      const frame = format.bytes * format.channels;
      if (length === 0 || length % frame !== 0) {
        throw new DataError(
          `${name}: ${length} bytes of samples at byte ${offset}, expected a multiple of ${frame} above 0 ` +
            `(${format.channels} × ${format.bytes} bytes each).`,
        );
      }
      return { format, offset, length };
    }
    at = offset + length + (length % 2);
  }
  throw new DataError(
    `${name}: no samples: the file has no "data" chunk up to its end at byte ${file.length}.`,
  );
}

function parseFormat(view: DataView, offset: number, length: number, name: string): Format {
  const fail = (what: string, expected: string) =>
    new DataError(`${name}: ${what} in the "fmt " chunk at byte ${offset}, expected ${expected}.`);
  if (length < 16) throw fail(`${length} bytes`, 'at least 16');
  let code = view.getUint16(offset, true);
  const channels = view.getUint16(offset + 2, true);
  const sampleRate = view.getUint32(offset + 4, true);
  const frame = view.getUint16(offset + 12, true);
  const bits = view.getUint16(offset + 14, true);
  if (code === extensible) {
    if (length < 40) throw fail(`${length} bytes of an extensible format`, 'at least 40');
    code = view.getUint16(offset + 24, true);
  }
  if (channels === 0) throw fail('no channel', '1 or more');
  if (sampleRate < sampleRates.least || sampleRate > sampleRates.most) {
    throw fail(`${sampleRate} samples a second`, `${sampleRates.least} to ${sampleRates.most}`);
  }
  const isFloat = code === 3;
  const isKnown = isFloat ? bits === 32 || bits === 64 : code === 1 && bits >= 1 && bits <= 32;
  if (!isKnown) {
    throw fail(
      `encoding ${code} with ${bits} bits`,
      'PCM (1) of 1 to 32 bits or float (3) of 32 or 64. Convert the file, for example with `sox in.wav -e signed -b 16 out.wav`',
    );
  }
  const bytes = Math.ceil(bits / 8);
  if (frame !== bytes * channels) {
    throw fail(`${frame} bytes for a sample of ${channels} channels and ${bits} bits`, `${bytes * channels}`);
  }
  return { channels, sampleRate, bytes, bits, isFloat };
}

/** One channel, or the mean of all. */
function decodeSamples(
  view: DataView,
  { channels, bytes, isFloat }: Format,
  channel: number | undefined,
  name: string,
  offset: number,
): Float32Array {
  const frames = view.byteLength / (bytes * channels);
  const samples = new Float32Array(frames);
  const read = sampleReader(view, bytes, isFloat);
  const first = channel ?? 0;
  const count = channel === undefined ? channels : 1;
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let i = first; i < first + count; i++) sum += read((frame * channels + i) * bytes);
    if (!Number.isFinite(sum)) {
      throw new DataError(
        `${name}: sample ${frame} at byte ${offset + frame * channels * bytes} is not a finite number. Write the file again.`,
      );
    }
    samples[frame] = sum / count;
  }
  return samples;
}

/** Samples of fewer bits than their bytes have are aligned to the left, so that the scale is that of the bytes. */
function sampleReader(view: DataView, bytes: number, isFloat: boolean): (at: number) => number {
  if (isFloat) return bytes === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (bytes === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (bytes === 2) return (at) => view.getInt16(at, true) / 2 ** 15;
  if (bytes === 3) return (at) => (view.getInt8(at + 2) * 2 ** 16 + view.getUint16(at, true)) / 2 ** 23;
  return (at) => view.getInt32(at, true) / 2 ** 31;
}

const chunkName = (file: Uint8Array, at: number) => String.fromCharCode(...file.subarray(at, at + 4));
