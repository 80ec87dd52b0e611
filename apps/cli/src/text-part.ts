/** A cut through a text: after so many characters (code points), or at the line end that follows them. */
export interface Cut {
  characters: number;
  atLineEnd: boolean;
}

/** The text before a cut. Chunks never cut a surrogate pair. */
export async function* before(
  text: AsyncIterable<string>,
  cut: Cut,
): AsyncGenerator<string, void, undefined> {
  for await (const { chunk, index, over } of untilCut(text, cut)) {
    if (index > 0) yield chunk.slice(0, index);
    if (over) return;
  }
}

/** The text after a cut. */
export async function* after(text: AsyncIterable<string>, cut: Cut): AsyncGenerator<string, void, undefined> {
  for await (const { chunk, index } of untilCut(text, cut)) {
    if (index < chunk.length) yield chunk.slice(index);
  }
}

/** Each chunk with the place of the cut in it: its end before the cut is reached, 0 after. */
async function* untilCut(text: AsyncIterable<string>, { characters, atLineEnd }: Cut) {
  let left = characters;
  let over = false;
  for await (const chunk of text) {
    let index = 0;
    if (!over) {
      while (index < chunk.length && left > 0) {
        index += isPair(chunk, index) ? 2 : 1;
        left--;
      }
      over = left === 0 && index < chunk.length;
      if (left === 0 && atLineEnd) {
        const lineEnd = chunk.indexOf('\n', Math.max(index - 1, 0));
        over = lineEnd >= 0;
        index = over ? lineEnd + 1 : chunk.length;
      }
    }
    yield { chunk, index, over };
  }
}

function isPair(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}
