import { describe, expect, test } from 'vitest';
import { digitStrip, morseCharacters, morseCode } from './index.ts';
import { testRandom } from './random.test-kit.ts';

describe('Morse code', () => {
  /** Reads it as an operator does: loud or quiet, and for how long. */
  function listen({ samples, sampleRate }: { samples: Float32Array; sampleRate: number }): string {
    // Loudness over 4 ms; the tone is 500 Hz or more.
    const step = sampleRate / 250;
    const isLoud = Array.from({ length: Math.floor(samples.length / step) }, (_, i) =>
      samples.slice(i * step, (i + 1) * step).some((sample) => Math.abs(sample) > 0.25),
    );
    const runs: { on: boolean; length: number }[] = [];
    for (const on of isLoud) {
      const last = runs.at(-1);
      if (last?.on === on) last.length++;
      else runs.push({ on, length: 1 });
    }
    // From 48 to 80 ms a unit: the shortest tone of all is a dot, unless there are dashes only.
    const tones = runs.filter(({ on }) => on).map(({ length }) => length);
    const shortest = Math.min(...tones);
    const unit = shortest > 30 ? shortest / 3 : shortest;
    let signs = '';
    for (const { on, length } of runs.slice(1, -1)) {
      if (on) signs += length > 2 * unit ? '-' : '.';
      else if (length > 5 * unit) signs += ' / ';
      else if (length > 2 * unit) signs += ' ';
    }
    return signs;
  }
  // As printed in ITU-R M.1677-1, for some letters and figures.
  const table: Record<string, string> = {
    S: '...',
    O: '---',
    A: '.-',
    Q: '--.-',
    5: '.....',
    0: '-----',
    Z: '--..',
    E: '.',
    Y: '-.--',
    7: '--...',
  };

  test('can be read by its lengths', () => {
    const random = testRandom(3);
    let known = 0;
    for (let i = 0; i < 60; i++) {
      const sound = morseCode({ length: 4, noise: 0 }, random);
      const heard = listen(sound).split(' ');
      const written = sound.text.replaceAll(' ', '/').split('');
      expect(heard).toHaveLength(written.length);
      for (const [j, character] of written.entries()) {
        if (character === '/') expect(heard[j]).toBe('/');
        else if (table[character]) {
          known++;
          expect(heard[j], sound.text).toBe(table[character]);
        }
      }
    }
    expect(known).toBeGreaterThan(40);
  });

  test('every character comes, spaces between words only; noise is as loud as told', () => {
    const random = testRandom(4);
    const texts = Array.from(
      { length: 300 },
      () => morseCode({ length: 6, noise: 0, sampleRate: 2000 }, random).text,
    );
    expect(new Set(texts.join(''))).toEqual(new Set(morseCharacters));
    for (const text of texts) expect(text).toMatch(/^\S+( \S+)*$/);
    // The first unit of at least 48 ms is silence: noise alone.
    const { samples } = morseCode({ noise: 0.2 }, random);
    const power = samples.slice(0, 384).reduce((sum, sample) => sum + sample ** 2, 0) / 384;
    // A variance of 384 draws scatters by 0.04 · √(2 / 384) = 0.0029.
    expect(Math.abs(power - 0.04)).toBeLessThan(0.012);
  });

  test('what cannot be', () => {
    expect(() => morseCode({ length: 0 }, testRandom(1))).toThrow(/`length` is 0/);
    expect(() => morseCode({ sampleRate: 1000 }, testRandom(1))).toThrow(/`sampleRate` is 1000/);
    expect(() => morseCode({ noise: -1 }, testRandom(1))).toThrow(/`noise` is -1/);
  });
});

describe('digit strips', () => {
  test('digits are dark on white and stay inside', () => {
    const random = testRandom(5);
    for (let i = 0; i < 100; i++) {
      const { values, height, width, text } = digitStrip({ length: 4, noise: 0, height: 24 }, random);
      expect(text).toMatch(/^\d{4}$/);
      expect(values).toHaveLength(height * width);
      expect(Math.max(...values)).toBeGreaterThan(0.5);
      const border = [...values].filter((_, at) => {
        const [y, x] = [Math.floor(at / width), at % width];
        return y === 0 || x === 0 || y === height - 1 || x === width - 1;
      });
      expect(Math.max(...border)).toBeLessThan(0.5);
    }
  });

  test('digits differ more from others than from themselves', () => {
    // Nearest mean of single digits, shrunk to 8 × 8: far above the one in ten of guessing.
    const random = testRandom(6);
    const shrink = ({ values, height, width }: ReturnType<typeof digitStrip>) =>
      Array.from({ length: 64 }, (_, i) => {
        const [y, x] = [Math.floor(i / 8), i % 8];
        let [sum, count] = [0, 0];
        for (let py = Math.floor((y * height) / 8); py < ((y + 1) * height) / 8; py++) {
          for (let px = Math.floor((x * width) / 8); px < ((x + 1) * width) / 8; px++) {
            sum += values[py * width + px] ?? 0;
            count++;
          }
        }
        return sum / count;
      });
    const means = Array.from({ length: 10 }, () => new Array<number>(64).fill(0));
    for (let i = 0; i < 2000; i++) {
      const strip = digitStrip({ length: 1 }, random);
      for (const [k, value] of shrink(strip).entries()) means[Number(strip.text)]![k]! += value / 200;
    }
    let right = 0;
    for (let i = 0; i < 500; i++) {
      const strip = digitStrip({ length: 1 }, random);
      const small = shrink(strip);
      const distances = means.map((mean) =>
        mean.reduce((sum, value, k) => sum + (value - small[k]!) ** 2, 0),
      );
      if (distances.indexOf(Math.min(...distances)) === Number(strip.text)) right++;
    }
    expect(right / 500).toBeGreaterThan(0.5);
  });

  test('what cannot be; the same seed, the same strip', () => {
    expect(() => digitStrip({ length: 0 }, testRandom(1))).toThrow(/`length` is 0/);
    expect(() => digitStrip({ height: 11 }, testRandom(1))).toThrow(/`height` is 11/);
    expect(() => digitStrip({ noise: 2 }, testRandom(1))).toThrow(/`noise` is 2/);
    expect(digitStrip({}, testRandom(9))).toEqual(digitStrip({}, testRandom(9)));
    expect(digitStrip({}, testRandom(9))).not.toEqual(digitStrip({}, testRandom(8)));
  });
});
