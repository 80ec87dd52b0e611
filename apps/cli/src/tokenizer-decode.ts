import type { Reporter } from './reporter.ts';
import { standardInput } from './standard-input.ts';
import { readTokenizerFile } from './tokenizer-file.ts';
import { UserError } from './user-error.ts';

/** `ostinato tokenizer decode`: the text of ids, as they come. */
export async function decodeIds(
  path: string,
  given: readonly string[],
  { keepSpecial, json }: { keepSpecial?: boolean; json?: boolean },
  reporter: Reporter,
): Promise<number> {
  const tokenizer = await readTokenizerFile(path);
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: keepSpecial !== true });
  let text = '';
  let tokens = 0;
  const write = async (piece: string) => {
    if (json) text += piece;
    else await reporter.write(piece);
  };
  for await (const words of given.length > 0 ? [given] : numbersOf(standardInput())) {
    let piece = '';
    for (const word of words.flatMap((part) => part.split(/[\s,[\]]+/)).filter((part) => part !== '')) {
      const id = Number(word);
      if (!Number.isInteger(id) || id < 0 || id >= tokenizer.vocabulary.size) {
        throw new UserError(
          `${JSON.stringify(word)} is no id of ${path}: expected whole numbers from 0 to ${tokenizer.vocabulary.size - 1}.`,
        );
      }
      piece += decoder.push(id);
      tokens++;
    }
    await write(piece);
  }
  await write(decoder.end());
  if (json) reporter.result({ text, tokens }, []);
  else if (process.stdout.isTTY) await reporter.write('\n');
  return 0;
}

/** Whole numbers only: one may be cut between two chunks. */
async function* numbersOf(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let held = '';
  for await (const chunk of chunks) {
    const words = (held + chunk).split(/[\s,[\]]+/);
    held = words.pop()!;
    yield words;
  }
  yield [held];
}
