import { type Command, Option } from 'commander';
import { nonNegativeNumber, positiveInteger, probability, wholeNumber } from './option-types.ts';

export function json(): Option {
  return new Option('--json', 'print the result as one JSON object');
}

export function level(fallback: 'char' | 'word'): Option {
  return new Option('--level <level>', 'what a token is').choices(['char', 'word']).default(fallback);
}

/** The options of the commands that write text. */
export function sampling(command: Command): Command {
  return command
    .option('--prompt <text>', 'what to go on from', '')
    .option('--tokens <n>', 'how many to write', positiveInteger, 200)
    .option(
      '--temperature <x>',
      'below 1 bolder, above 1 wilder, 0 always the likeliest',
      nonNegativeNumber,
      1,
    )
    .option('--top-k <n>', 'choose among so many of the likeliest tokens', positiveInteger)
    .option('--top-p <p>', 'choose among the likeliest tokens that reach this probability', probability)
    .option('--seed <n>', 'the same seed writes the same text', wholeNumber, 1)
    .addOption(json());
}
