// The practice cluster in the desktop shell: the engine asks, the shell forks, and neither outlives the other.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserArguments, needBrowser } from '../../build/find-browser.ts';
import { launchStandIn } from './launch-app.ts';
import { soon } from './soon.ts';

vi.setConfig({ testTimeout: 60_000 });

const directory = mkdtempSync(path.join(tmpdir(), 'podlab-practice-app-'));
let browser: Browser;
beforeAll(async () => {
  for (const [name, value] of Object.entries({
    HOME: directory, XDG_STATE_HOME: directory, XDG_RUNTIME_DIR: directory, KUBECONFIG: path.join(directory, 'none'), DOCKER_HOST: 'unix:///nowhere/docker.sock',
  })) vi.stubEnv(name, value);
  browser = await chromium.launch({ executablePath: needBrowser(), args: browserArguments });
});
afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});

const folders = () => readdirSync(directory).filter((name) => name.startsWith('podlab-practice-'));
const badge = (page: Page) => page.getByRole('banner').getByText('Practice cluster', { exact: true });
const connection = (page: Page) => page.getByRole('status', { name: 'Connection' });

test('asked for, it is there; quitting ends both processes well and leaves nothing', async () => {
  await using launched = await launchStandIn({ browser, args: ['--practice', '--speed', '10'] });
  const page = await launched.page();
  await badge(page).waitFor();
  await expect.poll(() => connection(page).textContent(), soon).toBe('Live');
  await expect.poll(() => page.getByRole('banner').textContent(), soon).toContain('10x faster');
  expect(launched.electron.calls('fork').map(([module]) => module)).toEqual(['engine-process.js', 'practice-process.js']);
  expect(folders()).toHaveLength(1);
  launched.electron.modules.app.quit();
  expect(await launched.electron.exited).toBe(0);
  expect(await Promise.all(launched.electron.processes.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(folders()).toEqual([]);
});

test('on a computer with nothing it begins by itself; when its process dies the page says so and starts another', async () => {
  await using launched = await launchStandIn({ browser });
  const page = await launched.page();
  await badge(page).waitFor();
  await expect.poll(() => connection(page).textContent(), soon).toBe('Live');
  launched.electron.processes[1]?.kill();
  await page.getByRole('heading', { name: 'The practice cluster has stopped' }).waitFor();
  await page.getByRole('button', { name: 'Start the practice cluster' }).click();
  await expect.poll(() => connection(page).textContent(), soon).toBe('Live');
  expect(launched.electron.calls('fork').map(([module]) => module)).toEqual(['engine-process.js', 'practice-process.js', 'practice-process.js']);
});

test('when the engine dies, the process that it had started ends, and the next engine has its own', async () => {
  // A launch that is cut short, as the end of a test is, leaves its own.
  const before = folders();
  await using launched = await launchStandIn({ browser, args: ['--practice'] });
  const page = await launched.page();
  await badge(page).waitFor();
  const [engine, practice] = launched.electron.processes;
  engine?.kill();
  expect(await practice?.ended).toBe(0);
  await expect.poll(() => launched.electron.processes.length, soon).toBe(4);
  await expect.poll(() => connection(page).textContent(), soon).toBe('Live');
  expect(folders().filter((name) => !before.includes(name))).toHaveLength(1);
});
