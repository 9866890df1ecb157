// What Podlab looks at: a kubeconfig, a Docker, and everything that hangs on the two. There is the computer's own, and the practice cluster's
// while it is used. They share only the log of activity, so a context, a forward or an undo of one is never taken for the other's, even where
// both have a context of the same name.
import type { ToolSurroundings } from '../clients/tools/find-tool.ts';
import { activityOfOne, type Activity } from './activity/activity.ts';
import type { History } from './activity/history.ts';
import type { Journal } from './activity/journal.ts';
import { undoWays } from './activity/undo-ways.ts';
import { unfinishedCalls } from './activity/unfinished.ts';
import { buildCalls } from './builds/calls.ts';
import type { RecentBuilds } from './builds/recent-builds.ts';
import type { EngineCalls } from './calls.ts';
import { openLocalClusters } from './clusters/calls.ts';
import { openSessions } from './cluster/sessions.ts';
import { containerFileCalls } from './container-files/calls.ts';
import { environmentCalls, type Surroundings } from './environment.ts';
import { eventCalls } from './events/calls.ts';
import { fileCalls } from './files/calls.ts';
import type { FileOrigins } from './files/origins.ts';
import { openForwards } from './forwards/calls.ts';
import type { KeptForwards } from './forwards/kept-forwards.ts';
import { collectionCalls } from './http/collection/calls.ts';
import { historyCalls } from './http/history/calls.ts';
import type { RequestHistory } from './http/history/history.ts';
import { liveCalls } from './http/live/calls.ts';
import { repeatCalls } from './http/repeat/calls.ts';
import { httpCalls } from './http/send.ts';
import { imageCalls } from './images/calls.ts';
import type { KeptCopies } from './images/kept-copies.ts';
import { logCalls } from './logs/calls.ts';
import { objectCalls } from './objects/calls.ts';
import { podCalls } from './pods/calls.ts';
import { healthCalls } from './pods/health-calls.ts';
import { openTerminals } from './terminals/calls.ts';
import { workloadCalls } from './workloads/calls.ts';
import type { Topic } from './topic.ts';

export interface World extends AsyncDisposable {
  readonly calls: WorldCalls;
  /** Frees the ports of its forwards; all else stays, so that a change that is half-way goes on to its end. */
  stopForwards(): Promise<void>;
  /** Ends everything in it. What still holds one of its clusters is told that there is none. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WorldParts extends Surroundings {
  readonly activity: Activity;
  /** Closed with the world. */
  readonly journal: Journal;
  /** What can be taken back after a restart; closed with the world, and left out where nothing outlives it. */
  readonly history?: History;
  readonly recent: RecentBuilds;
  readonly fileOrigins: FileOrigins;
  /** Closed with the world. */
  readonly keptCopies: KeptCopies;
  /** What uploads into containers overwrote; closed with the world. */
  readonly keptFiles: KeptCopies;
  /** Left out where nothing outlives the world. */
  readonly keptForwards?: KeptForwards;
  /** Left out where nothing outlives the world. */
  readonly requestHistory?: RequestHistory;
  /** Where kind and minikube are looked for; left out where neither is to be used. */
  readonly tools?: ToolSurroundings;
}

/** Which world is shown is no world's own matter. */
export type SwitchCalls = Pick<EngineCalls['environment'], 'startPractice' | 'stopPractice'>;
export type WorldCalls = Omit<EngineCalls, 'environment'> & { readonly environment: Omit<EngineCalls['environment'], keyof SwitchCalls> };

export function openWorld({ activity: log, journal, history, recent, fileOrigins, keptCopies, keptFiles, keptForwards, requestHistory, tools, ...surroundings }: WorldParts): World {
  const { kubeconfig, docker } = surroundings;
  const activity = activityOfOne(log);
  const sessions = openSessions(kubeconfig, docker);
  const changes = { sessions, activity, docker, journal, history };
  activity.adopt((history?.earlier ?? []).map(({ entry, ...kept }) => ({
    entry,
    ...(entry.undo === 'offered' ? { undo: undoWays(changes, kept) } : {}),
  })));
  const forwards = openForwards(sessions, activity, keptForwards);
  const terminals = openTerminals(sessions, activity);
  const localClusters = openLocalClusters({ kubeconfig, docker, sessions, activity, tools });
  return {
    calls: {
      environment: environmentCalls(surroundings, sessions),
      pods: podCalls(changes),
      workloads: workloadCalls(changes),
      health: healthCalls(sessions, docker),
      objects: objectCalls(changes),
      events: eventCalls(sessions),
      images: imageCalls(changes, keptCopies),
      builds: buildCalls(changes, recent),
      clusters: localClusters.calls,
      forwards: forwards.calls,
      containerFiles: containerFileCalls(changes, keptFiles),
      files: fileCalls({ sessions, activity }, fileOrigins),
      logs: logCalls(sessions),
      terminals: terminals.calls,
      http: httpCalls(sessions, forwards, activity, requestHistory),
      requests: { ...historyCalls(requestHistory), ...collectionCalls(activity) },
      live: liveCalls(sessions, forwards, activity),
      repeat: repeatCalls(sessions, forwards, activity),
      activity: {
        async *watch(_, signal) {
          for await (const entries of activity.entries.watch(signal)) yield { entries: [...entries] };
        },
        undo: ({ id }, signal) => activity.undo(id, signal),
        async stopNow({ id }) {
          await activity.stopNow(id);
          return {};
        },
        ...unfinishedCalls(changes),
      },
    },
    stopForwards: () => forwards.stopAll(),
    async [Symbol.asyncDispose]() {
      // First: what was begun with a tool and is taken back needs the files and the Docker of this world.
      await localClusters[Symbol.asyncDispose]();
      // Over its cluster's connection each ends what it runs.
      await terminals[Symbol.asyncDispose]();
      kubeconfig.set({ files: [], contexts: [], clusters: new Map(), users: new Map() });
      await forwards[Symbol.asyncDispose]();
      await sessions[Symbol.asyncDispose]();
      await docker[Symbol.asyncDispose]();
      await keptCopies[Symbol.asyncDispose]();
      await keptFiles[Symbol.asyncDispose]();
      journal[Symbol.dispose]();
      history?.[Symbol.dispose]();
      activity[Symbol.dispose]();
    },
  };
}

type AnyCall = (input: unknown, signal: AbortSignal) => Promise<unknown> | AsyncGenerator<unknown, void, void>;

/**
 * The calls of whichever world is shown. A `watch…` goes on in the next one when that is shown instead: each begins with the present state, so its
 * reader misses nothing. Every other call stays where it was begun.
 */
export function callsOfCurrent(current: Topic<World>): WorldCalls {
  const bound = Object.entries(current.value.calls).map(([subject, calls]) => [
    subject,
    Object.fromEntries(Object.keys(calls).map((call) => {
      const here = (world: World) => (world.calls as unknown as Record<string, Record<string, AnyCall>>)[subject]![call]!;
      const handler: AnyCall = call.startsWith('watch')
        ? (input, signal) => watchCurrent(current, (world, until) => here(world)(input, until) as AsyncGenerator<unknown, void, void>, signal)
        : (input, signal) => here(current.value)(input, signal);
      return [call, handler];
    })),
  ]);
  return Object.fromEntries(bound) as WorldCalls;
}

async function* watchCurrent(
  current: Topic<World>,
  watch: (world: World, signal: AbortSignal) => AsyncGenerator<unknown, void, void>,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, void> {
  for (;;) {
    const world = current.value;
    const left = new AbortController();
    const stop = current.subscribe(() => left.abort());
    try {
      yield* watch(world, AbortSignal.any([signal, left.signal]));
    } catch (error) {
      if (!left.signal.aborted) throw error;
    } finally {
      stop();
    }
    if (signal.aborted || !left.signal.aborted) return;
  }
}
