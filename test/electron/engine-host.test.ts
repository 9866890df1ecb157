// The engine's process as the shell keeps it: a port for each page, a new process after a crash, and an end that is waited for.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserArguments, needBrowser } from '../../build/find-browser.ts';
import { echoEngine, stubbornEngine } from './engines.ts';
import { launchStandIn } from './launch-app.ts';
import { soon } from './soon.ts';

const renderer = path.join(import.meta.dirname, 'page');
let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: needBrowser(), args: browserArguments });
});
afterAll(() => browser.close());

interface TestPage {
  podlab: { requestPort(): void };
  port: MessagePort;
  answers: string[];
  portClosed: Promise<unknown>;
  heard: unknown[];
}
const port = { data: 'podlab:port', ports: 1, own: true };
const lost = { data: 'podlab:engine-lost', ports: 0, own: true };

const requestPort = (page: Page): Promise<void> => page.evaluate(() => (window as unknown as TestPage).podlab.requestPort());
const heard = (page: Page): Promise<unknown[]> => page.evaluate(() => (window as unknown as TestPage).heard);
const say = (page: Page, text: string): Promise<void> => page.evaluate((words) => (window as unknown as TestPage).port.postMessage(words), text);
const answers = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as TestPage).answers);

test('a page gets a port to the engine, and a new one after each load', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine });
  const page = await launched.page();
  for (const word of ['first', 'second']) {
    await requestPort(page);
    await expect.poll(() => heard(page), soon).toEqual([port]);
    await say(page, word);
    await expect.poll(() => answers(page), soon).toEqual([`echo ${word}`]);
    await page.reload();
  }
  expect(launched.electron.processes[0]?.told).toEqual([{ type: 'open' }, { type: 'serve' }, { type: 'serve' }]);
});

test('the flags of the command line reach the engine', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine, args: ['--kubeconfig', 'kube/config', '--context=kind-kind'] });
  const page = await launched.page();
  await requestPort(page);
  await expect.poll(() => heard(page), soon).toEqual([port]);
  await say(page, 'opened with');
  await expect.poll(async () => (await answers(page)).map((answer) => JSON.parse(answer) as unknown), soon)
    .toEqual([{ type: 'open', kubeconfig: path.resolve('kube/config'), context: 'kind-kind' }]);
});

test('an engine that dies is started again; the page is told and its next request waits for the new one', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine });
  const page = await launched.page();
  await requestPort(page);
  await expect.poll(() => heard(page), soon).toEqual([port]);
  await say(page, 'die');
  await page.evaluate(() => (window as unknown as TestPage).portClosed);
  await expect.poll(() => heard(page), soon).toEqual([port, lost]);
  await requestPort(page);
  await expect.poll(() => heard(page), soon).toEqual([port, lost, port]);
  await say(page, 'again');
  await expect.poll(() => answers(page), soon).toEqual(['echo again']);
  expect(launched.electron.calls('fork')).toHaveLength(2);
});

test('quitting tells the engine to close and waits for its end', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine });
  await launched.page();
  launched.electron.modules.app.quit();
  expect(await launched.electron.exited).toBe(0);
  const [engine] = launched.electron.processes;
  expect({ told: engine?.told, code: await engine?.ended }).toEqual({ told: [{ type: 'open' }, { type: 'close' }], code: 0 });
});

test('an engine that does not close is ended after a minute', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: stubbornEngine });
  await launched.page();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    launched.electron.modules.app.quit();
    let hasExited = false;
    void launched.electron.exited.then(() => (hasExited = true));
    await vi.advanceTimersByTimeAsync(59_999);
    expect(hasExited).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await launched.electron.exited).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('the pause before a new start grows and has an end', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: stubbornEngine });
  await launched.page();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { processes } = launched.electron;
    const pauses: number[] = [];
    for (let starts = 1; starts <= 9; starts++) {
      const child = processes.at(-1);
      child?.kill();
      await child?.ended;
      let waited = 0;
      for (; processes.length === starts && waited < 60_000; waited += 250) await vi.advanceTimersByTimeAsync(250);
      pauses.push(waited);
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  } finally {
    vi.useRealTimers();
  }
});

test('closing the last window quits, and its place is remembered', async () => {
  const userData = mkdtempSync(path.join(tmpdir(), 'podlab-user-'));
  try {
    const place = path.join(userData, 'window.json');
    {
      await using launched = await launchStandIn({ browser, renderer, engine: echoEngine, userData });
      await launched.page();
      expect([existsSync(place), launched.electron.calls('BrowserWindow')[0]]).toEqual([false, [expect.objectContaining({ width: 1280, height: 800 })]]);
      launched.electron.modules.BrowserWindow.getAllWindows()[0]?.close();
      expect(await launched.electron.exited).toBe(0);
      expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({ bounds: { x: 40, y: 30, width: 1100, height: 700 }, maximized: false });
    }
    await using again = await launchStandIn({ browser, renderer, engine: echoEngine, userData });
    await again.page();
    expect(again.electron.calls('BrowserWindow')[0]).toEqual([expect.objectContaining({ x: 40, y: 30, width: 1100, height: 700 })]);
  } finally {
    rmSync(userData, { recursive: true });
  }
});

test.for([['en-GB', 'View'], ['ko-KR', '보기']])('the menu speaks the language of %s', async ([locale, view]) => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine, locale: locale ?? '' });
  const [menu] = launched.electron.calls('setApplicationMenu')[0] as [{ label: string }[]];
  expect(menu.map(({ label }) => label)).toContain(view);
});
