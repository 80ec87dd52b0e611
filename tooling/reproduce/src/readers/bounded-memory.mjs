const mebibyte = 2 ** 20;
const size = 512;
const rowsOfBlock = 5000;

/**
 * Half a gibibyte of rows, packed on the way, through the CSV reader: what the process takes more meanwhile.
 *
 * @returns {Promise<import('./real-sets.mjs').Count[]>}
 */
export async function boundedMemory() {
  const { readCsv } = await import('@ostinato/data');
  const block = new TextEncoder().encode('"a field, quoted",another,and a third one\n'.repeat(rowsOfBlock));
  const blocks = Math.ceil((size * mebibyte) / block.length);
  let given = 0;
  const packed = new ReadableStream({
    pull(controller) {
      if (given++ < blocks) controller.enqueue(block);
      else controller.close();
    },
  }).pipeThrough(new CompressionStream('gzip'));
  const before = process.memoryUsage.rss();
  let most = before;
  let value = 0;
  for await (const _ of readCsv(packed)) {
    value++;
    if (value % 100_000 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  return [
    { measure: `a packed CSV of ${size} MiB, rows`, value, wanted: blocks * rowsOfBlock },
    { measure: 'the same, MiB of memory more than before', value: (most - before) / mebibyte, most: 200 },
  ];
}
