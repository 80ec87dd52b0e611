/** A pattern that cannot be read, is not supported, or costs too much; the message says where and why. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
