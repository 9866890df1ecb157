// The browser that the tests of the screens drive: one that is here, else one that can be had. Never none: a test that is silently
// left out would be taken for one that passed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'brave-browser'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
];

/**
 * A Chromium that is on this machine.
 * @returns its path, or undefined
 * @throws when PODLAB_BROWSER names something that cannot be run
 */
export function findBrowser(env: Record<string, string | undefined> = process.env): string | undefined {
  const named = env.PODLAB_BROWSER;
  if (named) {
    if (!isExecutable(named)) throw new Error(`PODLAB_BROWSER is ${named}, which is not a program.`);
    return named;
  }
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const inPath = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...inPath, ...elsewhere, chromium.executablePath()].find(isExecutable);
}

/**
 * A Chromium, found or installed: Playwright's download, else Debian's package when this is root.
 * @throws a sentence that names what to install
 */
export function needBrowser(): string {
  const found = findBrowser();
  if (found) return found;

  process.stderr.write("Podlab: no browser here for the tests; trying Playwright's download ...\n");
  const cli = path.join(import.meta.dirname, '../node_modules/@playwright/test/cli.js');
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' };
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: ['ignore', 2, 2], timeout: 300_000, env });
  if (existsSync(chromium.executablePath())) return chromium.executablePath();

  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Podlab: installing chromium with apt-get ...\n');
    const quietly = { stdio: ['ignore', 2, 2] as ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-qq'], quietly);
    // The Korean screens need glyphs, which Debian's chromium does not bring.
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk', 'fonts-liberation'], quietly);
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    'The tests need a browser and none could be installed: install Chromium or Chrome (Debian: apt-get install chromium), ' +
      'or set PODLAB_BROWSER to the path of one.',
  );
}

/** Arguments that keep a browser from asking the network for things of its own; as root there is no sandbox. */
export const browserArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
