import { ArgumentError, checkNumber } from '@ostinato/runtime';
import type { CellConfig } from './cell.ts';
import { initialiserNames } from './initialisers.ts';

/** @throws ArgumentError naming the width that is no positive integer, or the initialiser that is none */
export function checkCellConfig(cell: string, config: CellConfig): void {
  checkNumber(cell, 'inputSize', config.inputSize, 'a positive integer');
  checkNumber(cell, 'hiddenSize', config.hiddenSize, 'a positive integer');
  for (const name of ['inputInitialiser', 'recurrentInitialiser'] as const) {
    const value = config[name];
    if (value === undefined || initialiserNames.includes(value)) continue;
    throw new ArgumentError(
      `${cell}: \`${name}\` is ${JSON.stringify(value)}, expected one of ${initialiserNames.join(', ')}.`,
    );
  }
}
