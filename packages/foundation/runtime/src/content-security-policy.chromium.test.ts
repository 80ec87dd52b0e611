import { afterEach, expect, test } from 'vitest';

const module = new URL('./start-runtime.ts', import.meta.url).href;

/** In a page of its own under this policy: what `startRuntime` gives, and what it gives on the way out that its error names. */
async function start(policy: string): Promise<{ wasm: string; cpu: string }> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}">
    <script type="module">
      globalThis.__vitest_browser_runner__ = { wrapDynamicImport: (load) => load() }; // what the test server makes of import()
      const { startRuntime } = await import(${JSON.stringify(module)});
      const told = ({ backend }) => backend;
      const wasm = await startRuntime().then(told, ({ message }) => message);
      const cpu = await startRuntime({ backend: 'cpu' }).then(told, ({ message }) => message);
      parent.postMessage({ wasm, cpu });
    </script>`;
  const answer = new Promise<{ wasm: string; cpu: string }>((resolve) => {
    addEventListener('message', ({ data, source }) => source === frame.contentWindow && resolve(data));
  });
  document.body.append(frame);
  return await answer;
}

afterEach(() => document.querySelector('iframe')?.remove());

test('starts under the policy that its documentation names', async () => {
  const { wasm } = await start(
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self' blob:",
  );
  expect(wasm).toBe('wasm');
});

test.each([
  ['WebAssembly', "script-src 'self' 'unsafe-inline'; connect-src 'self' blob:"],
  ['the fetch of a blob', "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self'"],
  ['both', "default-src 'self' 'unsafe-inline'"],
])('where a policy forbids %s it says so, and plain JavaScript still starts', async (_, policy) => {
  const { wasm, cpu } = await start(policy);
  expect(wasm).toMatch(
    /^startRuntime: WebAssembly did not start \(.+\)\. A page with a Content-Security-Policy needs /,
  );
  expect(cpu).toBe('cpu');
});
