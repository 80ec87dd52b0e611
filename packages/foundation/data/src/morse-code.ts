import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export type MorseSound = {
  /** −1 to 1, but for the noise. */
  samples: Float32Array;
  sampleRate: number;
  text: string;
};

export type MorseOptions = {
  /** Characters of the text; 5 unless told. */
  length?: number | undefined;
  /** 8000 unless told. */
  sampleRate?: number | undefined;
  /** Standard deviation of the noise, where the tone has the height 0.5; 0.05 unless told. */
  noise?: number | undefined;
};

/** International Morse code (ITU-R M.1677-1): letters and figures. */
const codes: Record<string, string> = {
  A: '.-', B: '-...', C: '-.-.', D: '-..', E: '.', F: '..-.', G: '--.', H: '....', I: '..', J: '.---', K: '-.-', L: '.-..',
  M: '--', N: '-.', O: '---', P: '.--.', Q: '--.-', R: '.-.', S: '...', T: '-', U: '..-', V: '...-', W: '.--', X: '-..-',
  Y: '-.--', Z: '--..', 0: '-----', 1: '.----', 2: '..---', 3: '...--', 4: '....-', 5: '.....', 6: '-....', 7: '--...',
  8: '---..', 9: '----.',
}; // biome-ignore format: a table

/** What the texts are made of: the space stands between words, never at an end or beside another. */
export const morseCharacters: readonly string[] = [...Object.keys(codes).sort(), ' '];

/**
 * A text as Morse code, to be heard: a transcription task in which time must be measured. Speed (15 to 25 words a minute), pitch
 * (500 to 800 Hz), and the silence before and after are drawn anew each time.
 *
 * @throws RangeError for no character, less than 2000 samples a second, or negative noise
 */
export function morseCode(
  { length = 5, sampleRate = 8000, noise = 0.05 }: MorseOptions,
  random: Random,
): MorseSound {
  checkSize('morseCode', 'length', length);
  checkSize('morseCode', 'sampleRate', sampleRate, 2000);
  if (!(noise >= 0)) throw new RangeError(`morseCode: \`noise\` is ${noise}, expected 0 or more.`);
  const text = drawText(length, random);
  // A word is fifty units, as PARIS is: at one a minute a unit lasts 1.2 s.
  const unit = 1.2 / (15 + 10 * random.uniform());
  const frequency = 500 + 300 * random.uniform();
  const keys = [...silence(1 + random.integer(7)), ...keying(text), ...silence(1 + random.integer(7))];
  const samples = new Float32Array(Math.round(keys.length * unit * sampleRate));
  // Edges of 5 ms: a tone that is cut off clicks.
  const rise = Math.exp(-1 / (0.002 * sampleRate));
  let loudness = 0;
  for (let n = 0; n < samples.length; n++) {
    const isOn = keys[Math.min(keys.length - 1, Math.floor(n / (unit * sampleRate)))]!;
    loudness = isOn + (loudness - isOn) * rise;
    samples[n] = 0.5 * loudness * Math.sin((2 * Math.PI * frequency * n) / sampleRate);
    if (noise > 0) samples[n]! += noise * normal(random);
  }
  return { samples, sampleRate, text };
}

/** On and off, a unit each: 1 for a dot, 3 for a dash, 1 between them, 3 between letters, 7 between words. */
function keying(text: string): number[] {
  const words = text
    .split(' ')
    .map((word) =>
      [...word]
        .map((character) => [...codes[character]!].map((sign) => (sign === '.' ? '1' : '111')).join('0'))
        .join('000'),
    );
  return [...words.join('0000000')].map(Number);
}

function drawText(length: number, random: Random): string {
  const signs = morseCharacters.length - 1;
  let text = '';
  for (let i = 0; i < length; i++) {
    const mayPause = i > 0 && i < length - 1 && !text.endsWith(' ');
    text += mayPause && random.integer(6) === 0 ? ' ' : morseCharacters[random.integer(signs)];
  }
  return text;
}

const silence = (units: number) => new Array<number>(units).fill(0);

/** A standard normal number (Box and Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}
