import { expect, test } from 'vitest';
import { describeNotKept } from './describe-not-kept.ts';

test.each([
  [new DOMException('', 'QuotaExceededError'), /^This browser’s storage is full: /],
  [new RangeError('Array buffer allocation failed'), /^This model is too large for this browser to keep/],
  // As Chromium says it.
  [
    new DOMException(
      'The serialized keys and/or value are too large (size=200000000 bytes, max=133169152 bytes).',
      'UnknownError',
    ),
    /^This model is too large for this browser to keep/,
  ],
  [
    new Error('indexedDB is not defined'),
    /^This browser keeps no model for a later visit \(indexedDB is not defined\)\./,
  ],
  // Without a message there is still a name.
  [new DOMException('', 'InvalidStateError'), /\(InvalidStateError\)/],
])('%s', (error, expected) => {
  expect(describeNotKept(error)).toMatch(expected);
  expect(describeNotKept(error)).toMatch(/ Save it as a file instead\.$/);
});
