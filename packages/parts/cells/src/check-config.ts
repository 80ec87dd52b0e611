import { checkNumber } from '@ostinato/runtime';
import type { CellConfig } from './cell.ts';

/** @throws ArgumentError naming the width that is no positive integer */
export function checkCellConfig(cell: string, { inputSize, hiddenSize }: CellConfig): void {
  checkNumber(cell, 'inputSize', inputSize, 'a positive integer');
  checkNumber(cell, 'hiddenSize', hiddenSize, 'a positive integer');
}
