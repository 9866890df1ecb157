// Starts the built desktop shell for a test: on real Electron where its binary is there, else on the stand-in.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { _electron } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { standInElectron } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';
import type { StandInContents } from './stand-in-window.ts';

const root = path.resolve(import.meta.dirname, '../..');
const standIns = new Map<string, StandIn>();
const scheme = 'podlab-stand-in:';

// `import ... from 'electron'` in a launched main.js gives that launch's stand-in. Nothing else in the process sees it.
registerHooks({
  resolve(specifier, context, next) {
    const launch = [...standIns.keys()].find((directory) => context.parentURL?.startsWith(pathToFileURL(directory).href));
    return specifier === 'electron' && launch !== undefined ? { url: scheme + launch, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith(scheme)) return next(url, context);
    const id = url.slice(scheme.length);
    const names = Object.keys(standIns.get(id)?.modules ?? {});
    const source = [
      `const electron = globalThis[Symbol.for('podlab stand-ins')].get(${JSON.stringify(id)}).modules;`,
      ...names.map((name) => `export const ${name} = electron.${name};`),
    ].join('\n');
    return { format: 'module', source, shortCircuit: true };
  },
});
Object.assign(globalThis, { [Symbol.for('podlab stand-ins')]: standIns });

export interface LaunchOptions {
  /** Chromium, already started. */
  browser: Browser;
  /** Changes the built text before it runs: for tests that plant a fault. */
  patch?: (file: 'main.js' | 'preload.cjs', text: string) => string;
  /** The text of a module to run instead of the built engine-process.js. */
  engine?: string;
  /** A folder with the page's files instead of dist/renderer. */
  renderer?: string;
  args?: string[];
  locale?: string;
  firstInstance?: boolean;
  /** A folder to keep between launches; a new one otherwise. */
  userData?: string;
}

export interface Launched extends AsyncDisposable {
  readonly electron: StandIn;
  /** The window's contents and page. They throw when the shell ended instead of opening a window. */
  contents(): StandInContents;
  page(): Promise<Page>;
}

/** Copies dist, puts the stand-in into the place of `electron`, runs main.js, and lets Electron become ready. */
export async function launchStandIn(options: LaunchOptions): Promise<Launched> {
  const directory = mkdtempSync(path.join(tmpdir(), 'podlab-app-'));
  copyBuild(directory, options);
  const context = await options.browser.newContext();
  const electron = standInElectron({
    context,
    userData: options.userData ?? path.join(directory, 'user-data'),
    locale: options.locale ?? 'en-US',
    firstInstance: options.firstInstance ?? true,
  });
  standIns.set(directory, electron);
  const argv = process.argv;
  process.argv = [process.execPath, '.', ...(options.args ?? [])];
  const close = async (): Promise<void> => {
    // Quitting first: the shell would start an engine again that ends while it runs.
    electron.modules.app.quit();
    for (const child of electron.processes) child.kill();
    await context.close();
    await Promise.all(electron.processes.map((child) => child.ended));
    standIns.delete(directory);
    rmSync(directory, { recursive: true });
  };
  const contents = (): StandInContents => {
    const [window] = electron.modules.BrowserWindow.getAllWindows();
    if (!window) throw new Error('The shell has no window.');
    return window.webContents;
  };
  try {
    // require() of an ES module refuses a top-level await, which would keep Electron from ever becoming ready.
    createRequire(import.meta.url)(path.join(directory, 'dist/electron/main.js'));
    electron.becomeReady();
    await new Promise(setImmediate);
  } catch (error) {
    await close();
    throw error;
  } finally {
    process.argv = argv;
  }
  return { electron, contents, page: () => contents().loaded, [Symbol.asyncDispose]: close };
}

function copyBuild(directory: string, { patch = (_file, text) => text, engine, renderer }: LaunchOptions): void {
  const dist = path.join(root, 'dist');
  const copy = path.join(directory, 'dist');
  for (const part of ['electron', 'preload']) cpSync(path.join(dist, part), path.join(copy, part), { recursive: true });
  symlinkSync(renderer ?? path.join(dist, 'renderer'), path.join(copy, 'renderer'));
  if (engine !== undefined) writeFileSync(path.join(copy, 'electron/engine-process.js'), engine);
  for (const [folder, file] of [['electron', 'main.js'], ['preload', 'preload.cjs']] as const) {
    const target = path.join(copy, folder, file);
    writeFileSync(target, patch(file, readFileSync(target, 'utf8')));
  }
  // Outside the page's folder: what a path that escapes would reach.
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ type: 'module', secret: 'outside the page' }));
}

/** The Electron binary of this machine, if there is one: ELECTRON_BIN, else the one that npm's package unpacked. */
export function electronBinary(): string | undefined {
  const { ELECTRON_BIN } = process.env;
  if (ELECTRON_BIN) return ELECTRON_BIN;
  const record = path.join(root, 'node_modules/electron/path.txt');
  const binary = existsSync(record) ? path.join(root, 'node_modules/electron/dist', readFileSync(record, 'utf8')) : undefined;
  return binary !== undefined && existsSync(binary) ? binary : undefined;
}

/**
 * The app as a person starts it, and its page. With a binary it is real Electron, driven by Playwright: that branch has never run,
 * because no binary was to be had where this was written. Look at it first if it fails.
 */
export async function launchApp(options: LaunchOptions): Promise<{ kind: 'electron' | 'stand-in'; page: Page } & AsyncDisposable> {
  const executablePath = electronBinary();
  if (executablePath === undefined) {
    const launched = await launchStandIn(options);
    return { kind: 'stand-in', page: await launched.page(), [Symbol.asyncDispose]: () => launched[Symbol.asyncDispose]() };
  }
  const userData = options.userData ?? mkdtempSync(path.join(tmpdir(), 'podlab-app-'));
  // Chromium's sandbox refuses to run as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({ executablePath, args: [...sandbox, `--user-data-dir=${userData}`, root, ...(options.args ?? [])] });
  return { kind: 'electron', page: await app.firstWindow(), [Symbol.asyncDispose]: () => app.close() };
}
