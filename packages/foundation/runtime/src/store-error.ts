/** A store that is not to be had here, is full, or refuses. The message names the store and says what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/** A browser's refusal as a sentence with the name of what it was about; any other error as it is. */
export function storeError(where: string, error: unknown, instead: string): unknown {
  if (!(error instanceof DOMException)) return error;
  return new StoreError(`${where}: ${sentence(error, instead)}`, { cause: error });
}

const remedy =
  'what was there before is whole. Remove what is not needed, or offer it as a download (`packFiles`).';

function sentence({ name, message }: DOMException, instead: string): string {
  switch (name) {
    case 'QuotaExceededError':
      return `the storage that the browser grants this page is full; ${remedy}`;
    case 'AbortError': // what Chromium says, too, when it runs full in the middle of a stream
      return `the browser broke the write off, as it does when the storage of this page is full; ${remedy}`;
    case 'SecurityError':
    case 'NotAllowedError':
    case 'InvalidStateError':
      return `the browser keeps nothing for this page, as in a private window or a frame of another site. Open it in an ordinary window, or use ${instead}.`;
    default:
      return `${message} (${name})`;
  }
}
