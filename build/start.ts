// npm start [-- --browser --port N --no-open --kubeconfig FILE --context NAME --practice --speed N]
// Builds what is outdated, then opens Podlab: in Electron's window where that can start, else in the browser, saying why.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type * as serveModule from '../electron/serve.ts';
import { findElectron } from './find-electron.ts';
import { openInBrowser } from './open-in-browser.ts';
import { buildOutdated } from './outdated.ts';
import { root } from './setup.mjs';
import { parseStart, usage, type StartOptions } from './start-options.ts';

const parsed = parseStart(process.argv.slice(3));
if ('problem' in parsed) {
  process.stderr.write(`Podlab: ${parsed.problem}\n`);
  process.exitCode = 2;
} else if (parsed.options.help) {
  process.stdout.write(`${usage}\n`);
} else {
  await start(parsed.options);
}

async function start(options: StartOptions) {
  if (!options.browser) {
    const found = await findElectron();
    const why = 'why' in found ? found.why : await inWindow(found.binary, found.args, options);
    if (why === undefined) return;
    process.stderr.write(`Podlab opens in the browser, not in Electron's window, because ${why}.\n`);
  }
  await inBrowser(options);
}

/** @returns why the window did not come, or undefined once it was there */
async function inWindow(binary: string, args: string[], { kubeconfig, context, practice }: StartOptions): Promise<string | undefined> {
  await buildOutdated();
  const chosen = [
    ...(kubeconfig ? [`--kubeconfig=${kubeconfig}`] : []),
    ...(context ? [`--context=${context}`] : []),
    ...(practice ? ['--practice'] : []),
    ...(practice?.speed === undefined ? [] : [`--speed=${practice.speed}`]),
  ];
  const started = Date.now();
  const child = spawn(binary, [...args, root, ...chosen], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(-1));
    child.on('exit', resolve);
  });
  // A display that is set but dead, or a missing library, ends it at once.
  if (code !== 0 && code !== null && Date.now() - started < 5000) return `it ended at once with exit code ${code}`;
  process.exitCode = code ?? 1;
  return undefined;
}

async function inBrowser({ port, open, kubeconfig, context, practice }: StartOptions) {
  await buildOutdated(['renderer', 'node']);
  const { serve, CannotListen } = (await import(path.join(root, 'dist/electron/serve.js'))) as typeof serveModule;
  let shell: Awaited<ReturnType<typeof serve>>;
  try {
    shell = await serve({
      port,
      files: path.join(root, 'dist/renderer'),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(practice === undefined ? {} : { practice }),
    });
  } catch (error) {
    if (!(error instanceof CannotListen)) throw error;
    process.stderr.write(`Podlab: ${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  endOnSignal(shell);
  process.stdout.write(`Podlab: ${shell.url}\n`);
  if (open) openInBrowser(shell.url);
  const notice = await shell.notice;
  if (notice) process.stderr.write(`${notice}\n`);
}

/**
 * Ctrl-C closes everything and ends with 0; a second one ends at once, and so does a close that takes longer than it may. A change that is
 * half-way may take its time: between delete and create a pod exists only as a file.
 */
function endOnSignal(shell: AsyncDisposable & { changing(): boolean }) {
  let isEnding = false;
  const end = () => {
    if (isEnding) process.exit(130);
    isEnding = true;
    if (shell.changing()) process.stderr.write('Podlab waits for a change that is half-way. Ctrl-C again ends it now; its file in the journal restores the pod.\n');
    setInterval(() => shell.changing() || process.exit(1), 5000).unref();
    shell[Symbol.asyncDispose]().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}
