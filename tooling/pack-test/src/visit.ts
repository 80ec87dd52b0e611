import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright';

/** What `program/train.mjs` returns. */
export interface Trained {
  runtime: { backend: string; simd: boolean; kernels: string };
  losses: number[];
  baseline: number;
}

export interface Visit {
  trained: Trained;
  /** Errors and warnings on the console, uncaught errors, failed requests, answers that are not 200. */
  complaints: string[];
  /** Hosts that were asked for anything. */
  hosts: string[];
  /** Bytes of all scripts that the page loaded, and the same gzipped. */
  scripts: { bytes: number; gzipped: number };
}

/**
 * Opens a page and waits for what it writes into its `<output>`.
 *
 * @throws Error with all complaints, if nothing is written within a minute
 */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  const bodies: Promise<Buffer>[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => hosts.add(hostOf(request.url())));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() !== 200) complaints.push(`${response.url()}: ${response.status()}`);
    if (/script/.test(response.headers()['content-type'] ?? '')) bodies.push(response.body());
  });
  try {
    await page.goto(url);
    const output = page.locator('output:not(:empty)');
    const text = await output.textContent({ timeout: 60_000 });
    const scripts = await Promise.all(bodies);
    return {
      trained: JSON.parse(text ?? ''),
      complaints,
      hosts: [...hosts],
      scripts: {
        bytes: sum(scripts.map((script) => script.length)),
        gzipped: sum(scripts.map((script) => gzipSync(script).length)),
      },
    };
  } catch (error) {
    throw new Error(`${url} did not train.\n${complaints.join('\n')}`, { cause: error });
  } finally {
    await page.close();
  }
}

/** A blob: URL has the host of the page that made it. */
function hostOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  if (protocol === 'blob:') return new URL(pathname).host;
  return protocol === 'data:' ? 'data:' : host;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
