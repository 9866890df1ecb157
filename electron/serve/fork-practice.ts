import { fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import type { FromPractice, PracticeChild } from '../practice-link.ts';

/** Forks the practice cluster's process from its built file. Its words go to our stderr; stdout is for the address alone. */
export function forkPractice(modulePath: string): PracticeChild {
  const compiled = getCompileCacheDir();
  const child = fork(modulePath, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }) },
  });
  // A channel that is closed already is told by the exit.
  child.on('error', () => {});
  return {
    send: (message) => void (child.connected && child.send(message, () => {})),
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromPractice)),
    onExit: (listener) => void child.once('close', listener),
  };
}
