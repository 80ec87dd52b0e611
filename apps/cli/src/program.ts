import { Command, Option } from 'commander';
import {
  arpaName,
  ngramOrder,
  nonNegativeNumber,
  positiveInteger,
  positiveNumber,
  probability,
  rate,
  share,
  wholeNumber,
} from './option-types.ts';
import { createReporter, type Reporter } from './reporter.ts';

/**
 * The `ostinato` command. What a command needs is loaded when it is run, so that help comes at once. Actions set the exit status through `done`.
 *
 * @param version of this package
 */
export function createProgram(version: string, done: (status: number) => void): Command {
  const program = new Command('ostinato')
    .description('Train, score and sample sequence models, from a shell.')
    .version(version)
    .showHelpAfterError('(--help shows the options)')
    .configureHelp({ showGlobalOptions: true });

  /** Runs a command with a reporter, and hands its exit status on. */
  const act =
    (work: (reporter: Reporter, ...parts: never[]) => Promise<number>) =>
    async (...parts: unknown[]) => {
      const options = parts.at(-2) as { json?: boolean };
      const reporter = createReporter({ json: options.json === true });
      try {
        done(
          await (work as (reporter: Reporter, ...parts: unknown[]) => Promise<number>)(reporter, ...parts),
        );
      } finally {
        reporter.finish();
      }
    };
  const json = () => new Option('--json', 'print the result as one JSON object');
  const level = (fallback: string) =>
    new Option('--level <level>', 'what a token is').choices(['char', 'word']).default(fallback);

  const lm = program.command('lm').description('recurrent language models');

  lm.command('train')
    .description('learn a language model from text files (UTF-8, plain or .gz)')
    .argument('<text...>', 'files, read one after another as one text')
    .requiredOption('--out <folder>', 'where the model is kept')
    .addOption(level('char'))
    .addOption(
      new Option('--cell <cell>', 'the recurrent cell').choices(['rnn', 'lstm', 'gru']).default('lstm'),
    )
    .option('--hidden <n>', 'width of the state', positiveInteger, 128)
    .option('--layers <n>', 'cells on top of each other', positiveInteger, 1)
    .option(
      '--embedding <n>',
      'width of the token vectors (char: at most 64; word: as --hidden)',
      positiveInteger,
    )
    .option('--dropout <p>', 'rate before, between and after the layers, in training', rate, 0)
    .option('--batch <n>', 'sequences learned side by side', positiveInteger, 32)
    .option('--bptt <n>', 'time steps of a training window', positiveInteger, 64)
    .option(
      '--epochs <n>',
      'stop after so many passes over the text (10 when no limit is given)',
      positiveNumber,
    )
    .option('--steps <n>', 'stop after so many training steps', positiveInteger)
    .option('--minutes <m>', 'stop after so many minutes of training', positiveNumber)
    .option('--learning-rate <x>', "Adam's step size", positiveNumber, 0.004)
    .option('--seed <n>', 'of everything random', wholeNumber, 1)
    .option('--order <n>', 'of the n-gram baseline (char: 6, word: 3)', ngramOrder)
    .addOption(new Option('--valid <file>', 'a held-out text of its own').conflicts('validFraction'))
    .option('--valid-fraction <f>', 'the share of the text, at its end, that is held out', share, 0.1)
    .option('--resume', 'go on with the run in --out')
    .addOption(json())
    .action(
      act(async (reporter, files: string[], options, command: Command) => {
        const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli');
        const { trainLanguageModel } = await import('./lm-train.ts');
        return trainLanguageModel(files, options, new Set(given), reporter);
      }),
    );

  lm.command('score')
    .description('how well a model predicts a text')
    .argument('<folder>', 'a model that `lm train` made')
    .argument('<text...>', 'files, read one after another as one text')
    .option(
      '--valid-fraction <f>',
      'score only this share of the text, at its end, as `lm train` holds it out',
      share,
    )
    .addOption(json())
    .action(
      act(async (reporter, folder: string, files: string[], options) => {
        const { scoreText } = await import('./lm-score.ts');
        return scoreText(folder, files, options, reporter);
      }),
    );

  const sampling = (command: Command) =>
    command
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

  sampling(
    lm.command('generate').description('write on from a prompt').argument('<folder>', 'a model'),
  ).action(
    act(async (reporter, folder: string, options) => {
      const { generateText } = await import('./lm-generate.ts');
      return generateText(folder, options, reporter);
    }),
  );

  const ngram = program
    .command('ngram')
    .description('n-gram language models (modified Kneser-Ney, ARPA files)');

  ngram
    .command('train')
    .description('estimate a model from text files (UTF-8, plain or .gz), one sentence per line')
    .argument('<text...>', 'files, read one after another as one text')
    .requiredOption('--out <file>', 'the model: a name ending in .arpa or .arpa.gz', arpaName)
    .addOption(level('word'))
    .option('--order <n>', 'length of the longest n-grams (word: 5, char: 6)', ngramOrder)
    .option(
      '--discount-fallback',
      'take 0.5, 1, 1.5 where a text is too small to estimate discounts (char: always)',
    )
    .addOption(json())
    .action(
      act(async (reporter, files: string[], options) => {
        const { trainNgrams } = await import('./ngram-train.ts');
        return trainNgrams(files, options, reporter);
      }),
    );

  ngram
    .command('score')
    .description('perplexity of a text, with unknown words and without')
    .argument('<model>', 'an ARPA file')
    .argument('<text...>', 'files, read one after another as one text')
    .addOption(json())
    .action(
      act(async (reporter, model: string, files: string[]) => {
        const { scoreNgrams } = await import('./ngram-score.ts');
        return scoreNgrams(model, files, reporter);
      }),
    );

  sampling(
    ngram.command('generate').description('write sentences').argument('<model>', 'an ARPA file'),
  ).action(
    act(async (reporter, model: string, options) => {
      const { generateNgrams } = await import('./ngram-generate.ts');
      return generateNgrams(model, options, reporter);
    }),
  );

  return program;
}
