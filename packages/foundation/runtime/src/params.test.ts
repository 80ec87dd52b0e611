import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { countParams, disposeParams, fillParams, flattenParams, mapParams, treeFromPaths } from './params.ts';
import { ArgumentError } from './shape.ts';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

const tree = () => ({
  layers: [{ kernel: tf.ones([2, 3]), bias: tf.zeros([3]) }, { kernel: tf.ones([3, 1]) }],
});

test('paths name every leaf, in order', () => {
  expect(flattenParams(tree()).map(([path]) => path)).toEqual([
    'layers.0.kernel',
    'layers.0.bias',
    'layers.1.kernel',
  ]);
  expect(countParams(tree())).toBe(2 * 3 + 3 + 3);
});

test('a map keeps the structure, arrays included', () => {
  const doubled = mapParams(tree(), (tensor) => tf.mul(tensor, 2));
  expect(Array.isArray(doubled.layers)).toBe(true);
  expect(doubled.layers[0]!.kernel).toBeAllClose(tf.fill([2, 3], 2));
});

test('a tree comes back from its paths', () => {
  const original = tree();
  const again = treeFromPaths(new Map(flattenParams(original)));
  expect(flattenParams(again)).toEqual(flattenParams(original));
  expect(Array.isArray((again as typeof original).layers)).toBe(true);
});

test('filling names what is missing, what is left over and what has another shape', () => {
  const leaves = new Map<string, tf.Tensor>(flattenParams(tree()));
  leaves.delete('layers.0.bias');
  leaves.set('layers.9.bias', tf.zeros([1]));
  expect(() => fillParams(tree(), leaves)).toThrow('missing layers.0.bias; not expected layers.9.bias');
  const wrong = new Map<string, tf.Tensor>(flattenParams(tree())).set('layers.0.bias', tf.zeros([4]));
  expect(() => fillParams(tree(), wrong)).toThrow('`layers.0.bias` has shape [4], the model expects [3]');
});

test('a leaf that is no tensor, or a name with a dot, is refused by path', () => {
  expect(() => flattenParams({ a: { b: 3 } } as never)).toThrow('3 at `a.b`');
  expect(() => flattenParams({ 'a.b': tf.zeros([1]) })).toThrow('dots');
});

test('disposing frees every leaf', () => {
  const before = tf.memory().numTensors;
  disposeParams(tree());
  expect(tf.memory().numTensors).toBe(before);
});

test('a path cannot reach into the prototype of everything', () => {
  expect(() => treeFromPaths(new Map([['a.__proto__.x', tf.zeros([1])]]))).toThrow('is no path of a tree');
  expect('x' in {}).toBe(false);
});

test('the names of what every object has are names like others', () => {
  const paths = ['constructor.prototype.polluted', 'toString.b', 'hasOwnProperty'];
  const tree = treeFromPaths(new Map(paths.map((path) => [path, tf.zeros([1])])));
  expect('polluted' in {}).toBe(false);
  expect(flattenParams(tree).map(([path]) => path)).toEqual(paths);
  expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
});

test.each([
  ['a', 'a.b'],
  ['a.b', 'a'],
  ['a.b', 'a.b.c.d'],
])('a path that is a tensor cannot lead to others: `%s` and `%s`', (...paths) => {
  const leaves = new Map(paths.map((path) => [path, tf.zeros([1])]));
  expect(() => treeFromPaths(leaves)).toThrow(ArgumentError);
  expect(() => treeFromPaths(leaves)).toThrow(/treeFromPaths: `a(\.b)?` is a tensor and a branch/);
});
