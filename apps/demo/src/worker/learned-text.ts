import { DataError, decodeText } from '@ostinato/data';
import type { TextSource, TextSummary } from './protocol.ts';

/** A text that can be learned. */
export interface LearnedText {
  name: string;
  text: string;
  remarks: string[];
}

/** In code points, as all that is called characters on the page. */
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
  const characters = countCharacters(text);
  if (characters < fewest) {
    const given = characters === 1 ? '1 character is' : `${characters} characters are`;
    throw new DataError(
      `${name}: ${given} too few, expected at least ${fewest}: a tenth of them is held out. Give a longer text.`,
    );
  }
  if (characters <= most) return { name, text, remarks };
  remarks.push(`Only its first ${most.toLocaleString('en')} characters are used.`);
  return { name, text: firstCharacters(text, most), remarks };
}

/** What the page shows of a text. */
export function summarizeText({ name, text, remarks }: LearnedText): TextSummary {
  const beginning = text.slice(0, characterStart(text, 360));
  return { name, characters: countCharacters(text), beginning, remarks };
}

/** How many code points a text has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The nearest place at or before `index` that does not cut a surrogate pair. */
export function characterStart(text: string, index: number): number {
  const isLowSurrogate = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
  return isLowSurrogate ? index - 1 : index;
}

function firstCharacters(text: string, count: number): string {
  let end = 0;
  for (const character of text) {
    if (count-- === 0) break;
    end += character.length;
  }
  return text.slice(0, end);
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
      let characters = 0;
      for await (const chunk of stream) {
        text += chunk;
        characters += countCharacters(chunk);
        if (characters > most) break;
      }
      return { name: file.name, text, replaced: stream.statistics.replaced };
    }
  }
}
