// Podlab as a person starts it: the command of the README, in a process of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface Podlab extends AsyncDisposable {
  readonly url: string;
  /** The folder of its journal. */
  readonly state: string;
}

/**
 * @param flags of `npm start`.
 * @param environment beside this process's own: HOME, KUBECONFIG, DOCKER_HOST.
 * @param uid the user that it runs as; only root can choose another one.
 */
export async function startPodlab(flags: readonly string[] = [], environment: Readonly<Record<string, string>> = {}, uid?: number): Promise<Podlab> {
  const state = await mkdtemp(join(tmpdir(), 'podlab-state-'));
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../build/run.mjs'), 'start', '--browser', '--no-open', ...flags], {
    env: { ...process.env, XDG_STATE_HOME: state, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += String(chunk)));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  for await (const line of createInterface({ input: child.stdout })) {
    words += `${line}\n`;
    const url = /^Podlab: (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)$/.exec(line)?.[1];
    if (!url) continue;
    child.stdout.resume();
    return {
      url,
      state: join(state, 'podlab'),
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM');
        await ended;
        await rm(state, { recursive: true, force: true });
      },
    };
  }
  await ended;
  throw new Error(`Podlab ended before it said where it is:\n${words}`);
}
