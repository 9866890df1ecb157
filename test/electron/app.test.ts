// The app as a person starts it: the built shell, the built page and the built engine together. On real Electron where there is one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserArguments, needBrowser } from '../../build/find-browser.ts';
import { launchApp, launchStandIn } from './launch-app.ts';
import { soon } from './soon.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'podlab-kube-'));
const kubeconfig = path.join(directory, 'config');
// No server listens there: what the page shows of it can only have come from the engine's own reading of the file.
writeFileSync(kubeconfig, `apiVersion: v1
kind: Config
current-context: first
clusters: [{ name: here, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: person, user: { token: none } }]
contexts:
- { name: first, context: { cluster: here, user: person } }
- { name: second, context: { cluster: here, user: person, namespace: lab } }
`);
let browser: Browser;
beforeAll(async () => {
  vi.stubEnv('XDG_STATE_HOME', path.join(directory, 'state'));
  browser = await chromium.launch({ executablePath: needBrowser(), args: browserArguments });
});
afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});

test('the page gets a port and the contract answers through it', async () => {
  await using app = await launchApp({ browser, args: ['--kubeconfig', kubeconfig, '--context', 'second'] });
  const context = app.page.getByRole('combobox', { name: 'Context' });
  await context.waitFor();
  await expect.poll(() => context.evaluate((select) => [...(select as HTMLSelectElement).options].map(({ value, selected }) => [value, selected])), soon)
    .toEqual([['first', false], ['second', true]]);
});

test('the whole page loads under its policy, and its engine closes with it', async () => {
  await using launched = await launchStandIn({ browser, args: ['--kubeconfig', kubeconfig] });
  const page = await launched.page();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.getByRole('combobox', { name: 'Context' }).waitFor();
  expect(launched.contents().errors).toEqual([]);
  launched.electron.modules.app.quit();
  expect([await launched.electron.exited, await launched.electron.processes[0]?.ended]).toEqual([0, 0]);
});

test('after a crash of the engine the page finds its way back', async () => {
  await using launched = await launchStandIn({ browser, args: ['--kubeconfig', kubeconfig] });
  const page = await launched.page();
  const context = page.getByRole('combobox', { name: 'Context' });
  await context.waitFor();
  launched.electron.processes[0]?.kill();
  await expect.poll(() => launched.electron.processes[1]?.told, soon).toEqual([{ type: 'open', kubeconfig }, { type: 'serve' }]);
  await expect.poll(() => context.evaluate((select) => (select as HTMLSelectElement).value), soon).toBe('first');
});
