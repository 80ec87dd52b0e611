import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import crc32c from 'crc-32/crc32c.js';

/** A figure of a run after a step. */
export interface ScalarEvent {
  /** What it is called, such as `loss/training`. */
  tag: string;
  step: number;
  /** Seconds since 1970. */
  wallTime: number;
  value: number;
}

/**
 * Figures as TensorBoard reads them: `Event` messages (tensorflow/core/util/event.proto), each as a TFRecord, whose length and
 * bytes have masked CRC-32Cs. The first one tells the version of the format.
 */
export function encodeTfevents(events: readonly ScalarEvent[]): Uint8Array {
  const version = new BinaryWriter();
  version.tag(1, WireType.Bit64).double(events[0]?.wallTime ?? 0);
  version.tag(3, WireType.LengthDelimited).string('brain.Event:2');
  return Buffer.concat([version.finish(), ...events.map(encodeEvent)].map(record));
}

function encodeEvent({ tag, step, wallTime, value }: ScalarEvent): Uint8Array {
  const event = new BinaryWriter();
  event.tag(1, WireType.Bit64).double(wallTime);
  event.tag(2, WireType.Varint).int64(step);
  event.tag(5, WireType.LengthDelimited).fork(); // Event.summary
  event.tag(1, WireType.LengthDelimited).fork(); // Summary.value
  event.tag(1, WireType.LengthDelimited).string(tag);
  event.tag(2, WireType.Bit32).float(value); // simple_value
  return event.join().join().finish();
}

/** length, its CRC, the bytes, their CRC: all little-endian. */
function record(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, maskedCrc(length), bytes, maskedCrc(bytes)]);
}

/** As TFRecord masks it, so that the CRC of data that holds CRCs is none of them: turned right by 15 bits, plus a constant. */
function maskedCrc(bytes: Uint8Array): Uint8Array {
  const crc = crc32c.buf(bytes) >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
