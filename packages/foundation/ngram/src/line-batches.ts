/** Pieces of one text, as they come. Where the pieces are cut has no meaning. */
export type TextChunks = Iterable<string> | AsyncIterable<string>;

/** The lines of a text, without their `\n`, in batches as they become complete. */
export async function* lineBatches(text: TextChunks): AsyncGenerator<string[], void, undefined> {
  let unfinished: string[] = []; // joined once its end is there, so that endless lines cost no more than others
  for await (const chunk of text) {
    if (!chunk.includes('\n')) {
      unfinished.push(chunk);
      continue;
    }
    const lines = (unfinished.join('') + chunk).split('\n');
    unfinished = [lines.pop()!];
    yield lines;
  }
  const rest = unfinished.join('');
  if (rest !== '') yield [rest];
}
