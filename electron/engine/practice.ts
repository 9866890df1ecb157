// Whether the practice cluster is used. Podlab then looks at it alone: its kubeconfig and its Docker in the place of the computer's own, which
// come back when it is left. Nothing else in the engine knows of it: it is spoken to over the wire, as every other cluster is.
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { PracticeState } from '../../shared/contract/environment.ts';
import { Failure } from '../../shared/contract/failures.ts';
import { loadKubeconfig, type Kubeconfig } from '../clients/cluster/kubeconfig.ts';
import type { Activity } from './activity/activity.ts';
import { openJournal } from './activity/journal.ts';
import { openRecentBuilds } from './builds/recent-builds.ts';
import { openDocker } from './docker.ts';
import { createTopic, type Topic } from './topic.ts';
import { openFileOrigins } from './files/origins.ts';
import { openKeptCopies } from './images/kept-copies.ts';
import { openWorld, type SwitchCalls, type World } from './world.ts';

export interface PracticeOptions {
  /** 1 is real time. */
  readonly speed?: number;
}

/** The practice cluster's process, started by the host: a cluster and a Docker, reached over the wire. */
export interface PracticeProcess {
  /** A kubeconfig file with its contexts, in a private folder that goes with the process. */
  readonly kubeconfig: string;
  /** As DOCKER_HOST writes it. */
  readonly dockerHost: string;
  readonly contexts: readonly string[];
  readonly speed: number;
  readonly version: string;
  /** Resolves when the process has ended, with the reason. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Rejects when it cannot be started; the signal ends a start that is half-way. */
export type StartPractice = (options: PracticeOptions, signal: AbortSignal) => Promise<PracticeProcess>;

export interface PracticeParts {
  /** Left out where the host cannot start it. */
  readonly startProcess: StartPractice | undefined;
  /** The world that is shown; the computer's own at first. */
  readonly current: Topic<World>;
  /** What the computer's own world tells of the practice cluster: off, starting or failed. */
  readonly state: Topic<PracticeState>;
  /** The context of `--context`, where that means one of the practice cluster's. */
  readonly asked: string | undefined;
  readonly activity: Activity;
}

export function openPractice({ startProcess, current, state, asked, activity }: PracticeParts): { calls: SwitchCalls } & AsyncDisposable {
  const computer = current.value;
  let shown: { process: PracticeProcess; world: World; state: Topic<PracticeState> } | undefined;
  let starting: { done: Promise<void>; life: AbortController } | undefined;
  /** Resolves when all that was left has ended. The next one begins only then: a host has one process at a time. */
  let gone: Promise<unknown> = Promise.resolve();

  const begin = async (options: PracticeOptions, signal: AbortSignal) => {
    const told = shown?.state ?? state;
    const hasEnded = told.value.state === 'ended';
    told.set(hasEnded ? { ...told.value, restarting: true } : { state: 'starting', ...options });
    try {
      await gone;
      signal.throwIfAborted();
      if (!startProcess) throw new Error('this Podlab cannot start a process for it');
      const process = await startProcess(options, signal);
      try {
        const kubeconfig = await loadKubeconfig({ file: process.kubeconfig });
        if (kubeconfig.problem) throw Failure.ofData(kubeconfig.problem);
        signal.throwIfAborted();
        show(process, kubeconfig);
      } catch (error) {
        await process.stop();
        throw error;
      }
    } catch (error) {
      const cause = new Failure('PRACTICE_FAILED', {}, error);
      // Whoever left it has said what is shown now.
      if (!signal.aborted) told.set({ state: hasEnded ? 'ended' : 'failed', cause: cause.toData() });
      throw cause;
    }
  };

  const show = (process: PracticeProcess, kubeconfig: Kubeconfig) => {
    const { contexts, speed, version } = process;
    const own = createTopic<PracticeState>({ state: 'on', speed, version, contexts: [...contexts] });
    const world = openWorld({
      activity,
      asked,
      kubeconfig: createTopic(kubeconfig),
      docker: openDocker({ env: { DOCKER_HOST: process.dockerHost }, home: homedir(), platform: globalThis.process.platform }),
      // Beside its kubeconfig: what was deleted there can come back for as long as the cluster is there.
      journal: openJournal(dirname(process.kubeconfig)),
      recent: openRecentBuilds(dirname(process.kubeconfig)),
      fileOrigins: openFileOrigins(dirname(process.kubeconfig)),
      keptCopies: openKeptCopies(dirname(process.kubeconfig)),
      keptFiles: openKeptCopies(dirname(process.kubeconfig), 'files'),
      practice: own,
    });
    const old = shown;
    shown = { process, world, state: own };
    current.set(world);
    state.set({ state: 'off' });
    void (old ? old.world[Symbol.asyncDispose]() : computer.stopForwards());
    void process.ended.then((why) => {
      if (shown?.world !== world) return;
      own.set({ state: 'ended', cause: new Failure('PRACTICE_ENDED', {}, why).toData() });
      void world[Symbol.asyncDispose]();
    });
  };

  /** Shows the computer's own at once; resolves when nothing of the practice cluster is left. */
  const leave = async () => {
    const [begun, left] = [starting, shown];
    starting = shown = undefined;
    begun?.life.abort();
    state.set({ state: 'off' });
    current.set(computer);
    const end = async () => {
      await begun?.done.catch(() => {});
      try {
        await left?.world[Symbol.asyncDispose]();
      } finally {
        await left?.process.stop();
      }
    };
    const ended = end();
    gone = Promise.allSettled([gone, ended]);
    await gone;
    await ended;
  };

  const calls: SwitchCalls = {
    async startPractice(options) {
      if (shown?.state.value.state === 'on') return {};
      if (!starting) {
        const life = new AbortController();
        const done = begin({ ...(options.speed === undefined ? {} : { speed: options.speed }) }, life.signal);
        const one = (starting = { done, life });
        void done.catch(() => {}).finally(() => starting === one && (starting = undefined));
      }
      await starting.done;
      return {};
    },
    async stopPractice() {
      await leave();
      return {};
    },
  };

  return { calls, [Symbol.asyncDispose]: leave };
}
