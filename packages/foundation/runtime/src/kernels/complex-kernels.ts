import * as tf from '@tensorflow/tfjs-core';
import { asComplex, asPairs } from './complex-tensors.ts';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

type Attrs = Record<string, unknown>;

/** `tf.complex`, `tf.real`, `tf.imag` and the absolute value. */
export function complexKernels(module: KernelModule): tf.KernelConfig[] {
  return [
    {
      kernelName: tf.Complex,
      backendName: 'wasm',
      kernelFunc: ({ inputs }) => join(module, inputs as Record<'real' | 'imag', tf.TensorInfo>),
    },
    {
      kernelName: tf.Real,
      backendName: 'wasm',
      kernelFunc: ({ inputs }) => part(module, inputs.input as tf.TensorInfo, 0),
    },
    {
      kernelName: tf.Imag,
      backendName: 'wasm',
      kernelFunc: ({ inputs }) => part(module, inputs.input as tf.TensorInfo, 4),
    },
    {
      kernelName: tf.ComplexAbs,
      backendName: 'wasm',
      kernelFunc({ inputs }) {
        const x = inputs.x as tf.TensorInfo;
        const output = module.backend.makeOutput(x.shape, 'float32');
        module.absoluteOfComplex(
          addressOf(module, output),
          addressOf(module, x),
          tf.util.sizeFromShape(x.shape),
        );
        return output;
      },
    },
  ];
}

function join(module: KernelModule, { real, imag }: Record<'real' | 'imag', tf.TensorInfo>): tf.TensorInfo {
  if (real.dtype !== 'float32' || imag.dtype !== 'float32') {
    throw new TypeError(
      `complex: the parts are ${real.dtype} and ${imag.dtype}, expected float32. Cast them first.`,
    );
  }
  const pairs = module.backend.makeOutput([...real.shape, 2], 'float32');
  const [to, re, im] = [pairs, real, imag].map((tensor) => addressOf(module, tensor)) as [
    number,
    number,
    number,
  ];
  module.joinComplex(to, re, im, tf.util.sizeFromShape(real.shape));
  return asComplex(module.backend, pairs);
}

function part(module: KernelModule, input: tf.TensorInfo, offset: 0 | 4): tf.TensorInfo {
  if (input.dtype !== 'complex64') {
    throw new TypeError(
      `${offset === 0 ? 'real' : 'imag'}: \`input\` is ${input.dtype}, expected complex64.`,
    );
  }
  const output = module.backend.makeOutput(input.shape, 'float32');
  const size = tf.util.sizeFromShape(input.shape);
  module.partOfComplex(addressOf(module, output), addressOf(module, input), offset, size);
  return output;
}

const axisBefore = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Kernels that serve complex tensors as they serve floats with one more axis, and what becomes of their attributes. */
const alongPairs: Record<string, (attrs: Attrs, rank: number) => Attrs> = {
  [tf.Add]: (attrs) => attrs,
  [tf.Sub]: (attrs) => attrs,
  [tf.Neg]: (attrs) => attrs,
  [tf.ZerosLike]: (attrs) => attrs,
  [tf.Slice]: (attrs) => attrs, // sizes that are not given reach to the end
  [tf.Concat]: (attrs, rank) => ({ ...attrs, axis: axisBefore(attrs.axis as number, rank) }),
  [tf.SplitV]: (attrs, rank) => ({ ...attrs, axis: axisBefore(attrs.axis as number, rank) }),
  [tf.Pack]: (attrs, rank) => ({ ...attrs, axis: axisBefore(attrs.axis as number, rank + 1) }),
  [tf.Unpack]: (attrs, rank) => ({ ...attrs, axis: axisBefore(attrs.axis as number, rank) }),
  [tf.GatherV2]: (attrs, rank) => ({ ...attrs, axis: axisBefore(attrs.axis as number, rank) }),
  [tf.Transpose]: (attrs, rank) => ({ ...attrs, perm: [...(attrs.perm as number[]), rank] }),
  [tf.Tile]: (attrs) => ({ ...attrs, reps: [...(attrs.reps as number[]), 1] }),
  [tf.Reverse]: (attrs, rank) => ({
    ...attrs,
    dims: [attrs.dims as number | number[]].flat().map((axis) => axisBefore(axis, rank)),
  }),
  [tf.Sum]: (attrs, rank) => {
    const axis = [(attrs.axis as number | number[] | undefined) ?? []].flat();
    const axes = axis.length === 0 ? Array.from({ length: rank }, (_, i) => i) : axis;
    return { ...attrs, axis: axes.map((axis) => axisBefore(axis, rank)) };
  },
  [tf.PadV2]: (attrs) => {
    if (attrs.constantValue !== 0) {
      throw new RangeError(`pad: a complex64 tensor is padded with 0, got ${attrs.constantValue}.`);
    }
    return { ...attrs, paddings: [...(attrs.paddings as [number, number][]), [0, 0]] };
  },
};

/** Kernels of complex numbers that are put together from those of their parts. */
const composed: Record<string, (inputs: Record<string, tf.Tensor>, attrs: Attrs) => tf.Tensor> = {
  [tf.Multiply]({ a, b }) {
    const [ar, ai, br, bi] = [tf.real(a!), tf.imag(a!), tf.real(b!), tf.imag(b!)] as const;
    return tf.complex(tf.sub(tf.mul(ar, br), tf.mul(ai, bi)), tf.add(tf.mul(ar, bi), tf.mul(ai, br)));
  },
  [tf.OnesLike]: ({ x }) => tf.complex(tf.ones(x!.shape), tf.zeros(x!.shape)),
  [tf.Cast]({ x }, { dtype }) {
    if (dtype !== 'complex64') return tf.cast(tf.real(x!), dtype as tf.DataType);
    if (x!.dtype === 'complex64') return tf.clone(x!);
    return tf.complex(tf.cast(x!, 'float32'), tf.zeros(x!.shape));
  },
};

/** Kernels that never look at the numbers, only at their place or their shape. */
const indifferent = new Set<string>([
  tf.Identity,
  tf.Reshape,
  tf.ExpandDims,
  tf.Real,
  tf.Imag,
  tf.ComplexAbs,
  tf.FFT,
  tf.IFFT,
]);

const isComplex = (tensor: unknown): tensor is tf.TensorInfo =>
  (tensor as tf.TensorInfo | undefined)?.dtype === 'complex64';

/**
 * The same kernel, that takes complex tensors where it can and refuses them where it cannot: tfjs's WASM kernels know no
 * complex64 and would read past what they were given.
 */
export function withComplex(module: KernelModule, kernel: tf.KernelConfig): tf.KernelConfig {
  const { kernelName, kernelFunc } = kernel;
  if (indifferent.has(kernelName)) return kernel;
  const toAttrs = alongPairs[kernelName];
  const compose = composed[kernelName];
  return {
    ...kernel,
    kernelFunc(call) {
      const { inputs, attrs } = call;
      let complex = kernelName === tf.Cast && (attrs as { dtype: string }).dtype === 'complex64';
      for (const name in inputs) complex ||= isComplex(inputs[name]);
      if (!complex) return kernelFunc(call);
      if (compose) return tf.tidy(() => compose(inputs as Record<string, tf.Tensor>, attrs as Attrs));
      if (!toAttrs) {
        throw new TypeError(
          `${kernelName}: complex64 tensors are not supported. Take tf.real, tf.imag or tf.abs of it.`,
        );
      }
      const first = Object.values(inputs)[0] as tf.TensorInfo;
      const views = Object.entries(inputs).map(([name, input]) => [
        name,
        isComplex(input) ? asPairs(input) : input,
      ]);
      const outputs = kernelFunc({
        ...call,
        inputs: Array.isArray(inputs) ? (views.map(([, view]) => view) as never) : Object.fromEntries(views),
        attrs: toAttrs(attrs as Attrs, first.shape.length) as unknown as tf.NamedAttrMap,
      });
      const results = (Array.isArray(outputs) ? outputs : [outputs]) as tf.TensorInfo[];
      const complexResults = results.map((result) => asComplex(module.backend, result));
      return Array.isArray(outputs) ? complexResults : complexResults[0]!;
    },
  };
}
