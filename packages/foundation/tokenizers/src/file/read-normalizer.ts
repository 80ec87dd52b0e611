import { bertNormalizer } from '../normalizers/bert-normalizer.ts';
import { byteLevelNormalizer, lowercase, nmt, stripAccents } from '../normalizers/character-normalizers.ts';
import { prepend, strip } from '../normalizers/edges.ts';
import { type Normalizer, normalizerSequence } from '../normalizers/normalizer.ts';
import { fromBase64, precompiled } from '../normalizers/precompiled.ts';
import { replace } from '../normalizers/replace.ts';
import { unicodeForm } from '../normalizers/unicode-form.ts';
import { type ComponentReaders, readComponent } from './component-readers.ts';
import type { Fields } from './fields.ts';
import { readPattern } from './read-pattern.ts';

const readers: ComponentReaders<Normalizer> = {
  NFC: () => unicodeForm('NFC'),
  NFD: () => unicodeForm('NFD'),
  NFKC: () => unicodeForm('NFKC'),
  NFKD: () => unicodeForm('NFKD'),
  Lowercase: () => lowercase(),
  StripAccents: () => stripAccents(),
  Nmt: () => nmt(),
  ByteLevel: () => byteLevelNormalizer(),
  Strip: (fields) =>
    strip({ left: fields.boolean('strip_left', true), right: fields.boolean('strip_right', true) }),
  Prepend: (fields) => prepend(fields.string('prepend')),
  Replace: (fields) => replace(readPattern(fields), fields.string('content')),
  Precompiled: (fields) => precompiled(fromBase64(fields.string('precompiled_charsmap', ''))),
  BertNormalizer(fields) {
    const stripAccents = fields.get('strip_accents');
    return bertNormalizer({
      cleanText: fields.boolean('clean_text', true),
      handleChineseCharacters: fields.boolean('handle_chinese_chars', true),
      lowercase: fields.boolean('lowercase', true),
      ...(stripAccents !== undefined && { stripAccents: fields.boolean('strip_accents', true) }),
    });
  },
  Sequence: (fields) =>
    normalizerSequence(
      fields.objects('normalizers').map((stage) => readComponent('normalizer', stage, readers)),
    ),
};

export function readNormalizer(fields: Fields): Normalizer {
  return readComponent('normalizer', fields, readers);
}
