import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export type DigitStrip = {
  /** [height, width], row-major: 0 paper to 1 ink. */
  values: Float32Array;
  height: number;
  width: number;
  text: string;
};

export type DigitStripOptions = {
  /** Digits of the strip; 5 unless told. */
  length?: number | undefined;
  /** Pixels; 16 unless told, at least 12. */
  height?: number | undefined;
  /** The most that a pixel is lighter or darker by chance; 0.1 unless told. */
  noise?: number | undefined;
};

const columns = 5;
const rows = 7;
/** Five by seven dots each. */
const glyphs = [
  '.###. #...# #...# #...# #...# #...# .###.',
  '..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.',
  '.###. #...# ....# ...#. ..#.. .#... #####',
  '####. ....# ....# .###. ....# ....# ####.',
  '#..#. #..#. #..#. ##### ...#. ...#. ...#.',
  '##### #.... ####. ....# ....# #...# .###.',
  '.###. #.... #.... ####. #...# #...# .###.',
  '##### ....# ...#. ..#.. .#... .#... .#...',
  '.###. #...# #...# .###. #...# #...# .###.',
  '.###. #...# #...# .#### ....# ....# .###.',
].map((glyph) => [...glyph.replaceAll(' ', '')].map((dot) => Number(dot === '#')));

/**
 * Some digits as a picture: a transcription task in which what is read and where it stands must be found together. Size, slant,
 * height on the line, distance and darkness of each digit are drawn anew.
 *
 * @throws RangeError for no digit, fewer than 12 pixels of height, or noise outside 0 to 1
 */
export function digitStrip(
  { length = 5, height = 16, noise = 0.1 }: DigitStripOptions,
  random: Random,
): DigitStrip {
  checkSize('digitStrip', 'length', length);
  checkSize('digitStrip', 'height', height, 12);
  if (!(noise >= 0 && noise <= 1))
    throw new RangeError(`digitStrip: \`noise\` is ${noise}, expected 0 to 1.`);
  const between = (least: number, most: number) => least + (most - least) * random.uniform();
  const unit = height / 16;
  let x = between(2, 4) * unit;
  const digits = Array.from({ length }, () => {
    const scale = between(1.2, 1.7) * unit;
    const digit = {
      digit: random.integer(10),
      scale,
      left: x,
      top: between(unit, height - rows * scale - unit),
      slant: between(-0.2, 0.25),
      darkness: between(0.7, 1),
    };
    x += columns * scale + between(2.5, 5) * unit;
    return digit;
  });
  const width = Math.ceil(x);
  const values = new Float32Array(width * height);
  for (const { digit, scale, left, top, slant, darkness } of digits) {
    for (let py = 0; py < height; py++) {
      // From the middle of a pixel back to the dots of the glyph; the slant turns about its middle.
      const row = (py + 0.5 - top) / scale - 0.5;
      for (let px = 0; px < width; px++) {
        const column = (px + 0.5 - left) / scale - 0.5 + slant * (row - (rows - 1) / 2);
        const ink = darkness * dotAt(glyphs[digit]!, row, column);
        const at = py * width + px;
        values[at] = Math.max(values[at]!, ink);
      }
    }
  }
  if (noise > 0) {
    for (let i = 0; i < values.length; i++) {
      values[i] = Math.min(1, Math.max(0, values[i]! + noise * between(-1, 1)));
    }
  }
  return { values, height, width, text: digits.map(({ digit }) => digit).join('') };
}

/** Between the dots, bilinear; nothing outside. */
function dotAt(glyph: readonly number[], row: number, column: number): number {
  const [y, x] = [Math.floor(row), Math.floor(column)];
  const [down, right] = [row - y, column - x];
  const dot = (r: number, c: number) =>
    r < 0 || c < 0 || r >= rows || c >= columns ? 0 : glyph[r * columns + c]!;
  const upper = dot(y, x) * (1 - right) + dot(y, x + 1) * right;
  const lower = dot(y + 1, x) * (1 - right) + dot(y + 1, x + 1) * right;
  return upper * (1 - down) + lower * down;
}
