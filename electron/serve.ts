// The browser shell: the same engine and the same screens behind 127.0.0.1, for machines on which Electron cannot start.
import path from 'node:path';
import { serveWebSocket } from './edge.ts';
import type { EngineCalls } from './engine/calls.ts';
import { openEngine, type Engine } from './engine/engine.ts';
import type { PracticeOptions } from './engine/practice.ts';
import { practiceStarter } from './practice-link.ts';
import { forkPractice } from './serve/fork-practice.ts';
import { listen, type Shell } from './serve/listen.ts';

export { CannotListen } from './serve/listen.ts';

export interface ServeOptions {
  /** 0 for any free one. */
  port: number;
  /** The folder of the built screens. */
  files: string;
  kubeconfig?: string;
  context?: string;
  /** Begin with the practice cluster. */
  practice?: PracticeOptions;
}

const practiceModule = path.join(import.meta.dirname, 'practice-process.js');

/**
 * Opens the engine and listens.
 * @returns the address, and what ends both; `notice` is a sentence when there is neither Docker nor a kubeconfig to
 *   work with, or when the practice cluster that was asked for did not come; `changing` says whether closing has to wait for a change that is half-way
 * @throws CannotListen before the engine is opened
 */
export async function serve({ port, files, ...options }: ServeOptions): Promise<Shell & { notice: Promise<string | undefined>; changing(): boolean }> {
  let engine: Engine | undefined;
  // Listened first: a port in use must not cost the start of an engine. Nobody knows the token before both are there.
  const shell = await listen(port, files, (socket) => {
    if (engine) serveWebSocket(engine, socket);
    else socket.close(1013, 'starting');
  });
  try {
    const startPractice = practiceStarter(() => forkPractice(practiceModule));
    engine = await openEngine({ ...options, startPractice });
  } catch (error) {
    await shell[Symbol.asyncDispose]();
    throw error;
  }
  const opened = engine;
  const closing = new AbortController();
  return {
    port: shell.port,
    url: shell.url,
    notice: whatToSay(opened.calls, options.practice !== undefined, closing.signal),
    changing: opened.changing,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await shell[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}

/** One sentence when there is nothing of the person's own to look at, undefined as soon as there is something. */
async function whatToSay(calls: EngineCalls, isAsked: boolean, closing: AbortSignal): Promise<string | undefined> {
  const enough = new AbortController();
  try {
    for await (const { docker, contexts, practice } of calls.environment.watch(undefined, AbortSignal.any([enough.signal, closing]))) {
      if (practice.state === 'failed') return `The practice cluster could not be started: ${practice.cause?.cause}`;
      if (practice.state === 'on') return isAsked ? undefined : `${nothing}, so Podlab shows its practice cluster, which is kept in memory.`;
      if (practice.state === 'starting' || isAsked) continue;
      if (contexts.length > 0 || docker.state === 'connected') return undefined;
      if (docker.state !== 'connecting') return `${nothing}: start Docker Desktop, kind or minikube, and Podlab will notice, or press Start the practice cluster.`;
    }
    return undefined;
  } catch (error) {
    if (closing.aborted) return undefined;
    throw error;
  } finally {
    enough.abort();
  }
}

const nothing = 'Neither Docker nor a kubeconfig was found';
