import { ArgumentError, checkNumber } from '@ostinato/runtime';
import { optimizerNames, scheduleNames } from './lm-optimizer-names.ts';
import type { TrainingConfig } from './model-directory.ts';
import { UserError } from './user-error.ts';

/**
 * Checks the numbers that a hand may have edited.
 *
 * @param path of `config.json`, for the message
 * @throws UserError naming the file, the number and what it may be
 */
export function checkTraining(path: string, training: TrainingConfig): void {
  const { validFraction, optimizer = 'adam', schedule = 'constant', text } = training;
  const check = (name: string, value: unknown, rule: Parameters<typeof checkNumber>[3]) =>
    checkNumber(path, name, value, rule);
  try {
    check('training.batchSize', training.batchSize, 'a positive integer');
    check('training.windowLength', training.windowLength, 'a positive integer');
    check('training.workers', training.workers ?? 1, 'a positive integer');
    check('training.learningRate', training.learningRate, 'a positive number');
    check('training.seed', training.seed, 'a whole number');
    check('training.vocabulary', training.vocabulary ?? 1, 'a positive integer');
    check('training.baselineOrder', training.baselineOrder, 'a positive integer');
    check('training.warmup', training.warmup ?? 0, 'a whole number');
    check('training.weightDecay', training.weightDecay ?? 0, 'a number from 0 to below 1');
    check('training.ema', training.ema ?? 0, 'a number from 0 to below 1');
    check('training.scheduleSteps', training.scheduleSteps ?? 1, 'a positive integer');
    check('training.text.trainTokens', text.trainTokens, 'a positive integer');
    check('training.text.validTokens', text.validTokens, 'a positive integer');
    if ((training.workers ?? 1) > training.batchSize)
      expected(path, 'workers', training.workers, `at most ${training.batchSize}, the sequences of a batch`);
    if (training.baselineOrder > 7) expected(path, 'baselineOrder', training.baselineOrder, 'at most 7');
    if (validFraction !== undefined && !(validFraction > 0 && validFraction < 1))
      expected(path, 'validFraction', validFraction, 'a number above 0 and below 1');
    if (!optimizerNames.includes(optimizer))
      expected(path, 'optimizer', optimizer, optimizerNames.join(', '));
    if (!scheduleNames.includes(schedule)) expected(path, 'schedule', schedule, scheduleNames.join(', '));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new UserError(`${error.message} Put back what was there, or train anew into another --out.`);
  }
}

function expected(path: string, name: string, value: unknown, rule: string): never {
  throw new ArgumentError(`${path}: \`training.${name}\` is ${JSON.stringify(value)}, expected ${rule}.`);
}
