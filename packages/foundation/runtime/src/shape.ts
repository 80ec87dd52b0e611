/** A tensor whose shape does not fit. The message says what was got, what was expected and how to mend it. */
export class ShapeError extends Error {
  override name = 'ShapeError';
}

/** An argument outside what a function accepts. */
export class ArgumentError extends Error {
  override name = 'ArgumentError';
}

/**
 * Checks a shape at a public door. A number in `expected` must match; a name stands for any size, the same
 * wherever it occurs twice.
 *
 * ```ts
 * checkShape('unroll', 'inputs', inputs.shape, ['batch', 'time', 128], () => 'Embed to 128 features.');
 * // ShapeError: unroll: `inputs` has shape [32, 20, 64], expected [batch, time, 128].
 * // Embed to 128 features.
 * ```
 *
 * @param where     the function that was called
 * @param parameter the name of its parameter
 * @param fix       a sentence that says how to mend it, made only when it is needed
 * @throws ShapeError
 */
export function checkShape(
  where: string,
  parameter: string,
  shape: readonly number[],
  expected: readonly (number | string)[],
  fix?: () => string,
): void {
  const sizes = new Map<string, number>();
  const fits =
    shape.length === expected.length &&
    expected.every((want, axis) => {
      const size = shape[axis]!;
      if (typeof want === 'number') return size === want;
      const before = sizes.get(want) ?? size;
      sizes.set(want, before);
      return before === size;
    });
  if (fits) return;
  const advice = fix ? `\n${fix()}` : '';
  throw new ShapeError(
    `${where}: \`${parameter}\` has shape [${shape.join(', ')}], expected [${expected.join(', ')}].${advice}`,
  );
}

/**
 * Checks a tensor at a public door: that it is one, has not been disposed of, and has the expected shape (see
 * `checkShape`).
 *
 * @throws ArgumentError for what is no living tensor, ShapeError for another shape
 */
export function checkTensor(
  where: string,
  parameter: string,
  tensor: { readonly shape: readonly number[]; readonly isDisposed: boolean },
  expected: readonly (number | string)[],
  fix?: () => string,
): void {
  if (typeof tensor !== 'object' || tensor === null || !Array.isArray(tensor.shape)) {
    throw new ArgumentError(
      `${where}: \`${parameter}\` is ${String(tensor)}, expected a tensor of shape [${expected.join(', ')}].`,
    );
  }
  if (tensor.isDisposed) {
    throw new ArgumentError(
      `${where}: \`${parameter}\` has been disposed of, expected a living tensor. ` +
        'Keep it with tf.keep, or return it from tf.tidy.',
    );
  }
  checkShape(where, parameter, tensor.shape, expected, fix);
}

/**
 * Checks the lengths of a batch at a public door.
 *
 * @param time the size of the time axis
 * @throws ArgumentError unless there is one whole number from 0 to `time` for each sequence
 */
export function checkLengths(
  where: string,
  lengths: ArrayLike<number>,
  batchSize: number,
  time: number,
  parameter = 'lengths',
): void {
  if (typeof lengths !== 'object' || typeof lengths?.length !== 'number') {
    const isTensor = typeof lengths === 'object' && lengths !== null && 'dtype' in lengths;
    const name = isTensor
      ? 'a tensor'
      : typeof lengths === 'string'
        ? JSON.stringify(lengths)
        : String(lengths);
    throw new ArgumentError(
      `${where}: \`${parameter}\` is ${name}, expected an array of ${batchSize} whole numbers.` +
        (isTensor ? ' Take tensor.dataSync().' : ''),
    );
  }
  if (lengths.length !== batchSize) {
    throw new ArgumentError(
      `${where}: ${lengths.length} \`${parameter}\` for a batch of ${batchSize}, expected one each.`,
    );
  }
  for (let i = 0; i < batchSize; i++) {
    const length = lengths[i]!;
    if (!Number.isInteger(length) || length < 0 || length > time) {
      throw new ArgumentError(
        `${where}: \`${parameter}[${i}]\` is ${length}, expected a whole number from 0 to ${time} (the time axis).`,
      );
    }
  }
}

/**
 * Checks a plain number from a config at a public door.
 *
 * @param rule what it must be, in words that complete "expected …"
 * @throws ArgumentError naming the function, the parameter, the value and the rule
 */
export function checkNumber(
  where: string,
  parameter: string,
  value: unknown,
  rule:
    | 'a positive integer'
    | 'a whole number'
    | 'a positive number'
    | 'a number from 0 to 1'
    | 'a number from 0 to below 1'
    | 'a finite number',
): void {
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (rule === 'a positive integer'
      ? Number.isSafeInteger(value) && value > 0
      : rule === 'a whole number'
        ? Number.isSafeInteger(value) && value >= 0
        : rule === 'a positive number'
          ? value > 0
          : rule === 'a number from 0 to 1'
            ? value >= 0 && value <= 1
            : rule === 'a number from 0 to below 1'
              ? value >= 0 && value < 1
              : true);
  if (!fits)
    throw new ArgumentError(
      `${where}: \`${parameter}\` is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}, expected ${rule}.`,
    );
}

/**
 * Checks the names in an object of options at a public door: one that is misspelt would otherwise be left out without a word.
 *
 * @param names all that there are
 * @throws ArgumentError for what is no object, or has another name in it
 */
export function checkOptions(
  where: string,
  parameter: string,
  options: unknown,
  names: readonly string[],
): void {
  const expected = names.map((name) => `\`${name}\``).join(', ');
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentError(
      `${where}: \`${parameter}\` is ${typeof options === 'string' ? JSON.stringify(options) : String(options)}, ` +
        `expected an object that may have ${expected}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ArgumentError(`${where}: \`${parameter}\` has \`${unknown}\`, expected only ${expected}.`);
  }
}
