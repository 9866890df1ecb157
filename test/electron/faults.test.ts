// Does the suite fail when it should? Each row plants one fault in the built text and names the assertion that has to notice.
import path from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserArguments, needBrowser } from '../../build/find-browser.ts';
import { echoEngine } from './engines.ts';
import { launchStandIn } from './launch-app.ts';
import { securityAssertions } from './security-assertions.ts';
import type { SecurityAssertionName } from './security-assertions.ts';

interface Fault {
  fault: string;
  file: 'main.js' | 'preload.cjs';
  /** What of the built text is replaced, by what. It has to be there exactly once. */
  replace: [RegExp, string];
  /** The assertion that fails. */
  noticed: SecurityAssertionName;
}

const faults: Fault[] = [
  { fault: 'enableSandbox is left out', file: 'main.js', replace: [/app\.enableSandbox\(\);/, ''], noticed: 'starts in order' },
  {
    fault: 'the sandbox is enabled too late',
    file: 'main.js',
    replace: [/app\.enableSandbox\(\);([\s\S]*?)function start\(\) \{/, '$1function start() { app.enableSandbox();'],
    noticed: 'starts in order',
  },
  { fault: 'the scheme is not registered', file: 'main.js', replace: [/^registerAppScheme\(\);/m, ''], noticed: 'starts in order' },
  { fault: 'the window has no sandbox', file: 'main.js', replace: [/sandbox: true/, 'sandbox: false'], noticed: 'gives the page no Node' },
  { fault: 'the page shares its world', file: 'main.js', replace: [/contextIsolation: true/, 'contextIsolation: false'], noticed: 'gives the page no Node' },
  { fault: 'the page has Node', file: 'main.js', replace: [/nodeIntegration: false/, 'nodeIntegration: true'], noticed: 'gives the page no Node' },
  { fault: 'web security is off', file: 'main.js', replace: [/webSecurity: true/, 'webSecurity: false'], noticed: 'gives the page no Node' },
  {
    fault: 'ipcRenderer is handed to the page',
    file: 'preload.cjs',
    replace: [/shell: "electron",/, 'shell: "electron", ipcRenderer: electron.ipcRenderer,'],
    noticed: 'exposes three names',
  },
  {
    fault: 'a second name is exposed',
    file: 'preload.cjs',
    replace: [/^electron\.ipcRenderer\.on\(channels\.port/m, 'electron.contextBridge.exposeInMainWorld("ipc", electron.ipcRenderer.send);$&'],
    noticed: 'exposes three names',
  },
  {
    fault: 'the preload requires Node',
    file: 'preload.cjs',
    replace: [/^let electron = require\("electron"\);/m, '$& require("node:fs");'],
    noticed: 'exposes three names',
  },
  { fault: 'no policy is sent', file: 'main.js', replace: [/"Content-Security-Policy": contentSecurityPolicy,/, ''], noticed: 'sends the policy with every answer' },
  { fault: 'no policy is sent', file: 'main.js', replace: [/"Content-Security-Policy": contentSecurityPolicy,/, ''], noticed: 'runs no inline script' },
  { fault: 'inline scripts are allowed', file: 'main.js', replace: [/script-src 'self'/, "script-src 'self' 'unsafe-inline'"], noticed: 'runs no inline script' },
  {
    fault: 'a path may leave the folder',
    file: 'main.js',
    replace: [/return file\.startsWith\(root \+ path\.sep\) \? file : void 0;/, 'return file;'],
    noticed: "serves the page's files only",
  },
  {
    fault: 'a sibling folder counts as inside',
    file: 'main.js',
    replace: [/file\.startsWith\(root \+ path\.sep\)/, 'file.startsWith(root)'],
    noticed: "serves the page's files only",
  },
  { fault: 'any host is answered', file: 'main.js', replace: [/url\?\.host !== "podlab"/, 'url === null'], noticed: "serves the page's files only" },
  {
    fault: 'the page may navigate away',
    file: 'main.js',
    replace: [/contents\.on\("will-navigate", keepOwnPage\);\s*contents\.on\("will-frame-navigate", keepOwnPage\);/, ''],
    noticed: 'goes nowhere else',
  },
  { fault: 'redirects are not looked at', file: 'main.js', replace: [/contents\.on\("will-redirect", keepOwnPage\);/, ''], noticed: 'goes nowhere else' },
  {
    fault: 'the own page is known by how its address begins',
    file: 'main.js',
    replace: [/return url !== null && url\.protocol === `app:` && url\.host === "podlab"[^;]*;/, 'return text.startsWith("app://podlab");'],
    noticed: 'goes nowhere else',
  },
  { fault: 'windows may be opened', file: 'main.js', replace: [/action: "deny"/, 'action: "allow"'], noticed: 'opens no window' },
  { fault: 'anything is opened outside', file: 'main.js', replace: [/url\.protocol === "https:"[^?]*\?/, 'url ?'], noticed: 'opens no window' },
  { fault: 'http is let out to any computer', file: 'main.js', replace: [/ && loopback\.has\(url\.hostname\)/, ''], noticed: 'opens no window' },
  { fault: 'credentials are handed on', file: 'main.js', replace: [/!url \|\| url\.username !== ""[^)]*\)/, '!url)'], noticed: 'opens no window' },
  { fault: 'links are not opened at all', file: 'main.js', replace: [/openExternally\(url\);/, ''], noticed: 'opens no window' },
  { fault: 'no permission is asked about', file: 'main.js', replace: [/^denyPermissions\(\);/m, ''], noticed: 'grants no permission but Copy and notifications' },
  {
    fault: 'requests are granted',
    file: 'main.js',
    replace: [/decide\(allowed\.has\(permission\) && /, 'decide(true || '],
    noticed: 'grants no permission but Copy and notifications',
  },
  {
    fault: 'checks are granted',
    file: 'main.js',
    replace: [/return allowed\.has\(permission\) && details/, 'return true || details'],
    noticed: 'grants no permission but Copy and notifications',
  },
  { fault: 'the sender is not checked', file: 'main.js', replace: [/!isFromOwnPage\(event\) \|\| /, ''], noticed: 'hears its own page only' },
  { fault: 'frames are heard', file: 'main.js', replace: [/frame\.parent === null && /, ''], noticed: 'hears its own page only' },
  { fault: 'every origin is heard', file: 'main.js', replace: [/ && frame\.origin === "app:\/\/podlab"/, ''], noticed: 'hears its own page only' },
  { fault: 'arguments are not checked', file: 'main.js', replace: [/ \|\| args\.length > 0/, ''], noticed: 'hears its own page only' },
  { fault: 'a webview may be attached', file: 'main.js', replace: [/contents\.on\("will-attach-webview"[^\n]*\n/, ''], noticed: 'has no webview' },
];

const renderer = path.join(import.meta.dirname, 'page');
let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: needBrowser(), args: browserArguments });
});
afterAll(() => browser.close());

test.for(faults)('$fault: noticed by "$noticed"', async ({ file, replace: [what, by], noticed }) => {
  const patch = (name: string, text: string): string => (name === file ? replaceOnce(text, what, by) : text);
  const complaint: unknown = await (async () => {
    await using launched = await launchStandIn({ browser, renderer, engine: echoEngine, patch });
    await securityAssertions[noticed](launched);
    return 'nobody noticed';
  })().catch((error: unknown) => error);
  // Only a failed assertion counts: a fault that breaks the stand-in itself shows nothing.
  expect(complaint).toMatchObject({ name: 'AssertionError' });
});

test('a shell that awaits ready at the top level does not start', async () => {
  const patch = (name: string, text: string): string =>
    name === 'main.js' ? replaceOnce(text, /^app\.enableSandbox\(\);/m, 'app.enableSandbox(); await app.whenReady();') : text;
  await expect(launchStandIn({ browser, renderer, engine: echoEngine, patch })).rejects.toThrow(/cannot be used on an ESM graph with top-level await/);
});

/** A row whose text is gone would plant nothing and prove nothing. */
function replaceOnce(text: string, what: RegExp, by: string): string {
  const places = text.match(new RegExp(what, `${what.flags}g`))?.length ?? 0;
  if (places !== 1) throw new Error(`${what} is there ${places} times, not once.`);
  return text.replace(what, by);
}
