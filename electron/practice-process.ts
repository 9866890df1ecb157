// The practice cluster in a process of its own: a Kubernetes API and a Docker API on this computer, in a private folder that goes with it. It
// ends when it is told to, and when whoever started it has gone.
import './practice-heap.ts';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { FromPractice, ToPractice } from './practice-link.ts';
import { startPractice, type Practice } from './practice/practice.ts';

/** Electron's utility process has a port to its parent, a forked one a channel. */
const port = process.parentPort as typeof process.parentPort | undefined;
const END_MS = 10_000;
let practice: Promise<Practice> | undefined;
let folder: string | undefined;

if (port) port.on('message', ({ data }: { data: ToPractice }) => take(data));
else process.on('message', (message: ToPractice) => take(message));
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
// Ctrl-C in a terminal reaches every process there: whoever started this one ends it when its own changes are done.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('uncaughtException', (error) => void fall(error));

function take(message: ToPractice): void {
  if (message.type === 'stop') void end();
  else {
    practice ??= start(message);
    practice.catch(fall);
  }
}

/** Ends with a reason: it could not start, or met a bug of its own. Its parent removes what this leaves behind. */
async function fall(error: unknown): Promise<void> {
  console.error(error);
  await tell({ type: 'failed', cause: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

async function start(message: Extract<ToPractice, { type: 'start' }>): Promise<Practice> {
  const { type: _, ...options } = message;
  folder = await privateFolder(process.env.XDG_RUNTIME_DIR || tmpdir()).catch(() => privateFolder(tmpdir()));
  await tell({ type: 'folder', folder });
  const started = await startPractice({ ...options, folder });
  const { kubeconfig, dockerHost, contexts, version } = started;
  await tell({ type: 'ready', kubeconfig, dockerHost, contexts, speed: started.speed, version });
  return started;
}

/** A new folder for this user alone (mkdtemp: 0700). Those of processes that were killed, and could not take theirs along, go first. */
async function privateFolder(place: string): Promise<string> {
  for (const name of await readdir(place).catch(() => [])) {
    const [, pid] = /^podlab-practice-(\d+)-\w+$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await removeOwn(path.join(place, name)).catch(() => {});
  }
  return mkdtemp(path.join(place, `podlab-practice-${process.pid}-`));
}

/** Anybody may have put something of this name into a shared folder, and root could remove it: what is another user's, or no folder, stays. */
async function removeOwn(found: string): Promise<void> {
  const about = await lstat(found);
  if (about.isDirectory() && about.uid === (process.getuid?.() ?? about.uid)) await rm(found, { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function end(): Promise<void> {
  // A client that does not let go must not keep it alive when nobody is left to kill it.
  setTimeout(() => process.exit(1), END_MS).unref();
  await (await practice?.catch(() => undefined))?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => {});
  process.exit(0);
}

/** Resolves when it is on its way, so that an exit does not swallow it; a parent that is gone is no reason to fail. */
function tell(message: FromPractice): Promise<void> {
  if (port) {
    port.postMessage(message);
    return new Promise((done) => setImmediate(done));
  }
  return new Promise((done) => (process.send ? process.send(message, () => done()) : done()));
}
