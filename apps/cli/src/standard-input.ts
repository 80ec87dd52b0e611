/** The text on standard input, as it comes; invalid UTF-8 is U+FFFD. */
export async function* standardInput(): AsyncGenerator<string, void, undefined> {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of process.stdin) yield utf8.decode(chunk as Uint8Array, { stream: true });
  yield utf8.decode();
}
