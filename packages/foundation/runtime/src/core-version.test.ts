import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { checkCoreVersion } from './core-version.ts';

test.each([tf.version_core, '4.22.0', '4.23.1', '4.100.0-rc.1'])('tfjs-core %s will do', (version) => {
  expect(() => checkCoreVersion(version)).not.toThrow();
});

test.each(['4.21.9', '4.10.0', '3.99.0', '5.0.0', ''])(
  'tfjs-core %s is named, with what to install',
  (version) => {
    expect(() => checkCoreVersion(version)).toThrow(
      `this program has @tensorflow/tfjs-core ${version}, expected 4.22 or a later 4. Install it: npm i @tensorflow/tfjs-core@^4.22.0`,
    );
  },
);
