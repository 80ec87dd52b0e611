import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import { pathName, positiveInteger } from './option-types.ts';
import { json } from './shared-options.ts';
import type { TokenizerEncodeOptions } from './tokenizer-encode.ts';
import type { TokenizerInspectOptions } from './tokenizer-inspect.ts';

const file = 'a tokenizer.json, or a SentencePiece .model';

/** `ostinato tokenizer …`. */
export function addTokenizerCommands(program: Command, act: Act): void {
  const tokenizer = program
    .command('tokenizer')
    .description('tokenizers: train them, use them, look at what they do');

  tokenizer
    .command('train')
    .description('learn a tokenizer from text files (UTF-8, plain or .gz)')
    .argument('<text...>', 'files, read one after another as one text')
    .requiredOption('--out <file>', 'the tokenizer.json to write', pathName)
    .addOption(
      new Option('--model <model>', 'what the tokens are')
        .choices(['bpe', 'wordpiece', 'unigram', 'word', 'char'])
        .default('bpe'),
    )
    .option('--vocabulary <n>', 'how many tokens, at most (subwords: 8000; word, char: all)', positiveInteger)
    .addOption(
      new Option('--level <level>', 'bpe: begin with bytes, so that nothing is unknown, or with characters')
        .choices(['byte', 'character'])
        .default('byte'),
    )
    .option(
      '--min-frequency <n>',
      'leave out what occurs less often (bpe, wordpiece, word: 2; char: 1)',
      positiveInteger,
    )
    .option('--alphabet <n>', 'keep so many of the most frequent characters', positiveInteger)
    .option('--special <token...>', 'special tokens, which get the first ids (<unk> and <s>; bytes: <s>)')
    .addOption(
      new Option('--normalize <form>', 'Unicode normalization form').choices(['nfc', 'nfd', 'nfkc', 'nfkd']),
    )
    .option('--lowercase', 'read capitals as small letters')
    .option('--strip-accents', 'leave accents out')
    .addOption(json())
    .action(
      act(async (reporter, files: string[], options, command: Command) => {
        const { trainMisfit, trainTokenizer } = await import('./tokenizer-train.ts');
        const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli');
        const misfit = trainMisfit(options, new Set(given));
        if (misfit !== undefined) command.error(`error: ${misfit}`);
        return trainTokenizer(files, options, reporter);
      }),
    );

  tokenizer
    .command('encode')
    .description('the ids of a text: of --text, of files, or of standard input')
    .argument('<tokenizer>', file)
    .argument('[text...]', 'files, read one after another as one text')
    .option('--text <text>', 'a text to encode')
    .option('--tokens', 'write tokens, not ids, one to a line, in JSON')
    .addOption(json())
    .action(
      act(
        async (
          reporter,
          path: string,
          files: string[],
          options: TokenizerEncodeOptions,
          command: Command,
        ) => {
          if (options.text !== undefined && files.length > 0)
            command.error('error: give files or --text, not both');
          const { encodeText } = await import('./tokenizer-encode.ts');
          return encodeText(path, files, options, reporter);
        },
      ),
    );

  tokenizer
    .command('decode')
    .description('the text of ids, given here or on standard input')
    .argument('<tokenizer>', file)
    .argument('[id...]', 'whole numbers with spaces or commas between')
    .option('--keep-special', 'write special tokens too')
    .addOption(json())
    .action(
      act(async (reporter, path: string, ids: string[], options) => {
        const { decodeIds } = await import('./tokenizer-decode.ts');
        return decodeIds(path, ids, options, reporter);
      }),
    );

  tokenizer
    .command('inspect')
    .description('what is in a tokenizer, and how it cuts a text, in colour')
    .argument('<tokenizer>', file)
    .option('--text <text>', 'a text to cut')
    .option('--file <file>', 'a text file: how many tokens it has')
    .option('--n-best <n>', 'of --text: the likeliest ways to cut it (unigram)', positiveInteger)
    .addOption(json())
    .action(
      act(async (reporter, path: string, options: TokenizerInspectOptions, command: Command) => {
        if (options.nBest !== undefined && options.text === undefined)
          command.error('error: --n-best needs a --text');
        const { inspectTokenizer } = await import('./tokenizer-inspect.ts');
        return inspectTokenizer(path, options, reporter);
      }),
    );
}
