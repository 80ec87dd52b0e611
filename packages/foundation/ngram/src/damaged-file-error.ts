/** Thrown for a file that cannot be read as what it should be; the message says where. */
export class DamagedFileError extends Error {
  override name = 'DamagedFileError';
}
