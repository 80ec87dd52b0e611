import { createRng, randomNormal, startRuntime, valueAndGradients } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accumulateGradients } from './accumulate-gradients.ts';
import { adagrad } from './adagrad.ts';
import { adam, adamW, composedAdam } from './adam.ts';
import { averageParams } from './average-params.ts';
import { averagedSgd, ntAsgd } from './averaged-sgd.ts';
import { byPath, freeze, frozen } from './by-path.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { clipByValue } from './clip-by-value.ts';
import { decayWeights } from './decay-weights.ts';
import { applyUpdates, chain, type Optimizer } from './optimizer.ts';
import reference from './optimizers.reference.json' with { type: 'json' };
import { below } from './path-filter.ts';
import { reduceOnPlateau } from './reduce-on-plateau.ts';
import { composedRmsprop, rmsprop } from './rmsprop.ts';
import { cosineSchedule, exponentialSchedule, oneCycleSchedule, stepSchedule } from './schedules.ts';
import { composedSgd, sgd } from './sgd.ts';

beforeAll(() => startRuntime());

/** The loss of tooling/reference/optimizers.py. */
const loss = ({ a, b }: { a: tf.Tensor1D; b: tf.Tensor2D }) => {
  const wells = tf.sum(tf.square(tf.sub(tf.square(a), 1)));
  const waves = tf.sum(tf.add(tf.mul(tf.cos(b), tf.slice(a, 0, 1)), tf.square(b)));
  return { value: tf.add(wells, waves) as tf.Scalar, rest: [] };
};

const nesterov = { learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 0.05 };
const optimizers: Record<Exclude<keyof typeof reference, 'source'>, () => Optimizer> = {
  adam: () => adam({ learningRate: 0.05 }),
  adamWithOtherDecays: () => adam({ learningRate: 0.005, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
  adamClipped: () => chain(clipByGlobalNorm(0.5), adam({ learningRate: 0.05 })),
  adamW: () => adamW({ learningRate: 0.05, weightDecay: 0.1 }),
  sgd: () => sgd({ learningRate: 0.01 }),
  sgdWithDecay: () => sgd({ learningRate: 0.01, weightDecay: 0.1 }),
  sgdWithMomentum: () => sgd({ learningRate: 0.01, momentum: 0.9 }),
  sgdNesterov: () => sgd(nesterov),
  rmsprop: () => rmsprop({ learningRate: 0.01 }),
  rmspropCentered: () => rmsprop({ learningRate: 0.01, decay: 0.9, epsilon: 1e-3, centered: true }),
  rmspropWithMomentum: () => rmsprop({ learningRate: 0.005, decay: 0.9, momentum: 0.8 }),
  rmspropCenteredWithMomentum: () =>
    rmsprop({ learningRate: 0.002, decay: 0.95, epsilon: 1e-2, momentum: 0.9, centered: true }),
  adagrad: () => adagrad({ learningRate: 0.1 }),
  adagradWithDecay: () => adagrad({ learningRate: 0.1, weightDecay: 0.05, initialSum: 0.5, epsilon: 1e-4 }),
  averagedSgd: () =>
    averagedSgd({ learningRate: 0.01, decay: 0.05, power: 0.75, start: 20, weightDecay: 0.02 }),
  adamAveraged: () => chain(adam({ learningRate: 0.05 }), averageParams(0.9)),
  sgdClippedByValue: () => chain(clipByValue(0.5), sgd({ learningRate: 0.01 })),
  sgdAccumulated: () => accumulateGradients(2, sgd({ learningRate: 0.05, momentum: 0.5 })),
  sgdDecayOfA: () => chain(decayWeights(0.1, below('a')), sgd({ learningRate: 0.01 })),
  adamWDecayOfB: () => adamW({ learningRate: 0.05, weightDecay: 0.3, decays: below('b') }),
  adamOfBAfterSgdOfA: () =>
    byPath([
      [below('a'), sgd({ learningRate: 0.01 })],
      [() => true, adam({ learningRate: 0.05 })],
    ]),
  adamOfB: () => freeze(below('a'), adam({ learningRate: 0.05 })),
  adamCosine: () => adam({ learningRate: cosineSchedule(0.05, { steps: 100 }) }),
  // At a rate of 0.01 this trajectory amplifies rounding beyond 1e-6, PyTorch's own too: see its script.
  sgdStepped: () => sgd({ learningRate: stepSchedule(0.005, { every: 30, factor: 0.5 }), momentum: 0.9 }),
  rmspropOneCycle: () => rmsprop({ learningRate: oneCycleSchedule(0.01, { steps: 101 }) }),
  adagradExponential: () => adagrad({ learningRate: exponentialSchedule(0.1, { factor: 0.97 }) }),
};

describe.each(Object.entries(optimizers) as [keyof typeof optimizers, () => Optimizer][])(
  '%s',
  (name, make) => {
    test('goes where PyTorch goes, over 100 steps', () => {
      const optimizer = make();
      let params = { a: tf.tensor1d([0.3, -1.7, 2]), b: tf.tensor2d([[1.5, -2]]) };
      let state = optimizer.init(params);
      for (let step = 1; step <= 100; step++) {
        const { gradients } = valueAndGradients(params, loss);
        const update = optimizer.update(params, gradients, state);
        params = applyUpdates(params, update.updates);
        state = update.state;
        const points: {
          step: number;
          a: number[];
          b: number[][];
          average?: { a: number[]; b: number[][] };
        }[] = reference[name];
        const expected = points.find((point) => point.step === step);
        if (!expected) continue;
        expect(params.a).toBeAllClose(expected.a, { absolute: 1e-6 });
        expect(params.b).toBeAllClose(expected.b, { absolute: 1e-6 });
        const average = optimizer.average?.(params, state) ?? params;
        expect(average.a).toBeAllClose(expected.average?.a ?? expected.a, { absolute: 1e-6 });
        expect(average.b).toBeAllClose(expected.average?.b ?? expected.b, { absolute: 1e-6 });
      }
    });

    test('leaves no tensor behind', async () => {
      const optimizer = make();
      const params = { a: tf.tensor1d([1, 2, 3]), b: [tf.scalar(4)] };
      await expectNoLeak(() => {
        const first = optimizer.init(params);
        const { updates, state } = optimizer.update(params, params, first);
        const average = optimizer.average?.(params, state);
        const observed = optimizer.observe?.(state, 1);
        tf.dispose([first, updates, state, average ?? [], observed ?? []] as tf.TensorContainer);
        return 0;
      });
    });
  },
);

describe('the fused road takes the steps of the composed one', () => {
  const sizes = [1, 3, 4, 7, 33, 130];

  /** Three steps of an optimizer on leaves of many sizes, beside the composed formula on each leaf. */
  function compare<Slot extends string>(
    optimizer: Optimizer,
    slots: readonly Slot[],
    composed: (leaf: Record<'gradient' | 'param' | Slot, tf.Tensor>, step: number) => { update: tf.Tensor },
  ): void {
    const rng = createRng(1);
    const params = sizes.map((size) => randomNormal(rng, [size], 1));
    let state = optimizer.init(params);
    const expected = params.map((param) =>
      Object.fromEntries(slots.map((slot) => [slot, tf.zerosLike(param)])),
    ) as Record<Slot, tf.Tensor>[];
    for (let step = 1; step <= 3; step++) {
      const gradients = params.map((param) => randomNormal(rng, param.shape, 2));
      const result = optimizer.update(params, gradients, state);
      for (const [i, param] of params.entries()) {
        const next = composed({ ...expected[i]!, gradient: gradients[i]!, param }, step);
        expect(result.updates[i]!).toBeAllClose(next.update, { absolute: 1e-6, relative: 2e-6 });
        expected[i] = next as unknown as Record<Slot, tf.Tensor>;
        for (const slot of slots) {
          const own = (result.state as Record<Slot, tf.Tensor[]>)[slot][i]!;
          expect(own, slot).toBeAllClose(expected[i]![slot], { absolute: 1e-6, relative: 2e-6 });
        }
      }
      state = result.state;
    }
  }

  test.each([0, 0.1])('adam, weight decay %d', (weightDecay) => {
    const config = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const optimizer = weightDecay ? adamW({ ...config, weightDecay }) : adam(config);
    compare(optimizer, ['mean', 'square'], (leaf, step) =>
      composedAdam(leaf, { ...config, weightDecay, step }),
    );
  });

  test('sgd', () => {
    const plain = { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 };
    compare(sgd(plain), [], (leaf) => composedSgd(leaf, plain));
    const heavy = { ...plain, momentum: 0.9 };
    compare(sgd(heavy), ['velocity'], (leaf) => composedSgd(leaf, heavy));
    compare(sgd(nesterov), ['velocity'], (leaf) => composedSgd(leaf, nesterov));
  });

  test.each([0, 0.8])('rmsprop, momentum %d', (momentum) => {
    const config = { learningRate: 0.1, decay: 0.9, epsilon: 1e-3, momentum };
    const velocity = momentum ? (['velocity'] as const) : [];
    compare(rmsprop(config), ['square', ...velocity], (leaf) => composedRmsprop(leaf, config));
    compare(rmsprop({ ...config, centered: true }), ['square', 'mean', ...velocity], (leaf) =>
      composedRmsprop(leaf, config),
    );
  });
});

test('a steady gradient divides by epsilon in the centered form, never by the root of a negative number', () => {
  // With decay 0 the variance of one gradient is g² − g² = 0: Δ = −0.1 · g / 0.5
  const optimizer = rmsprop({ learningRate: 0.1, decay: 0, epsilon: 0.5, centered: true });
  const g = tf.tensor1d([0.1, -1 / 3, 7]);
  expect(optimizer.update(g, g, optimizer.init(g)).updates).toBeAllClose([-0.02, 0.2 / 3, -1.4]);
});

test.each([
  // A gradient of 100, then one of 1e-6: of a decay of 0 the root of the mean square is the gradient itself, and a step is one
  // rate times g / (|g| + 1e-8) = 0.990.
  ['rmsprop', rmsprop({ learningRate: 1, decay: 0 }), 0.990099],
  ['adam', adam({ learningRate: 1, beta1: 0, beta2: 0 }), 0.990099],
])('%s with a decay of 0 remembers nothing, however large', (_, optimizer, step) => {
  const params = tf.scalar(0);
  const first = optimizer.update(params, tf.scalar(100), optimizer.init(params));
  const second = optimizer.update(params, tf.scalar(1e-6), first.state);
  expect(second.updates).toBeAllClose(-step, { relative: 1e-5 });
});

test('variables are updated in place', () => {
  const params = { w: tf.variable(tf.scalar(1)) };
  const updated = applyUpdates(params, { w: tf.scalar(0.5) } as unknown as typeof params);
  expect(updated.w).toBe(params.w);
  expect(params.w).toBeAllClose(1.5);
});

test.each([
  [() => adam({ learningRate: 0 }), 'adam: `learningRate` is 0'],
  [() => adam({ beta1: 1.5 }), 'adam: `beta1` is 1.5'],
  [() => adam({ epsilon: Number.NaN }), 'adam: `epsilon` is NaN'],
  [() => adamW({ weightDecay: -1 }), 'adamW: `weightDecay` is -1'],
  [() => sgd({ momentum: 1 }), 'sgd: `momentum` is 1'],
  [() => sgd({ nesterov: true }), 'sgd: `nesterov` is true and `momentum` 0'],
  [() => rmsprop({ decay: 1 }), 'rmsprop: `decay` is 1'],
  [() => adagrad({ learningRate: -1 }), 'adagrad: `learningRate` is -1'],
  [() => adagrad({ initialSum: -1 }), 'adagrad: `initialSum` is -1'],
  [() => averagedSgd({ start: 0.5 }), 'averagedSgd: `start` is 0.5'],
  [() => averageParams(1), 'averageParams: `decay` is 1'],
  [() => clipByValue(-1), 'clipByValue: `maxValue` is -1'],
  [() => decayWeights(2), 'decayWeights: `rate` is 2'],
  [() => accumulateGradients(0, sgd()), 'accumulateGradients: `every` is 0'],
])('bad settings are refused: %#', (make, message) => {
  expect(make).toThrow(message);
});

test.each([
  // As tfjs's own optimizers are called, and with a name that another library has: neither trains at a rate that nobody asked for.
  ['adam', adam],
  ['adamW', adamW],
  ['sgd', sgd],
  ['rmsprop', rmsprop],
  ['adagrad', adagrad],
  ['averagedSgd', averagedSgd],
  ['ntAsgd', ntAsgd],
  ['reduceOnPlateau', reduceOnPlateau],
] as [string, (config: never) => Optimizer][])(
  '%s takes no bare number and no option that there is not',
  (name, make) => {
    expect(() => make(0.1 as never)).toThrow(`${name}: \`config\` is 0.1, expected an object that may have`);
    expect(() => make({ lr: 0.1 } as never)).toThrow(`${name}: \`config\` has \`lr\`, expected only`);
  },
);

test('gradients of another structure or shape are refused', () => {
  const params = { a: tf.zeros([2]), b: tf.zeros([3]) };
  const optimizer = adam();
  const state = optimizer.init(params);
  expect(() => optimizer.update(params, { a: tf.zeros([2]), b: tf.zeros([4]) }, state)).toThrow(
    '`mean` of leaf 1 is float32 [3], expected float32 [4] like the gradient',
  );
});

test('a parameter that no group chooses is named', () => {
  const optimizer = byPath([[below('a'), frozen()]]);
  expect(() => optimizer.init({ a: tf.zeros([1]), b: [tf.zeros([1])] })).toThrow('no group chooses `b.0`');
});

test('a schedule that gives no rate is named with its step', () => {
  const params = tf.zeros([1]);
  const optimizer = adam({ learningRate: () => Number.NaN });
  expect(() => optimizer.update(params, params, optimizer.init(params))).toThrow(
    'adam: the schedule gives the rate NaN for step 1',
  );
});

test('below chooses a path and what is under it, not what begins alike', () => {
  const chooses = below('layers.1', 'embedding');
  expect(
    ['layers.1.bias', 'layers.1', 'embedding', 'layers.10.bias', 'layers', 'output'].map(chooses),
  ).toEqual([true, true, true, false, false, false]);
});
