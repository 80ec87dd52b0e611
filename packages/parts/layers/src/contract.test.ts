import { createRng, type Rng, randomNormal, startRuntime } from '@ostinato/runtime';
import { type LayerCase, layerContract } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { meanOverTime } from './pooling.ts';

beforeAll(() => startRuntime());

type Params = { kernel: tf.Tensor2D };
type Layer = LayerCase<Params, tf.Tensor3D, { size: number }, Rng>;

const sound: Layer = {
  name: 'sound',
  config: { size: 2 },
  init: ({ size }, rng) => ({ kernel: randomNormal<tf.Rank.R2>(rng, [size, size], 1) }),
  inputs: (normal) => normal([3, 4, 2]) as tf.Tensor3D,
  lengths: [4, 0, 2],
  pad: (inputs) => tf.concat([inputs, tf.fill([3, 1, 2], Number.NaN)], 1) as tf.Tensor3D,
  apply: ({ kernel }, inputs, lengths) =>
    tf.tidy(() => tf.matMul(meanOverTime(inputs, { lengths: lengths! }), kernel)),
};

/** What the contract has to say of a layer: the names of the checks that fail. */
async function complaints(layer: Layer): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, check } of layerContract(layer, createRng)) {
    try {
      await check();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

test('a sound layer passes', async () => {
  expect(await complaints(sound)).toEqual([]);
});

test('a layer that forgets the lengths is found', async () => {
  const apply: Layer['apply'] = ({ kernel }, inputs) =>
    tf.tidy(() => tf.matMul(tf.mean(inputs, 1) as tf.Tensor2D, kernel));
  expect(await complaints({ ...sound, apply })).toEqual([
    'padding changes no bit, whatever it holds, and reaches no gradient',
  ]);
});

test('members that look at their neighbours are found', async () => {
  const apply: Layer['apply'] = (...all) =>
    tf.tidy(() => {
      const outputs = sound.apply(...all) as tf.Tensor2D;
      return tf.add(outputs, tf.mean(outputs));
    });
  expect(await complaints({ ...sound, apply })).toContain('a batch gives what its members give alone');
});

test('a wrong gradient, chance in the start and a tensor left behind are found', async () => {
  const halved = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy) => tf.mul(dy, 0.5),
  }));
  const half: Layer['apply'] = (...all) => tf.tidy(() => halved(sound.apply(...all) as tf.Tensor));
  expect(await complaints({ ...sound, apply: half })).toContain('gradients agree with finite differences');
  const init: Layer['init'] = () => ({ kernel: tf.randomNormal([2, 2]) });
  expect(await complaints({ ...sound, init })).toContain(
    'the config is JSON: the same one, the same seed, the same parameters',
  );
  const leak: Layer['apply'] = (...all) => {
    tf.keep(tf.scalar(0));
    return sound.apply(...all);
  };
  expect(await complaints({ ...sound, apply: leak })).toContain('no tensor is left behind');
});
