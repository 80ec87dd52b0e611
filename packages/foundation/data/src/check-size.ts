/** @throws RangeError unless the size is a whole number of at least `least` */
export function checkSize(where: string, name: string, size: number, least = 1): void {
  if (Number.isSafeInteger(size) && size >= least) return;
  throw new RangeError(`${where}: \`${name}\` is ${size}, expected a whole number of at least ${least}.`);
}
