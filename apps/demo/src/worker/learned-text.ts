import { DataError, decodeText } from '@ostinato/data';
import type { TextSource, TextSummary } from './protocol.ts';

/** A text that can be learned. */
export interface LearnedText {
  name: string;
  text: string;
  remarks: string[];
}

const fewest = 500;
const most = 4_000_000;

/**
 * Reads the text that the visitor chose; a file may be gzip.
 *
 * @throws DataError for a binary, damaged, empty or very short text, saying so in words
 */
export async function readText(source: TextSource): Promise<LearnedText> {
  const { name, text, replaced } = await readSource(source);
  const remarks: string[] = [];
  if (replaced > 0) {
    const sequences =
      replaced === 1
        ? '1 invalid UTF-8 sequence was'
        : `${replaced.toLocaleString('en')} invalid UTF-8 sequences were`;
    remarks.push(`${sequences} replaced by \uFFFD.`);
  }
  if (text.length < fewest) {
    throw new DataError(
      `${name}: ${text.length} characters are too few, expected at least ${fewest}: a tenth of them is held out. Give a longer text.`,
    );
  }
  if (text.length <= most) return { name, text, remarks };
  remarks.push(`Only its first ${most.toLocaleString('en')} characters are used.`);
  return { name, text: text.slice(0, characterStart(text, most)), remarks };
}

/** What the page shows of a text. */
export function summarizeText({ name, text, remarks }: LearnedText): TextSummary {
  return { name, characters: text.length, beginning: text.slice(0, characterStart(text, 360)), remarks };
}

/** The nearest place at or before `index` that does not cut a surrogate pair. */
export function characterStart(text: string, index: number): number {
  const isLowSurrogate = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
  return isLowSurrogate ? index - 1 : index;
}

async function readSource(source: TextSource): Promise<{ name: string; text: string; replaced: number }> {
  switch (source.kind) {
    case 'declarations': {
      const { default: text } = await import('virtual:declarations-text');
      return { name: 'TypeScript’s own declarations', text, replaced: 0 };
    }
    case 'pasted':
      return { name: 'Pasted text', text: source.text, replaced: 0 };
    case 'file': {
      const { file } = source;
      const stream = decodeText(file.stream(), { name: file.name });
      let text = '';
      for await (const chunk of stream) {
        text += chunk;
        if (text.length > most) break;
      }
      return { name: file.name, text, replaced: stream.statistics.replaced };
    }
  }
}
