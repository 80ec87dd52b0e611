import { strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { memoryStore } from './file-store.ts';
import { packFiles, unpackFiles } from './pack-files.ts';

const files = { 'config.json': strToU8('{}'), 'params.safetensors': Uint8Array.of(0, 255, 7) };

async function filled() {
  const store = memoryStore('model');
  for (const [file, bytes] of Object.entries(files)) await store.write(file, bytes);
  return store;
}

test('a store goes into one file and comes back', async () => {
  const names = Object.keys(files);
  const zip = await packFiles(await filled(), [...names, 'none.json']);
  expect(await packFiles(await filled(), names)).toEqual(zip); // the same bytes at any time
  const store = memoryStore();
  expect(await unpackFiles(zip, store)).toEqual(names);
  for (const [file, bytes] of Object.entries(files)) expect(await store.read(file)).toEqual(bytes);
  expect(await store.read('SHA256SUMS')).toBeUndefined();
});

test('the checksums are those of sha256sum', async () => {
  // printf '{}' | sha256sum
  expect(
    new TextDecoder().decode(unzipSync(await packFiles(await filled(), ['config.json'])).SHA256SUMS),
  ).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  config.json\n');
});

test('nothing is written of a zip with any changed byte of a file, a missing file, or cut anywhere', async () => {
  const whole = await packFiles(await filled(), Object.keys(files));
  const untouched = memoryStore();
  const refused = (zip: Uint8Array) =>
    expect(unpackFiles(zip, untouched, 'my.zip')).rejects.toThrow(/^my\.zip: /);
  for (let length = 0; length < whole.length; length++) await refused(whole.subarray(0, length));

  const { SHA256SUMS, ...packed } = unzipSync(whole);
  const changed = { ...packed, 'params.safetensors': Uint8Array.of(0, 255, 8) };
  await expect(
    unpackFiles(zipSync({ ...changed, SHA256SUMS: SHA256SUMS! }), untouched, 'my.zip'),
  ).rejects.toThrow('my.zip: `params.safetensors` is damaged');
  await expect(
    unpackFiles(zipSync({ 'config.json': files['config.json'], SHA256SUMS: SHA256SUMS! }), untouched),
  ).rejects.toThrow('`params.safetensors` is missing');
  for (const file of Object.keys(files)) expect(await untouched.read(file)).toBeUndefined();
});

test('a zip of another program is taken as it is, but not out of the store', async () => {
  const store = memoryStore();
  expect(await unpackFiles(zipSync(files), store)).toEqual(Object.keys(files));
  for (const name of ['../config.json', 'a/config.json', '..', 'a\\b'])
    await expect(unpackFiles(zipSync({ [name]: strToU8('x') }), store)).rejects.toThrow('plain file names');
});

test('a store without any of the files is named', async () => {
  await expect(packFiles(memoryStore('novels'), ['a', 'b'])).rejects.toThrow(
    'packFiles: novels has none of a, b',
  );
});
