import { type Cell, gru, lstm, rnn } from '@ostinato/cells';
import { ArgumentError, checkNumber } from '@ostinato/runtime';
import { checkGiven } from './check-given.ts';

export type CellName = 'rnn' | 'lstm' | 'gru';

const cells: Record<CellName, Cell> = { rnn, lstm, gru };

/** The shape of a recurrent language model: plain JSON. */
export interface LanguageModelConfig {
  vocabularySize: number;
  cell: CellName;
  /** How many cells lie on top of each other. */
  layers: number;
  /** Width of every layer; with `tiedEmbeddings` the last one is `embeddingSize` wide, as the table wants it. */
  hiddenSize: number;
  embeddingSize: number;
  /**
   * The output's kernel is the embedding's table (Press & Wolf 2017, https://arxiv.org/abs/1608.05859). The two sizes may
   * differ where there is a layer below the last one.
   */
  tiedEmbeddings?: boolean;
  /** In training: one rate between embedding, layers and output, drawn anew at every step; or rates by place. */
  dropout: number | DropoutRates;
}

/**
 * Rates of dropout by place, each from 0 to 1 and 0 when absent, as in AWD-LSTM (Merity, Keskar & Socher 2018,
 * https://arxiv.org/abs/1708.02182, section 4). What is dropped stays so over the whole window.
 */
export interface DropoutRates {
  /** Of whole tokens, wherever they are read. */
  embedding?: number;
  /** Of features between embedding and lowest layer. */
  input?: number;
  /** Of features between layers. */
  hidden?: number;
  /** Of features between last layer and output. */
  output?: number;
  /** Of the weights from state to state. */
  recurrentKernel?: number;
}

const dropoutPlaces: readonly string[] = [
  'embedding',
  'input',
  'hidden',
  'output',
  'recurrentKernel',
] satisfies (keyof DropoutRates)[];

/** @throws ArgumentError naming the field that does not fit */
export function checkConfig(config: LanguageModelConfig): void {
  checkGiven(
    'languageModel',
    '`config` is',
    config,
    '{ vocabularySize, cell, layers, hiddenSize, embeddingSize, dropout }',
  );
  const { dropout, tiedEmbeddings = false, layers, hiddenSize, embeddingSize } = config;
  for (const name of ['vocabularySize', 'layers', 'hiddenSize', 'embeddingSize'] as const) {
    checkNumber('languageModel', name, config[name], 'a positive integer');
  }
  if (typeof dropout === 'object' && dropout !== null) checkRates(dropout);
  else checkNumber('languageModel', 'dropout', dropout, 'a number from 0 to 1');
  if (typeof tiedEmbeddings !== 'boolean') {
    throw new ArgumentError(
      `languageModel: \`tiedEmbeddings\` is ${JSON.stringify(tiedEmbeddings)}, expected true or false.`,
    );
  }
  if (tiedEmbeddings && layers === 1 && hiddenSize !== embeddingSize) {
    throw new ArgumentError(
      `languageModel: \`embeddingSize\` is ${embeddingSize} and \`hiddenSize\` ${hiddenSize}, but with tiedEmbeddings what leaves the last layer must be as wide as the table. ` +
        'Make both the same, or put a second layer on top: it becomes as wide as the embedding.',
    );
  }
  cellNamed(config.cell);
}

function checkRates(rates: DropoutRates): void {
  for (const [place, rate] of Object.entries(rates)) {
    if (!dropoutPlaces.includes(place)) {
      throw new ArgumentError(
        `languageModel: \`dropout\` has a rate for ${JSON.stringify(place)}, expected ${dropoutPlaces.join(', ')}.`,
      );
    }
    checkNumber('languageModel', `dropout.${place}`, rate, 'a number from 0 to 1');
  }
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
