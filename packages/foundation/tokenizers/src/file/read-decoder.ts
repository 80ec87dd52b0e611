import { byteFallbackDecoder, byteLevelDecoder } from '../decoders/byte-decoders.ts';
import { type Decoder, decoderSequence } from '../decoders/decoder.ts';
import { fuseDecoder, replaceDecoder, stripDecoder } from '../decoders/text-decoders.ts';
import { bpeDecoder, ctcDecoder, metaspaceDecoder, wordPieceDecoder } from '../decoders/word-decoders.ts';
import { type ComponentReaders, readComponent } from './component-readers.ts';
import type { Fields } from './fields.ts';
import { readPattern } from './read-pattern.ts';
import { readMetaspace } from './read-pre-tokenizer.ts';

const readers: ComponentReaders<Decoder> = {
  ByteLevel: () => byteLevelDecoder(),
  ByteFallback: () => byteFallbackDecoder(),
  Fuse: () => fuseDecoder(),
  WordPiece: (fields) =>
    wordPieceDecoder({ prefix: fields.string('prefix', '##'), cleanup: fields.boolean('cleanup', true) }),
  Metaspace: (fields) => metaspaceDecoder(readMetaspace(fields)),
  BPEDecoder: (fields) => bpeDecoder(fields.string('suffix', '</w>')),
  CTC: (fields) =>
    ctcDecoder({
      padToken: fields.string('pad_token', '<pad>'),
      wordDelimiterToken: fields.string('word_delimiter_token', '|'),
      cleanup: fields.boolean('cleanup', true),
    }),
  Replace: (fields) => replaceDecoder(readPattern(fields), fields.string('content')),
  Strip: (fields) =>
    stripDecoder(fields.string('content', ' '), fields.count('start', 0), fields.count('stop', 0)),
  Sequence: (fields) =>
    decoderSequence(fields.objects('decoders').map((stage) => readComponent('decoder', stage, readers))),
};

export function readDecoder(fields: Fields): Decoder {
  return readComponent('decoder', fields, readers);
}
