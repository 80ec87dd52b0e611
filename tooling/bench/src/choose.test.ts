import { expect, test } from 'vitest';
import { choose } from './choose.mjs';

const names = ['lstm', 'lstm-step', 'gru-step', 'scaling'];

test('a part of a name means all that contain it; a whole name means itself', () => {
  expect(choose(names, ['step']).chosen).toEqual(['lstm-step', 'gru-step']);
  expect(choose(names, ['lstm']).chosen).toEqual(['lstm']);
});

test('no word means all; several come once, in the order of the index', () => {
  expect(choose(names, []).chosen).toEqual(names);
  expect(choose(names, ['gru', 'step']).chosen).toEqual(['lstm-step', 'gru-step']);
});

test('a word that means nothing is named', () => {
  expect(choose(names, ['gru', 'brnn'])).toEqual({ chosen: ['gru-step'], unknown: ['brnn'] });
});
