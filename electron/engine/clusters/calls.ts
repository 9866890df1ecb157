// The contract's calls for the local clusters and the tools that make them.
import type { ClusterTool } from '../../../shared/contract/clusters.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Progress } from '../../../shared/contract/progress.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import type { ToolSurroundings } from '../../clients/tools/find-tool.ts';
import type { Action, Activity } from '../activity/activity.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import { createTopic, type Topic } from '../topic.ts';
import { createCluster, removeCluster, startCluster, stopCluster, type ClusterParts } from './cluster-actions.ts';
import { watchContextRows } from './context-rows.ts';
import { openToolbox } from './toolbox.ts';
import { watchClusters, type ClustersState } from './watch-clusters.ts';

export interface LocalClusters extends AsyncDisposable {
  readonly calls: EngineCalls['clusters'];
}

export interface LocalClusterParts {
  readonly kubeconfig: Topic<Kubeconfig>;
  readonly docker: Docker;
  readonly sessions: Sessions;
  readonly activity: Activity;
  /** Where to look for the tools; left out where there are none to be used (the practice cluster). */
  readonly tools: ToolSurroundings | undefined;
}

export function openLocalClusters({ kubeconfig, docker, sessions, activity, tools }: LocalClusterParts): LocalClusters {
  const watchContexts: EngineCalls['clusters']['watchContexts'] = ({ ask }, signal) => watchContextRows(sessions, kubeconfig, ask, signal);
  if (!tools) return { calls: { ...withoutTools(), watchContexts }, [Symbol.asyncDispose]: async () => {} };

  const life = new AbortController();
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const toolbox = openToolbox({ surroundings: tools, kubeconfig, docker, signal: life.signal });
  const watched = watchClusters(toolbox, kubeconfig, docker, life.signal);
  const parts: ClusterParts = { toolbox, watched, kubeconfig, docker, sessions };
  /** Closing ends what can be ended, and waits: a creation is taken back first. */
  const begin = <Result>(action: Action<Result>, signal: AbortSignal): AsyncGenerator<Progress<Result>, void, void> => {
    const run: Action<Result>['run'] = (tell, own) => {
      const ended = action.run(tell, own).finally(() => running.delete(ended));
      running.add(ended);
      return ended;
    };
    return activity.run({ ...action, run }, AbortSignal.any([signal, closing.signal]));
  };
  /** Names that are being made: a second creation would not see the first one's cluster yet, and would take it back with its own. */
  const making = new Set<string>();
  return {
    calls: {
      async *watch(_, signal) {
        for await (const { tools: found, clusters } of watched.watch(signal)) yield { tools: [...found], clusters: [...clusters] };
      },
      watchContexts,
      async *create(input, signal) {
        const action = createCluster(parts, input);
        const key = `${input.tool}/${input.name}`;
        if (making.has(key)) throw new Failure('CLUSTER_EXISTS', { tool: input.tool, name: input.name }, `${input.name} is being created`);
        const run: typeof action.run = (tell, own) => {
          making.add(key);
          return action.run(tell, own).finally(() => making.delete(key));
        };
        yield* begin({ ...action, run }, signal);
      },
      async *start(input, signal) {
        yield* begin(startCluster(parts, input), signal);
      },
      async *stop(input, signal) {
        yield* begin(stopCluster(parts, input), signal);
      },
      async *remove(input, signal) {
        yield* begin(removeCluster(parts, input), signal);
      },
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.allSettled(running);
      life.abort();
    },
  };
}

function withoutTools(): Omit<EngineCalls['clusters'], 'watchContexts'> {
  const refuse = ({ tool }: { tool: ClusterTool }): never => {
    throw new Failure('TOOL_MISSING', { tool }, 'the practice cluster is no cluster of kind or minikube');
  };
  const nothing: { tools: never[]; clusters: never[] } = { tools: [], clusters: [] };
  return {
    watch: (_, signal) => createTopic<ClustersState & typeof nothing>(nothing).watch(signal),
    create: refuse,
    start: refuse,
    stop: refuse,
    remove: refuse,
  };
}
