import path from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserArguments, needBrowser } from '../../build/find-browser.ts';
import { echoEngine } from './engines.ts';
import { launchStandIn } from './launch-app.ts';
import { securityAssertions } from './security-assertions.ts';
import type { SecurityAssertion } from './security-assertions.ts';

const renderer = path.join(import.meta.dirname, 'page');
let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: needBrowser(), args: browserArguments });
});
afterAll(() => browser.close());

test.for(Object.entries<SecurityAssertion>(securityAssertions))('the shell %s', async ([, holds]) => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine });
  await launched.page();
  // It throws what does not hold.
  expect(await holds(launched)).toBeUndefined();
});

test('a second Podlab opens nothing and ends', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine, firstInstance: false });
  expect([await launched.electron.exited, launched.electron.calls('BrowserWindow'), launched.electron.calls('fork')]).toEqual([0, [], []]);
});

test('a flag without its value ends the start with a sentence', async () => {
  await using launched = await launchStandIn({ browser, renderer, engine: echoEngine, args: ['--context'] });
  expect([await launched.electron.exited, launched.electron.calls('BrowserWindow')]).toEqual([1, []]);
});
