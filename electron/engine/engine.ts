// The engine: everything that Podlab does, behind the contract's calls. It knows neither Electron nor a web server.
import { loadKubeconfig, type Kubeconfig } from '../clients/cluster/kubeconfig.ts';
import { watchKubeconfig } from '../clients/cluster/watch-kubeconfig.ts';
import { createActivity } from './activity/activity.ts';
import { openJournal, stateDirectory } from './activity/journal.ts';
import type { EngineCalls } from './calls.ts';
import { openSessions } from './cluster/sessions.ts';
import { openDocker } from './docker.ts';
import { environmentCalls } from './environment.ts';
import { openForwards } from './forwards/calls.ts';
import { httpCalls } from './http/send.ts';
import { imageCalls } from './images/calls.ts';
import { podCalls } from './pods/calls.ts';
import { createTopic } from './topic.ts';

export interface EngineOptions {
  /** A kubeconfig file instead of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string;
  /** The context to begin with, instead of the kubeconfig's own. */
  readonly context?: string;
  /** Where the journal of changes lies; the platform's place for application state by default. */
  readonly stateDirectory?: string;
}

export interface Engine extends AsyncDisposable {
  readonly calls: EngineCalls;
  /** Whether a change is half-way, so that closing waits for it. */
  changing(): boolean;
  /** Waits for changes that are half-way, then closes everything. A second call of the person to end may cut it short. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens the engine. What is missing (Docker, a kubeconfig, a cluster) is a state that its streams tell, never an error here. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const where = options.kubeconfig === undefined ? {} : { file: options.kubeconfig };
  const kubeconfig = createTopic<Kubeconfig>(await loadKubeconfig(where));
  const watch = await watchKubeconfig(where, (next) => kubeconfig.set(next));
  kubeconfig.set(watch.current);
  const docker = openDocker();
  const sessions = openSessions(kubeconfig, docker);
  const activity = createActivity();
  const journal = openJournal(options.stateDirectory ?? stateDirectory());
  const forwards = openForwards(sessions, activity);
  return {
    calls: {
      environment: environmentCalls(kubeconfig, docker, sessions, options.context),
      pods: podCalls(sessions, docker, activity, journal),
      images: imageCalls(sessions, docker, activity),
      forwards: forwards.calls,
      http: httpCalls(sessions, forwards, activity),
      activity: {
        async *watch(_, signal) {
          for await (const entries of activity.entries.watch(signal)) yield { entries: [...entries] };
        },
        undo: ({ id }, signal) => activity.undo(id, signal),
      },
    },
    changing: activity.changing,
    async [Symbol.asyncDispose]() {
      // Between delete and create a pod is nowhere but on our disk: what is half-way goes on to its end first.
      await activity.idle();
      await forwards[Symbol.asyncDispose]();
      await sessions[Symbol.asyncDispose]();
      await docker[Symbol.asyncDispose]();
      await watch[Symbol.asyncDispose]();
    },
  };
}
