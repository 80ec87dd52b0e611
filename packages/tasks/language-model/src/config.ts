import { type Cell, gru, lstm, rnn } from '@ostinato/cells';
import { ArgumentError, checkNumber } from '@ostinato/runtime';

export type CellName = 'rnn' | 'lstm' | 'gru';

const cells: Record<CellName, Cell> = { rnn, lstm, gru };

/** The shape of a recurrent language model: plain JSON. */
export interface LanguageModelConfig {
  vocabularySize: number;
  cell: CellName;
  /** How many cells lie on top of each other. */
  layers: number;
  hiddenSize: number;
  embeddingSize: number;
  /** In training: the rate between embedding, layers and output. */
  dropout: number;
}

/** @throws ArgumentError naming the field that does not fit */
export function checkConfig(config: LanguageModelConfig): void {
  for (const name of ['vocabularySize', 'layers', 'hiddenSize', 'embeddingSize'] as const) {
    checkNumber('languageModel', name, config[name], 'a positive integer');
  }
  checkNumber('languageModel', 'dropout', config.dropout, 'a number from 0 to 1');
  cellNamed(config.cell);
}

/** @throws ArgumentError for an unknown name */
export function cellNamed(name: CellName): Cell {
  if (!Object.hasOwn(cells, name)) {
    throw new ArgumentError(
      `languageModel: \`cell\` is ${JSON.stringify(name)}, expected one of ${Object.keys(cells).join(', ')}.`,
    );
  }
  return cells[name];
}
