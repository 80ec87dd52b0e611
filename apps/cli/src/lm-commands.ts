import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import { optimizerNames, scheduleNames } from './lm-optimizer-names.ts';
import { scoreMisfit } from './lm-score-options.ts';
import {
  ngramOrder,
  nonNegativeNumber,
  pathName,
  positiveInteger,
  positiveNumber,
  rate,
  share,
  stretchSteps,
  wholeNumber,
} from './option-types.ts';
import { json, level, sampling } from './shared-options.ts';

/** `ostinato lm …`. */
export function addLmCommands(program: Command, act: Act): void {
  const lm = program.command('lm').description('recurrent language models');

  lm.command('train')
    .description('learn a language model from text files (UTF-8, plain or .gz)')
    .argument('<text...>', 'files, read one after another as one text')
    .requiredOption('--out <folder>', 'where the model is kept', pathName)
    .addOption(level('char'))
    .addOption(
      new Option('--vocabulary <n>', 'keep so many of the most frequent tokens, the others are unknown')
        .argParser(positiveInteger)
        .conflicts('tokenizer'),
    )
    .addOption(
      new Option(
        '--tokenizer <file>',
        'a tokenizer.json of your own, such as `tokenizer train` makes',
      ).conflicts('level'),
    )
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
    .option('--tied', 'the output shares the table of token vectors; the last layer is as wide as those')
    .option('--dropout <p>', 'rate before, between and after the layers, in training', rate, 0)
    .option(
      '--input-dropout <p>',
      'rate before the layers, if another; locked as the next four: what is dropped stays so over a window',
      rate,
    )
    .option('--hidden-dropout <p>', 'rate between the layers, if another', rate)
    .option('--output-dropout <p>', 'rate after the layers, if another', rate)
    .option('--embedding-dropout <p>', 'rate of whole tokens, wherever they are read', rate)
    .option('--weight-drop <p>', 'rate of the weights from state to state (AWD-LSTM)', rate)
    .option('--batch <n>', 'sequences learned side by side', positiveInteger, 32)
    .option(
      '--workers <n>',
      'threads that share every batch, at best as many as there are cores',
      positiveInteger,
      1,
    )
    .option('--bptt <n>', 'time steps of a training window', positiveInteger, 64)
    .option(
      '--epochs <n>',
      'stop after so many passes over the text, resumed runs included (10 when no limit is given)',
      positiveNumber,
    )
    .option('--steps <n>', 'stop after so many training steps, resumed runs included', positiveInteger)
    .option('--minutes <m>', 'stop after so many minutes of training, resumed runs included', positiveNumber)
    .addOption(
      new Option('--optimizer <name>', 'what takes the steps').choices(optimizerNames).default('adam'),
    )
    .option(
      '--learning-rate <x>',
      'the step size (adam, adamw, rmsprop: 0.004; adagrad: 0.05; sgd, asgd, nt-asgd: 1)',
      positiveNumber,
    )
    .addOption(
      new Option('--schedule <name>', 'how the step size goes over the run')
        .choices(scheduleNames)
        .default('constant'),
    )
    .option('--warmup <n>', 'steps over which the step size rises first', wholeNumber, 0)
    .option('--weight-decay <x>', 'of all but biases (adamw: 0.01, else 0)', rate)
    .option('--ema <x>', 'keep an exponential moving average of the parameters, such as 0.999', rate)
    .option('--patience <n>', 'stop after so many epochs without a better held-out loss', positiveInteger)
    .option('--keep <n>', 'checkpoints that are kept', positiveInteger, 1)
    .option('--checkpoint-every <seconds>', 'how often the run is saved', positiveNumber, 60)
    .option('--seed <n>', 'of everything random', wholeNumber, 1)
    .option('--order <n>', 'of the n-gram baseline (char: 6, word: 3)', ngramOrder)
    .addOption(new Option('--valid <file>', 'a held-out text of its own').conflicts('validFraction'))
    .option('--valid-fraction <f>', 'the share of the text, at its end, that is held out', share, 0.1)
    .option('--resume', 'go on with the run in --out')
    .addOption(json())
    .action(
      act(async (reporter, files: string[], options, command: Command) => {
        const { trainLanguageModel } = await import('./lm-train.ts');
        return trainLanguageModel(files, options, given(command), reporter);
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
    .option('--per-token', 'first a line for each token: its surprisal in bits, its place, its text')
    .option('--cache <n>', 'words of the last n tokens are likelier to come again', positiveInteger)
    .option('--cache-theta <x>', 'how much likeness to the present counts', nonNegativeNumber, 0.3)
    .option('--cache-weight <w>', 'the share of the cache', rate, 0.1)
    .option('--dynamic <rate>', 'the model goes on learning from what it has scored', nonNegativeNumber)
    .option('--dynamic-window <n>', 'tokens between two steps (char: 20, else 5)', positiveInteger)
    .option('--dynamic-decay <x>', 'how far each step goes back to what was trained', rate, 0)
    .option('--dynamic-rms <file>', 'the training text, to step by the size of its gradients')
    .option('--interpolate <file>', 'mix with n-grams of the same tokens (`ngram train --tokenizer`)')
    .option('--weight <w>', 'of the n-grams; each half of the text finds it for the other when absent', share)
    .addOption(json())
    .action(
      act(async (reporter, folder: string, files: string[], options, command: Command) => {
        const misfit = scoreMisfit(options, given(command));
        if (misfit) command.error(`error: ${misfit}`);
        const { scoreText } = await import('./lm-score.ts');
        return scoreText(folder, files, options, reporter);
      }),
    );

  lm.command('diagnose')
    .description('how far back a model learns, and which of its gates are stuck')
    .argument('<folder>', 'a model that `lm train` made')
    .argument('<text...>', 'files, of which the first stretches are looked at')
    .option('--bptt <n>', 'time steps of a stretch, up to 1000', stretchSteps, 64)
    .addOption(json())
    .action(
      act(async (reporter, folder: string, files: string[], options) => {
        const { diagnoseModel } = await import('./lm-diagnose.ts');
        return diagnoseModel(folder, files, options, reporter);
      }),
    );

  sampling(
    lm.command('generate').description('write on from a prompt').argument('<folder>', 'a model'),
  ).action(
    act(async (reporter, folder: string, options) => {
      const { generateText } = await import('./lm-generate.ts');
      return generateText(folder, options, reporter);
    }),
  );
}

/** The options that were written on the command line. */
function given(command: Command): ReadonlySet<string> {
  const names = Object.keys(command.opts());
  return new Set(names.filter((name) => command.getOptionValueSource(name) === 'cli'));
}
