import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import type { NgramInspectOptions } from './ngram-inspect.ts';
import { interpolateMisfit, quantizeMisfit, smoothingNames, trainMisfit } from './ngram-options.ts';
import type { NgramPruneOptions } from './ngram-prune.ts';
import {
  mixtureWeights,
  ngramName,
  ngramOrder,
  nonNegativeNumber,
  positiveInteger,
  positiveNumber,
  pruneCutoffs,
  quantizeBits,
} from './option-types.ts';
import { json, level, sampling } from './shared-options.ts';

const model = 'an ARPA file, plain or .gz, or a binary file';

/** `ostinato ngram …`. */
export function addNgramCommands(program: Command, act: Act): void {
  const ngram = program
    .command('ngram')
    .description('n-gram language models (Kneser-Ney and others; ARPA and binary files)');

  ngram
    .command('train')
    .description('estimate a model from text files (UTF-8, plain or .gz), one sentence per line')
    .argument('<text...>', 'files, read one after another as one text')
    .addOption(out())
    .addOption(level('word'))
    .addOption(
      new Option(
        '--tokenizer <file>',
        "count the tokens of a tokenizer.json, such as a language model's, in a text without sentences",
      ).conflicts('level'),
    )
    .option('--order <n>', 'length of the longest n-grams (word: 5, char: 6)', ngramOrder)
    .addOption(
      new Option('--smoothing <name>', 'how unseen n-grams get their share')
        .choices(smoothingNames)
        .default('modified-kneser-ney'),
    )
    .option(
      '--discount-fallback',
      'take 0.5, 1, 1.5 where a text is too small to estimate discounts (char, --tokenizer: always)',
    )
    .option(
      '--prune <counts>',
      'for each order, the count up to which n-grams are left out, such as 0,0,1; the last holds for all above',
      pruneCutoffs,
    )
    .option('--min-frequency <n>', 'tokens that occur less often count as unknown', positiveInteger)
    .option('--held-out <file>', 'a text to find the weights of jelinek-mercer on')
    .option('--k <x>', 'what add-k adds to every count (1)', positiveNumber)
    .addOption(quantize())
    .addOption(json())
    .action(
      act(async (reporter, files: string[], options, command: Command) => {
        refuse(command, trainMisfit(options));
        const { trainNgrams } = await import('./ngram-train.ts');
        return trainNgrams(files, options, reporter);
      }),
    );

  ngram
    .command('score')
    .description('perplexity of a text, with unknown words and without')
    .argument('<model>', model)
    .argument('<text...>', 'files, read one after another as one text')
    .addOption(json())
    .action(
      act(async (reporter, model: string, files: string[]) => {
        const { scoreNgrams } = await import('./ngram-score.ts');
        return scoreNgrams(model, files, reporter);
      }),
    );

  sampling(ngram.command('generate').description('write sentences').argument('<model>', model)).action(
    act(async (reporter, model: string, options) => {
      const { generateNgrams } = await import('./ngram-generate.ts');
      return generateNgrams(model, options, reporter);
    }),
  );

  ngram
    .command('prune')
    .description('leave out the n-grams that a model hardly misses (entropy pruning)')
    .argument('<model>', model)
    .requiredOption(
      '--threshold <x>',
      "leave out what raises the model's own perplexity by less than this share, such as 1e-8",
      nonNegativeNumber,
    )
    .addOption(out())
    .addOption(quantize())
    .addOption(json())
    .action(
      act(async (reporter, model: string, options, command: Command) => {
        const { out, quantize } = command.opts<NgramPruneOptions>();
        refuse(command, quantizeMisfit(out, quantize));
        const { pruneNgrams } = await import('./ngram-prune.ts');
        return pruneNgrams(model, options, reporter);
      }),
    );

  ngram
    .command('interpolate')
    .description('make one model of several')
    .argument('<model...>', `each ${model}`)
    .addOption(out())
    .option('--held-out <file>', 'a text to find the weights on, and to score all models on')
    .option('--weights <list>', 'one for each model, such as 0.3,0.7, instead of those found', mixtureWeights)
    .option('--log-linear', 'multiply the powers of probabilities instead of adding shares of them')
    .addOption(quantize())
    .addOption(json())
    .action(
      act(async (reporter, models: string[], options, command: Command) => {
        refuse(command, interpolateMisfit(models, options));
        const { interpolateNgrams } = await import('./ngram-interpolate.ts');
        return interpolateNgrams(models, options, reporter);
      }),
    );

  ngram
    .command('inspect')
    .description('what is in a model, what it expects, and how much of a text it has seen')
    .argument('<model>', model)
    .option('--text <file>', 'a text: coverage and perplexity, order by order')
    .option('--context <text>', 'show the likeliest tokens after these; <s> begins a sentence')
    .option('--top <n>', 'how many of them', positiveInteger, 10)
    .addOption(json())
    .action(
      act(async (reporter, model: string, options: NgramInspectOptions, command: Command) => {
        const isAsked = command.getOptionValueSource('top') === 'cli';
        refuse(command, isAsked && options.context === undefined ? '--top needs a --context' : undefined);
        const { inspectNgrams } = await import('./ngram-inspect.ts');
        return inspectNgrams(model, options, reporter);
      }),
    );
}

function out(): Option {
  return new Option('--out <file>', 'the model: a name ending in .arpa, .arpa.gz or .bin')
    .argParser(ngramName)
    .makeOptionMandatory();
}

function quantize(): Option {
  return new Option('--quantize <bits>', 'store each number of a .bin file in 8 or 16 bits').argParser(
    quantizeBits,
  );
}

/** Options that do not go together are a usage error. */
function refuse(command: Command, misfit: string | undefined): void {
  if (misfit !== undefined) command.error(`error: ${misfit}`);
}
