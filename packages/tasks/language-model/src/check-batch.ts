import { ArgumentError, checkNumber } from '@ostinato/runtime';
import { described } from './check-given.ts';
import type { LanguageModelBatch } from './language-model.ts';

/** @throws ArgumentError naming the field that does not fit the others */
export function checkBatch(where: string, batch: LanguageModelBatch): void {
  const { batchSize, time } = batch;
  checkNumber(where, 'batch.batchSize', batchSize, 'a positive integer');
  checkNumber(where, 'batch.time', time, 'a positive integer');
  for (const name of ['inputs', 'targets'] as const) {
    const ids: ArrayLike<number> | undefined = batch[name];
    if (typeof ids?.length !== 'number') {
      throw new ArgumentError(`${where}: \`batch.${name}\` is ${described(ids)}, expected an Int32Array.`);
    }
    if (ids.length === batchSize * time) continue;
    throw new ArgumentError(
      `${where}: \`batch.${name}\` has ${ids.length} token ids, expected batchSize · time = ${batchSize} · ${time} = ${batchSize * time}.`,
    );
  }
}
