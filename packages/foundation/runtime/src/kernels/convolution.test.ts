import '@tensorflow/tfjs-backend-cpu';
import { expectGradients } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  expectClose,
  generator,
  kernelBuilds,
  noise,
  useBuild,
  withGuardedHeap,
} from './kernels.test-kit.ts';
import reference from './operations.reference.json' with { type: 'json' }; // PyTorch float64, tooling/reference/operations.py

const builds = await kernelBuilds();

type Shape = [number, number, number, number];

interface Case {
  x: Shape;
  filter: Shape;
  strides: [number, number];
  dilations: [number, number];
  /** top, bottom, left, right */
  pad: [number, number, number, number];
  depthwise: boolean;
}

const count = (shape: number[]) => shape.reduce((product, length) => product * length, 1);

function outputShape({ x, filter, strides, dilations, pad, depthwise }: Case): Shape {
  const along = (axis: 0 | 1) =>
    Math.floor(
      (x[axis + 1]! + pad[2 * axis]! + pad[2 * axis + 1]! - (filter[axis] - 1) * dilations[axis] - 1) /
        strides[axis],
    ) + 1;
  return [x[0], along(0), along(1), depthwise ? filter[2] * filter[3] : filter[3]];
}

/** Both gradients in float64, straight from the definition of the convolution. */
function bruteForce(c: Case, x: Float32Array, filter: Float32Array, dy: Float32Array) {
  const [batch, height, width, channels] = c.x;
  const [filterHeight, filterWidth, , last] = c.filter;
  const [, outHeight, outWidth, outChannels] = outputShape(c);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  for (let b = 0; b < batch; b++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let fy = 0; fy < filterHeight; fy++)
          for (let fx = 0; fx < filterWidth; fx++) {
            const y = oy * c.strides[0] - c.pad[0] + fy * c.dilations[0];
            const column = ox * c.strides[1] - c.pad[2] + fx * c.dilations[1];
            if (y < 0 || y >= height || column < 0 || column >= width) continue;
            for (let ci = 0; ci < channels; ci++)
              for (let k = 0; k < last; k++) {
                const from = ((b * height + y) * width + column) * channels + ci;
                const weight = ((fy * filterWidth + fx) * channels + ci) * last + k;
                const out =
                  ((b * outHeight + oy) * outWidth + ox) * outChannels + (c.depthwise ? ci * last + k : k);
                dx[from]! += dy[out]! * filter[weight]!;
                dFilter[weight]! += dy[out]! * x[from]!;
              }
          }
  return { dx, dFilter };
}

/** The kernels themselves, at strides and dilations together, which tfjs's operations refuse. */
function gradients(c: Case, x: Float32Array, filter: Float32Array, dy: Float32Array) {
  const [top, bottom, left, right] = c.pad;
  const attrs = {
    strides: c.strides,
    dilations: c.dilations,
    pad: [[0, 0], [top, bottom], [left, right], [0, 0]], // biome-ignore format: pairs
    dataFormat: 'NHWC',
    filterShape: c.filter,
    inputShape: c.x,
  } as unknown as tf.NamedAttrMap;
  return tf.tidy(() => {
    const tensors = {
      x: tf.tensor(x, c.x),
      filter: tf.tensor(filter, c.filter),
      dy: tf.tensor(dy, outputShape(c)),
    };
    const run = (name: string, inputs: tf.NamedTensorMap) =>
      (tf.engine().runKernel(name, inputs, attrs) as tf.Tensor).dataSync();
    const filterKernel = c.depthwise ? tf.DepthwiseConv2dNativeBackpropFilter : tf.Conv2DBackpropFilter;
    const dFilter = run(filterKernel, { x: tensors.x, dy: tensors.dy });
    const inputKernel = c.depthwise ? tf.DepthwiseConv2dNativeBackpropInput : tf.Conv2DBackpropInput;
    const dx = run(inputKernel, { dy: tensors.dy, filter: tensors.filter });
    return { dFilter, dx };
  });
}

const size = (max: number) => fc.integer({ min: 1, max });
const cases: fc.Arbitrary<Case> = fc
  .record({
    depthwise: fc.boolean(),
    x: fc.tuple(size(3), size(9), size(9), size(19)),
    filter: fc.tuple(size(4), size(4), size(5)),
    strides: fc.tuple(size(3), size(3)),
    dilations: fc.tuple(size(3), size(3)),
    pad: fc.tuple(
      ...([0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 3 })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
    ),
  })
  .map(
    ({ filter: [height, width, last], ...rest }): Case => ({
      ...rest,
      filter: [height, width, rest.x[3], last],
    }),
  )
  .filter((c) => outputShape(c).every((length) => length > 0));

describe.each(builds)('gradients of convolutions, %s build', (build) => {
  beforeAll(() => useBuild(build));

  test('any size, stride, padding, dilation and multiplier: as the definition has it, and no stray write', () => {
    withGuardedHeap(() => {
      fc.assert(
        fc.property(cases, fc.nat(1e6), (c, seed) => {
          const next = generator(seed);
          const [x, filter, dy] = [c.x, c.filter, outputShape(c)].map((shape) =>
            noise(count(shape), next),
          ) as [Float32Array, Float32Array, Float32Array];
          const expected = bruteForce(c, x, filter, dy);
          const actual = gradients(c, x, filter, dy);
          expectClose(actual.dFilter, expected.dFilter, 1e-5, 'dFilter');
          expectClose(actual.dx, expected.dx, 1e-5, 'dx');
        }),
        { numRuns: 150, seed: 3 },
      );
    });
  });

  test('more output pixels than fit in one block of patches', () => {
    const c: Case = {
      x: [2, 33, 35, 7],
      filter: [3, 3, 7, 13],
      strides: [1, 1],
      dilations: [1, 1],
      pad: [1, 1, 1, 1],
      depthwise: false,
    };
    const wide: Case = { ...c, x: [2, 9, 17, 129], filter: [3, 3, 129, 3] };
    for (const each of [c, wide]) {
      const next = generator(1);
      const [x, filter, dy] = [each.x, each.filter, outputShape(each)].map((shape) =>
        noise(count(shape), next),
      ) as [Float32Array, Float32Array, Float32Array];
      const [actual, expected] = [gradients(each, x, filter, dy), bruteForce(each, x, filter, dy)];
      expectClose(actual.dFilter, expected.dFilter, 1e-5);
      expectClose(actual.dx, expected.dx, 1e-5);
    }
  });

  test('agrees with torch.nn.functional.conv2d through the tape', () => {
    for (const depthwise of [false, true]) {
      for (const golden of depthwise ? reference.depthwise : reference.convolution) {
        const [top, bottom, left, right] = golden.pad as [number, number, number, number];
        const pad: tf.backend_util.ExplicitPadding = [[0, 0], [top, bottom], [left, right], [0, 0]]; // biome-ignore format: pairs
        const strides = golden.strides as [number, number];
        const dilations = golden.dilations as [number, number];
        const c: Case = {
          x: golden.shapes.x as Shape,
          filter: golden.shapes.filter as Shape,
          strides,
          dilations,
          pad: [top, bottom, left, right],
          depthwise,
        };
        const [x, filter, dy] = [golden.x, golden.filter, golden.dy].map((values) =>
          Float32Array.from(values),
        ) as [Float32Array, Float32Array, Float32Array];
        expect(outputShape(c)).toEqual(golden.shapes.dy);
        tf.tidy(() => {
          const run = (x: tf.Tensor, filter: tf.Tensor) =>
            depthwise
              ? tf.depthwiseConv2d(
                  x as tf.Tensor4D,
                  filter as tf.Tensor4D,
                  strides,
                  pad as never,
                  'NHWC',
                  dilations,
                )
              : tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', dilations);
          const { value, grads } = tf.valueAndGrads(run)(
            [tf.tensor(x, c.x), tf.tensor(filter, c.filter)],
            tf.tensor(dy, outputShape(c)),
          );
          expectClose(value.dataSync(), golden.result, 1e-5);
          expectClose(grads[0]!.dataSync(), golden.dx, 1e-5);
          expectClose(grads[1]!.dataSync(), golden.dFilter, 1e-5);
        });
      }
    }
  });

  test('same and valid padding, a number, one picture alone: as the cpu backend', async () => {
    const next = generator(8);
    const x = noise(5 * 6 * 3, next);
    const filter = noise(3 * 3 * 3 * 4, next);
    const run = () =>
      tf
        .tidy(() =>
          (['same', 'valid', 1] as const).map((pad) => {
            const [pictures, weights] = [tf.tensor3d(x, [5, 6, 3]), tf.tensor4d(filter, [3, 3, 3, 4])];
            const full = (filter: tf.Tensor) => tf.conv2d(pictures, filter as tf.Tensor4D, 2, pad);
            const deep = (x: tf.Tensor, filter: tf.Tensor) =>
              tf.depthwiseConv2d(x as tf.Tensor3D, filter as tf.Tensor4D, 1, pad);
            return [tf.grad(full)(weights), ...tf.grads(deep)([pictures, weights])].map((gradient) =>
              gradient.dataSync(),
            );
          }),
        )
        .flat();
    const actual = run();
    await tf.setBackend('cpu');
    const expected = run();
    await tf.setBackend('wasm');
    for (const [i, values] of actual.entries()) expectClose(values, expected[i]!, 1e-5);
  });

  test('a padding that is one number, with filters and strides that are not square', () => {
    const next = generator(12);
    const sides: tf.backend_util.ExplicitPadding = [[0, 0], [1, 1], [1, 1], [0, 0]]; // biome-ignore format: pairs
    for (let repeat = 0; repeat < 20; repeat++) {
      tf.tidy(() => {
        const x = tf.tensor4d(noise(2 * 5 * 6 * 3, next), [2, 5, 6, 3]);
        const filter = tf.tensor4d(noise(3 * 2 * 3 * 4, next), [3, 2, 3, 4]);
        for (const pad of [0, 1]) {
          const same = (
            run: (x: tf.Tensor4D, filter: tf.Tensor4D, pad: 'valid' | number | typeof sides) => tf.Tensor,
          ) => {
            const all = (pad: 'valid' | number | typeof sides) => {
              const { value, grads } = tf.valueAndGrads((x, filter) =>
                run(x as tf.Tensor4D, filter as tf.Tensor4D, pad),
              )([x, filter]);
              return [value, ...grads];
            };
            const expected = all(pad === 0 ? 'valid' : sides);
            for (const [i, tensor] of all(pad).entries()) {
              expect(tensor.shape).toEqual(expected[i]!.shape);
              expect([...tensor.dataSync()]).toEqual([...expected[i]!.dataSync()]);
            }
          };
          same((x, filter, pad) => tf.conv2d(x, filter, [2, 1], pad));
          same((x, filter, pad) => tf.depthwiseConv2d(x, filter, 1, pad as never));
          same((x, filter, pad) => tf.maxPool(tf.mul(x, tf.sum(filter)), [3, 2], [1, 2], pad));
          same((x, filter, pad) => tf.avgPool(tf.mul(x, tf.sum(filter)), [3, 2], [1, 2], pad));
        }
      });
    }
  });

  test('the gradient of the gradient, with dilations', () => {
    const next = generator(14);
    const x = tf.tensor4d(noise(2 * 5 * 6, next), [1, 5, 6, 2]);
    const filter = tf.tensor4d(noise(2 * 2 * 2 * 3, next), [2, 2, 2, 3]);
    for (const dilations of [1, [2, 3]] as const) {
      expectGradients(
        ({ x, filter }) => {
          const inner = (x: tf.Tensor) =>
            tf.square(tf.conv2d(x as tf.Tensor4D, filter, 1, 'same', 'NHWC', dilations as never));
          return tf.mul(0.02, tf.square(tf.grad(inner)(x)));
        },
        { x, filter },
        { samples: 20 },
      );
    }
    tf.dispose([x, filter]);
  });

  test('on another backend dilations are refused, not left out', async () => {
    await tf.setBackend('cpu');
    const run = () =>
      tf.grad((x) => tf.conv1d(x as tf.Tensor2D, tf.ones([2, 1, 1]), 1, 'valid', 'NWC', 2))(tf.ones([5, 1]));
    expect(() => tf.tidy(run)).toThrow('dilations [1,2] is taken on the WASM backend');
    await tf.setBackend('wasm');
    // Σ y with y[t] = x[t] + x[t + 2], t < 3: x[2] counts twice
    expect([...tf.tidy(run).dataSync()]).toEqual([1, 1, 2, 1, 1]);
  });

  test('channels first: the filter gradient of the transposed tensors', () => {
    const next = generator(9);
    const attrs = { strides: [1, 2], pad: 'same', filterShape: [3, 2, 3, 4] };
    tf.tidy(() => {
      const x = tf.tensor4d(noise(2 * 5 * 6 * 3, next), [2, 5, 6, 3]);
      const dy = tf.tensor4d(noise(2 * 5 * 3 * 4, next), [2, 5, 3, 4]);
      const run = (dataFormat: string, x: tf.Tensor, dy: tf.Tensor) =>
        (
          tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, { ...attrs, dataFormat }) as tf.Tensor
        ).dataSync();
      const first = (tensor: tf.Tensor) => tf.transpose(tensor, [0, 3, 1, 2]);
      const expected = run('NHWC', x, dy);
      const before = tf.memory().numTensors;
      expectClose(run('NCHW', first(x), first(dy)), expected, 1e-6);
      // Two transposed tensors and the gradient: nothing else stays.
      expect(tf.memory().numTensors - before).toBe(3);
    });
  });

  test('no pictures at all: a gradient of zeros', () => {
    const gradient = tf.tidy(() =>
      (
        tf
          .engine()
          .runKernel(
            tf.Conv2DBackpropFilter,
            { x: tf.zeros([0, 4, 4, 2]), dy: tf.zeros([0, 4, 4, 3]) },
            { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 3] },
          ) as tf.Tensor
      ).dataSync(),
    );
    expect([...gradient]).toEqual(new Array(54).fill(0));
  });

  test('a dy of another shape is refused', () => {
    const run = () =>
      tf
        .engine()
        .runKernel(
          tf.Conv2DBackpropFilter,
          { x: tf.zeros([1, 4, 4, 2]), dy: tf.zeros([1, 3, 4, 3]) },
          { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 3] },
        );
    expect(run).toThrow('`dy` is float32 [1, 3, 4, 3], expected float32 [1, 4, 4, 3]');
  });
});
