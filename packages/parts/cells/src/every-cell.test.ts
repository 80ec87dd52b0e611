import { createRng, startRuntime } from '@ostinato/runtime';
import { type CellContractOptions, describeCell } from '@ostinato/test-kit';
import { beforeAll, expect, test } from 'vitest';
import type { Cell, SequenceLayer } from './cell.ts';
import * as exported from './index.ts';

beforeAll(() => startRuntime());

const {
  bidirectional,
  gru,
  gruResetBefore,
  layerNormLstm,
  lstm,
  minGru,
  recurrentDropout,
  rnn,
  stack,
  zoneout,
} = exported;

const isCell = (value: unknown): value is Cell =>
  typeof value === 'object' && value !== null && 'init' in value && 'step' in value;
const cells = (Object.values(exported) as unknown[]).filter(isCell);

/** What else comes of them, with the configs that change what they compute. */
const table: [SequenceLayer, CellContractOptions?][] = [
  [lstm, { variant: 'peepholes', config: { peepholes: true } }],
  [lstm, { variant: 'projection', config: { projectionSize: 2 } }],
  [lstm, { variant: 'both', config: { peepholes: true, projectionSize: 2, forgetBias: 0.5 } }],
  [
    gru,
    {
      variant: 'orthogonal',
      config: { recurrentInitialiser: 'orthogonal', inputInitialiser: 'glorot' },
    },
  ],
  [stack([lstm, gru])],
  [stack([rnn, minGru, rnn], { dropout: 0.5, residual: true }), { variant: 'residual' }],
  [
    stack([lstm, gru]),
    { variant: 'layers of their own', config: { layers: [{ projectionSize: 2 }, { hiddenSize: 5 }] } },
  ],
  [zoneout(lstm, { hidden: 0.2, cell: 0.4 })],
  [zoneout(gru, { hidden: 0.2 })],
  [recurrentDropout(lstm, 0.3)],
  [recurrentDropout(layerNormLstm, 0.3)],
  [recurrentDropout(gru, 0.3)],
  [zoneout(recurrentDropout(gruResetBefore, 0.3), { hidden: 0.2 })],
  [bidirectional(gru)],
  [bidirectional(lstm, { merge: 'sum' }), { config: { projectionSize: 2 } }],
  [bidirectional(rnn, { merge: 'mean', backward: gru })],
  [stack([bidirectional(lstm), bidirectional(minGru), rnn])],
];

/** The parallel roads: the steps of one sequence are put together in another order than those of its parts. */
const scans = (name: string) => /min(Gru|Lstm)/.test(name);

for (const [cell, options] of [...cells.map((cell) => [cell] as const), ...table]) {
  describeCell(cell, exported.unroll, createRng, {
    ...options,
    ...(scans(cell.name) && { splitTolerance: 1e-6 }),
  });
}

test('the table has every exported cell, under its own name', () => {
  expect(cells.length).toBeGreaterThanOrEqual(9);
  expect(new Set(cells.map((cell) => cell.name)).size).toBe(cells.length);
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: every export is the point
  for (const cell of cells) expect(exported[cell.name as keyof typeof exported]).toBe(cell);
});
