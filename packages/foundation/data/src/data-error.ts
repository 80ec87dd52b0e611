/** Input that cannot be used; the message names the file and the place, and says what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
