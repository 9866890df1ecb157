// The tools and their clusters while somebody watches: Docker's containers live, the tools' own lists after what may have changed them.
import type { LocalCluster, ToolState } from '../../../shared/contract/clusters.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import { coalescedRead } from '../../clients/docker/coalesced-read.ts';
import type { Docker } from '../docker.ts';
import { createTopic, type Topic } from '../topic.ts';
import { clusterContainersIn, localClusters } from './local-clusters.ts';
import type { Toolbox } from './toolbox.ts';

/** A cluster's containers start and end one after the other. */
const SETTLE_MS = 500;
/** A tool that is being installed is looked for this often, as a file: nothing tells of it. The tools themselves are never asked on a timer. */
const APPEARED_MS = 5_000;

export interface ClustersState {
  readonly tools: readonly ToolState[];
  readonly clusters: readonly LocalCluster[];
}

export interface WatchedClusters {
  readonly state: Topic<ClustersState>;
  /** Asks the tools now, and Docker. */
  refresh(): Promise<void>;
  watch(signal: AbortSignal): AsyncGenerator<ClustersState, void, void>;
}

export function watchClusters(toolbox: Toolbox, kubeconfig: Topic<Kubeconfig>, docker: Docker, signal: AbortSignal): WatchedClusters {
  const state = createTopic(describe());
  function describe(): ClustersState {
    const { tools, listed } = toolbox.lists.value;
    const contexts = kubeconfig.value.contexts.map(({ name }) => name);
    return { tools, clusters: localClusters({ containers: docker.containers.value, listed, contexts }) };
  }
  const update = () => {
    const next = describe();
    if (JSON.stringify(next) !== JSON.stringify(state.value)) state.set(next);
  };

  let watchers = 0;
  let seen = clusterContainersIn(docker.containers.value);
  const lists = coalescedRead(() => toolbox.look(), SETTLE_MS, () => {});
  const stops = [
    toolbox.lists.subscribe(update),
    kubeconfig.subscribe(update),
    docker.containers.subscribe((containers) => {
      const now = clusterContainersIn(containers);
      if (now === seen) return;
      seen = now;
      update();
      if (watchers > 0) lists.changed();
    }),
  ];
  signal.addEventListener('abort', () => {
    for (const stop of stops) stop();
    lists[Symbol.dispose]();
  }, { once: true });

  return {
    state,
    async refresh() {
      await Promise.all([lists.now(), docker.connection.refresh()]);
    },
    async *watch(until) {
      watchers += 1;
      void lists.now();
      const appeared = setInterval(() => void toolbox.hasAppeared().then((yes) => yes && lists.changed()), APPEARED_MS);
      appeared.unref();
      try {
        yield* state.watch(until);
      } finally {
        clearInterval(appeared);
        watchers -= 1;
      }
    },
  };
}
