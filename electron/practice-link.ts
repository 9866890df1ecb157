// The practice cluster's process, seen from whoever has it started: begun, followed to its end, ended, and cleaned up after. How a process is
// forked is the host's own business (child_process in the browser shell, Electron's main process for the window).
import { rm } from 'node:fs/promises';
import type { PracticeOptions, PracticeProcess, StartPractice } from './engine/practice.ts';

/** What `start` says is as startPractice takes it; Podlab leaves all but the speed as it is. */
export type ToPractice =
  | { readonly type: 'start'; readonly speed?: number; readonly minor?: number; readonly maxPods?: number }
  | { readonly type: 'stop' };

export type FromPractice =
  /** First: its private folder, which must not outlive it. */
  | { readonly type: 'folder'; readonly folder: string }
  | ({ readonly type: 'ready' } & Omit<PracticeProcess, 'ended' | 'stop'>)
  /** Why it could not start, or has to end. */
  | { readonly type: 'failed'; readonly cause: string };

/** A forked process, whichever way it was forked. */
export interface PracticeChild {
  send(message: ToPractice): void;
  kill(): void;
  onMessage(listener: (message: FromPractice) => void): void;
  onExit(listener: (code: number | null) => void): void;
}

/** A slow computer may need a while to load it; one that is silent for longer than this is broken. */
const START_MS = 30_000;
const STOP_MS = 5_000;

/** @param fork forks the process; called once a start. */
export function practiceStarter(fork: () => PracticeChild): StartPractice {
  return async (options: PracticeOptions, signal: AbortSignal): Promise<PracticeProcess> => {
    signal.throwIfAborted();
    const child = fork();
    const ready = Promise.withResolvers<Extract<FromPractice, { type: 'ready' }>>();
    const ended = Promise.withResolvers<string>();
    let folder: string | undefined;
    let cause: string | undefined;
    child.onMessage((message) => {
      if (message.type === 'folder') folder = message.folder;
      else if (message.type === 'ready') ready.resolve(message);
      else cause = message.cause;
    });
    child.onExit((code) => {
      const why = cause ?? (code === null ? 'its process was killed' : `its process ended with code ${code}`);
      // It removes the folder itself, unless it crashed.
      const cleaned = folder === undefined ? Promise.resolve() : rm(folder, { recursive: true, force: true }).catch(() => {});
      void cleaned.then(() => {
        ended.resolve(why);
        ready.reject(new Error(why));
      });
    });
    const stop = async () => {
      child.send({ type: 'stop' });
      const impatience = setTimeout(() => child.kill(), STOP_MS);
      await ended.promise;
      clearTimeout(impatience);
    };
    const giveUp = () => ready.reject(signal.reason as Error);
    const late = setTimeout(() => ready.reject(new Error(`it said nothing for ${START_MS / 1000} seconds`)), START_MS);
    signal.addEventListener('abort', giveUp, { once: true });
    child.send({ type: 'start', ...options });
    try {
      const { type: _, ...what } = await ready.promise;
      return { ...what, ended: ended.promise, stop };
    } catch (error) {
      await stop();
      throw error;
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', giveUp);
    }
  };
}
