import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromiumFlags, findChromium } from '@ostinato/workspace/chromium.mjs';
import type axe from 'axe-core';
import { type Browser, chromium, type Download, type JSHandle, type Page } from 'playwright';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = 'node_modules/.cache/e2e';
const axeScript = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let server: PreviewServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  const shared = { root, configFile: `${root}/vite.config.ts`, logLevel: 'warn' } as const;
  await build({ ...shared, build: { outDir, emptyOutDir: true } });
  server = await preview({ ...shared, build: { outDir }, preview: { port: 4373 } });
  address = server.resolvedUrls!.local[0]!;
  const executablePath = findChromium();
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: chromiumFlags });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What the pages of a test complained about. */
const complaints: string[] = [];

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(complaints.splice(0)).toEqual([]);
});

/** The page, as a visitor finds it who has never been here. */
async function openPage(): Promise<Page> {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await visit(page);
  return page;
}

async function visit(page: Page): Promise<void> {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  await page.goto(address);
  await page.getByText('Ready to train.').first().waitFor();
}

/** A model that learns quickly, even on a busy machine. */
async function chooseQuickSettings(page: Page): Promise<void> {
  await page.locator('summary', { hasText: 'Settings' }).click();
  await fill(page, 'Hidden units', '64');
  await fill(page, 'Learning rate', '0.01');
}

async function fill(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.blur();
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

async function figure(page: Page, name: string): Promise<number> {
  const text = await page.locator('.figures > div', { hasText: name }).locator('.figure').textContent();
  return Number(text?.replaceAll(',', ''));
}

const phase = (page: Page, name: 'running' | 'paused' | 'empty') => page.locator(`.phase-${name}`).waitFor();

/** Has a sample written with a seed, and waits for it. */
async function write(page: Page, seed: number): Promise<string> {
  const before = await page.locator('.samples li').count();
  await fill(page, 'Next seed', String(seed));
  await press(page, 'Write now');
  const written = page.locator('.samples li', { hasText: `seed ${seed}` }).first();
  await written.locator('pre[aria-busy=false]').waitFor();
  expect(await page.locator('.samples li').count()).toBeGreaterThan(before);
  return (await written.locator('pre').textContent())!;
}

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axeScript });
  return await page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const { violations } = await checker.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

describe('Write', () => {
  test('learns, shows samples, pauses, goes on, and starts afresh', { timeout: 150_000 }, async () => {
    const page = await openPage();
    await chooseQuickSettings(page);
    expect(await page.locator('input[type=file]:visible').count()).toBe(0);
    await press(page, 'Start training');
    await phase(page, 'running');
    await expect.poll(() => figure(page, 'Step'), { timeout: 30_000 }).toBeGreaterThan(0);
    // An untrained model guesses among about a hundred characters: ln 100 = 4.6.
    await expect.poll(() => figure(page, 'Training loss'), { timeout: 60_000 }).toBeLessThan(3);
    await expect.poll(() => figure(page, 'Held-out loss'), { timeout: 30_000 }).toBeLessThan(4.6);
    await page.locator('.samples li pre[aria-busy=false]').first().waitFor({ timeout: 30_000 });

    await press(page, 'Pause');
    await phase(page, 'paused');
    const pausedAt = await figure(page, 'Step');
    expect(await figure(page, 'Speed')).toBeNaN(); // a dash: nothing is under way
    await page.waitForTimeout(1500);
    expect(await figure(page, 'Step')).toBe(pausedAt);
    await press(page, 'Resume');
    await expect.poll(() => figure(page, 'Step'), { timeout: 30_000 }).toBeGreaterThan(pausedAt);

    await press(page, 'Pause');
    await phase(page, 'paused');
    await press(page, 'Reset');
    await phase(page, 'empty');
    expect(await page.locator('.samples li').count()).toBe(0);
    await press(page, 'Start training');
    await phase(page, 'running');
  });

  test('saves a model that writes the same after it is loaded elsewhere', { timeout: 120_000 }, async () => {
    const page = await openPage();
    const settled = await trainAWhile(page);
    const written = await write(page, 1234);
    expect(written.length).toBeGreaterThan(100);
    const download = await save(page);
    const bytes = await readFile(await download.path());

    const other = await openPage();
    await load(other, download.suggestedFilename(), bytes);
    await phase(other, 'paused');
    expect(await figure(other, 'Step')).toBe(settled);
    expect(await write(other, 1234)).toBe(written);
    await press(other, 'Resume');
    await expect.poll(() => figure(other, 'Step'), { timeout: 30_000 }).toBeGreaterThan(settled);
    await press(other, 'Pause');
    await phase(other, 'paused');

    // A damaged file is refused, and the model that was there stays.
    const here = await figure(other, 'Step');
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 10]! ^= 1;
    await load(other, 'damaged.safetensors', damaged);
    await other
      .getByRole('alert')
      .getByText(/damaged\.safetensors.*damaged or changed/)
      .waitFor();
    expect(await figure(other, 'Step')).toBe(here);
    await write(other, 5);
  });

  test('keeps the model in the browser over a reload', { timeout: 120_000 }, async () => {
    const page = await openPage();
    const settled = await trainAWhile(page);
    const written = await write(page, 77);
    await page.reload();
    await phase(page, 'empty');
    await press(page, 'Pick up your last model');
    await phase(page, 'paused');
    expect(await figure(page, 'Step')).toBe(settled);
    expect(await write(page, 77)).toBe(written);
  });

  test('says what is wrong with a text, and keeps the one it has', { timeout: 60_000 }, async () => {
    const page = await openPage();
    const choose = (name: string, buffer: Buffer) =>
      page
        .getByLabel('Choose a file…')
        .and(page.locator('input'))
        .setInputFiles({ name, mimeType: '', buffer });
    await choose('photo.png', Buffer.from([0x89, 0x50, 0, 0]));
    await page
      .getByRole('alert')
      .getByText(/photo\.png: a binary file/)
      .waitFor();
    await choose('short.txt', Buffer.from('Too short.'));
    await page
      .getByRole('alert')
      .getByText(/short\.txt: 10 characters are too few/)
      .waitFor();
    await page.getByText('TypeScript’s own declarations').waitFor();

    const line = Buffer.from('All work and no play.\n');
    await choose('play.txt', Buffer.concat([Buffer.from([0xff]), ...Array(60).fill(line)]));
    await page.getByText('play.txt').waitFor();
    await page.getByText('1 invalid UTF-8 sequence was replaced').waitFor();
    await chooseQuickSettings(page);
    await press(page, 'Start training');
    await expect.poll(() => figure(page, 'Step'), { timeout: 30_000 }).toBeGreaterThan(2);
  });

  test('takes a file dropped anywhere, but not while another text is learned', {
    timeout: 60_000,
  }, async () => {
    const page = await openPage();
    const drop = (name: string) =>
      page.evaluate((name) => {
        const files = new DataTransfer();
        files.items.add(new File(['Never odd or even.\n'.repeat(100)], name));
        const event = { bubbles: true, cancelable: true, dataTransfer: files };
        document.querySelector('footer')!.dispatchEvent(new DragEvent('drop', event));
      }, name);
    await phase(page, 'empty');
    // Text that is dragged is no file: the browser drops it where it may.
    const isTaken = await page.evaluate(() => {
      const words = new DataTransfer();
      words.setData('text/plain', 'some words');
      const event = { bubbles: true, cancelable: true, dataTransfer: words };
      return !document.querySelector('footer')!.dispatchEvent(new DragEvent('dragover', event));
    });
    expect(isTaken).toBe(false);
    expect(await page.locator('.drop-zone.is-over').count()).toBe(0);
    await drop('palindromes.txt');
    await page.locator('.text-name').getByText('palindromes.txt').waitFor();
    await press(page, 'Start training');
    await phase(page, 'running');
    await drop('other.txt');
    await page
      .getByRole('alert')
      .getByText(/other\.txt: a model is learning/)
      .waitFor();
    await drop('other.safetensors');
    await page
      .getByRole('alert')
      .getByText(/other\.safetensors: pause the training first/)
      .waitFor();
    await phase(page, 'running');
  });

  test('learns a pasted text, and writes on after a prompt, even one it cannot spell', {
    timeout: 60_000,
  }, async () => {
    const page = await openPage();
    await page.getByText('Paste a text').click();
    await page.getByLabel('Your text').fill('short');
    await press(page, 'Use this text');
    await page
      .getByRole('alert')
      .getByText(/Pasted text: 5 characters are too few/)
      .waitFor();
    await page.getByLabel('Your text').fill('A rose is a rose is a rose. '.repeat(40));
    await press(page, 'Use this text');
    await page.locator('.text-name').getByText('Pasted text').waitFor();
    await press(page, 'Start training');
    await expect.poll(() => figure(page, 'Step'), { timeout: 30_000 }).toBeGreaterThan(2);
    await press(page, 'Pause');
    await phase(page, 'paused');
    await page.getByLabel('Prompt').fill('A rose €');
    await page.getByText('1 of 8 characters of the prompt is unknown to the model.').waitFor();
    await write(page, 3);
    await page.locator('.samples b').getByText('A rose €').waitFor();
  });

  test('says what a number field allows, and puts back what it does not', { timeout: 60_000 }, async () => {
    const page = await openPage();
    await page.locator('summary', { hasText: 'Settings' }).click();
    const field = page.getByLabel('Hidden units', { exact: true });
    const hint = page.locator('.field', { has: field }).locator('.hint');
    expect(await field.getAttribute('aria-describedby')).toBe(await hint.getAttribute('id'));
    await field.fill('5000');
    await hint.getByText('8 to 1,024', { exact: true }).waitFor();
    expect(await field.inputValue()).toBe('5000');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await field.blur();
    await expect.poll(() => field.inputValue()).toBe('128');
    expect(await hint.textContent()).toBe('8 to 1,024');
    expect(await field.getAttribute('aria-invalid')).toBe('false');
    await fill(page, 'Hidden units', '64');
    await expect.poll(() => hint.textContent()).toBe('');
    expect(await field.inputValue()).toBe('64');
  });

  test('shows a pause at once, before the step under way has ended', { timeout: 60_000 }, async () => {
    const page = await openPage();
    await press(page, 'Start training');
    await phase(page, 'running');
    const shown = await watchStates(page);
    await press(page, 'Pause');
    await page.getByRole('button', { name: 'Resume', exact: true }).waitFor();
    expect(await shown.jsonValue()).toEqual([
      'Training. [Pause]',
      'Pausing after this step… [Pause, busy]',
      'Paused. [Resume]',
    ]);
  });

  test('shows each command at once, and leaves the focus where it was', { timeout: 60_000 }, async () => {
    const page = await openPage();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.getByText('Paste a text').click();
    await page.getByLabel('Your text').fill('A rose is a rose is a rose. '.repeat(40));
    await press(page, 'Use this text');
    await page.locator('.text-name').getByText('Pasted text').waitFor();
    expect(await focused()).toBe('Use this text');
    await press(page, 'Start training');
    await expect.poll(() => figure(page, 'Step'), { timeout: 30_000 }).toBeGreaterThan(0);
    await press(page, 'Pause');
    await page.getByRole('button', { name: 'Resume', exact: true }).waitFor();
    const shown = await watchStates(page);
    await press(page, 'Write now');
    await expect.poll(() => shown.jsonValue()).toContain('Writing… [Resume, busy]');
    // Pressed as soon as it can be: after what was asked before.
    await save(page);
    await press(page, 'Reset');
    await phase(page, 'empty');
    expect(await focused()).toBe('Reset');
    expect(await shown.jsonValue()).toEqual(
      expect.arrayContaining(['Saving… [Resume, busy]', 'Resetting… [Resume, busy]']),
    );
  });

  test('says so when the worker cannot be loaded', { timeout: 60_000 }, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route('**/write.worker*', (route) => route.abort());
    await page.goto(address);
    await page
      .getByRole('alert')
      .getByText(/The worker stopped/)
      .waitFor();
    await page.locator('.phase-broken').waitFor();
  });

  test('says so, in words for a visitor, when nothing can be computed', { timeout: 60_000 }, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route('**/write.worker*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `delete self.WebAssembly;${await response.text()}` });
    });
    await page.goto(address);
    await page
      .getByRole('alert')
      .getByText(/The models cannot run in this browser/)
      .waitFor();
    await page.locator('.phase-broken').waitFor();
  });

  test('asks for JavaScript where there is none', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(address);
    await page.locator('noscript p').waitFor();
  });

  test('is worked by keyboard', { timeout: 60_000 }, async () => {
    const page = await openPage();
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Start training') break;
    }
    await page.keyboard.press('Enter');
    await phase(page, 'running');
    await expect.poll(() => figure(page, 'Step'), { timeout: 30_000 }).toBeGreaterThan(0);
    await page.keyboard.press('Enter'); // the same button pauses
    await phase(page, 'paused');
  });

  test('has no accessibility violation, light or dark, before, with a model, and with an error', {
    timeout: 120_000,
  }, async () => {
    const page = await openPage();
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await violations(page)).toEqual([]);
    await trainAWhile(page);
    await page.getByText('The figures as a table').click();
    await load(page, 'no-model.safetensors', Buffer.from('nothing'));
    await page
      .getByRole('alert')
      .getByText(/no-model/)
      .waitFor();
    // In view at the end of the page, too.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(740);
    const { y } = (await page.getByText(/no-model/).boundingBox())!;
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThan(100);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await violations(page)).toEqual([]);
    await press(page, 'Dark');
    await page.waitForTimeout(300); // colours fade
    expect(await violations(page)).toEqual([]);
  });
});

/** All that is shown from now, however shortly: a step may end before anybody outside the page has looked. */
async function watchStates(page: Page): Promise<JSHandle<string[]>> {
  return await page.evaluateHandle(() => {
    const states: string[] = [];
    const note = () => {
      const button = document.querySelector('button.primary')!;
      const isBusy = button.ariaDisabled === 'true' ? ', busy' : '';
      const state = `${document.querySelector('.phase')!.textContent} [${button.textContent}${isBusy}]`;
      if (state !== states.at(-1)) states.push(state);
    };
    note();
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
    return states;
  });
}

/** Trains a small model until something was measured on held-out text; returns the step. */
async function trainAWhile(page: Page): Promise<number> {
  await chooseQuickSettings(page);
  await press(page, 'Start training');
  await expect.poll(() => figure(page, 'Held-out loss'), { timeout: 40_000 }).toBeGreaterThan(0);
  await press(page, 'Pause');
  await phase(page, 'paused');
  await expect.poll(() => figure(page, 'Step')).toBeGreaterThan(0);
  return await figure(page, 'Step');
}

async function save(page: Page): Promise<Download> {
  const download = page.waitForEvent('download');
  await press(page, 'Save as a file');
  return await download;
}

async function load(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page
    .getByLabel('Load a file…')
    .and(page.locator('input'))
    .setInputFiles({ name, mimeType: '', buffer });
}
