// The engine: everything that Podlab does, behind the contract's calls. It knows neither Electron nor a web server.
import type { DockerState, PracticeState } from '../../shared/contract/environment.ts';
import { loadKubeconfig, type Kubeconfig } from '../clients/cluster/kubeconfig.ts';
import { watchKubeconfig } from '../clients/cluster/watch-kubeconfig.ts';
import { toolsOfThisMachine } from '../clients/tools/find-tool.ts';
import { createActivity } from './activity/activity.ts';
import { openHistory } from './activity/history.ts';
import { openJournal, stateDirectory } from './activity/journal.ts';
import { openRecentBuilds } from './builds/recent-builds.ts';
import type { EngineCalls } from './calls.ts';
import { openDocker, type Docker } from './docker.ts';
import { openKeptForwards } from './forwards/kept-forwards.ts';
import { openRequestHistory } from './http/history/history.ts';
import { openFileOrigins } from './files/origins.ts';
import { openKeptCopies } from './images/kept-copies.ts';
import { openPractice, type PracticeOptions, type StartPractice } from './practice.ts';
import { createTopic } from './topic.ts';
import { callsOfCurrent, openWorld } from './world.ts';

export interface EngineOptions {
  /** A kubeconfig file instead of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string;
  /** The context to begin with, instead of the kubeconfig's own. */
  readonly context?: string;
  /** Where the journal of changes and the last builds lie; the platform's place for application state by default. */
  readonly stateDirectory?: string;
  /** Begin with the practice cluster; `context` is then one of its contexts. */
  readonly practice?: PracticeOptions;
  /**
   * How the host starts the practice cluster's process. With it the engine also begins with the practice cluster, unasked, where the computer has
   * neither Docker nor a kubeconfig file, and none was named.
   */
  readonly startPractice?: StartPractice;
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
  const directory = options.stateDirectory ?? stateDirectory();
  const history = await openHistory(directory);
  const docker = openDocker();
  const activity = createActivity();
  const practiceState = createTopic<PracticeState>({ state: 'off' });
  const isAsked = options.practice !== undefined;
  const looksByItself = !isAsked && options.startPractice && options.kubeconfig === undefined && options.context === undefined;
  // Before anybody else hears of Docker's state: nobody is told that nothing is there when something is about to come.
  const looked = looksByItself ? whenKnown(docker, () => isNothingHere(kubeconfig.value, docker.state.value) && start({})) : () => {};
  const computer = openWorld({
    kubeconfig,
    docker,
    activity,
    journal: openJournal(directory),
    history,
    recent: openRecentBuilds(directory),
    fileOrigins: openFileOrigins(directory),
    keptCopies: openKeptCopies(directory),
    keptFiles: openKeptCopies(directory, 'files'),
    keptForwards: openKeptForwards(directory),
    requestHistory: openRequestHistory(directory),
    practice: practiceState,
    tools: toolsOfThisMachine(),
    asked: isAsked ? undefined : options.context,
  });
  const current = createTopic(computer);
  const practice = openPractice({
    startProcess: options.startPractice,
    current,
    state: practiceState,
    asked: isAsked ? options.context : undefined,
    activity,
  });
  function start(how: PracticeOptions): void {
    // A start that fails is a state, told with its reason.
    practice.calls.startPractice(how, new AbortController().signal).catch(() => {});
  }
  if (options.practice) start(options.practice);
  const calls = callsOfCurrent(current);
  return {
    calls: { ...calls, environment: { ...calls.environment, ...practice.calls } },
    changing: activity.changing,
    async [Symbol.asyncDispose]() {
      looked();
      // Between delete and create a pod is nowhere but on our disk: what is half-way goes on to its end first.
      await activity.idle();
      await practice[Symbol.asyncDispose]();
      await computer[Symbol.asyncDispose]();
      await watch[Symbol.asyncDispose]();
    },
  };
}

/** Calls back once, as soon as it is known whether there is a Docker. Gives what ends the waiting. */
function whenKnown({ state }: Docker, call: () => void): () => void {
  const stop = state.subscribe((known) => {
    if (known.state === 'connecting') return;
    stop();
    call();
  });
  return stop;
}

/** No Docker at all and no kubeconfig file. What is there but refused, stopped or broken is something, and is shown. */
function isNothingHere({ contexts, problem }: Kubeconfig, docker: DockerState): boolean {
  return docker.state === 'absent' && contexts.length === 0 && problem?.code === 'KUBECONFIG_MISSING';
}
