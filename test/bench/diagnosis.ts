// How long the diagnosis takes where there is much to look at: 5 000 pods, half of them failing in several ways, and 20 000 events. Measured is the
// catalogue alone, and the view of the Pods screen around it, out of the same tables that a cluster's lists fill; no cluster is asked.
import { performance } from 'node:perf_hooks';
import type { BenchResult } from '../../build/bench.ts';
import type { DockerState } from '../../shared/contract/environment.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { HostImage, NodeImages, NodeStore } from '../../shared/diagnosis/world.ts';
import type { KubeEvent, KubeNode, Pod } from '../../shared/kubernetes/objects.ts';
import { openAccess } from '../../electron/engine/cluster/access.ts';
import type { LiveTable } from '../../electron/engine/cluster/live-table.ts';
import { openOwners } from '../../electron/engine/cluster/owners.ts';
import { openEvidence } from '../../electron/engine/evidence/evidence.ts';
import { holdPodsView } from '../../electron/engine/pods/view.ts';
import { worldOf, type WorldSources } from '../../electron/engine/pods/world.ts';
import { createTopic } from '../../electron/engine/topic.ts';
import { eventsOf, hostImages, nodesOf, podOf } from '../fixtures/large-cluster.ts';

const PODS = 5_000;
const EVENTS = 20_000;
const ROUNDS = 5;
const SINGLE_ROUNDS = 50;
const FULL_AIM_MS = 100;
const SINGLE_AIM_MS = 1;

export async function bench(tell: (text: string) => void): Promise<BenchResult> {
  const now = new Date();
  const list = Array.from({ length: PODS }, (_, at) => podOf(at, now));
  const pods = new Map(list.map((pod) => [pod.metadata.uid ?? '', pod]));
  const events = new Map(list.map((pod, at) => [pod.metadata.uid ?? '', eventsOf(pod, at, EVENTS / PODS, now)]));
  const sources = sourcesOf(pods, events);

  const full: number[] = [];
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    found = 0;
    full.push(timed(() => {
      for (const pod of pods.values()) found += diagnose(worldOf(sources, pod, now, 'ill')).length;
    }));
  }
  tell(`${PODS} pods, ${[...events.values()].flat().length} events, ${found} findings: ${full.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  // What is told apart: what it takes to gather what a diagnosis looks at, and the diagnosis.
  const worlds = list.map((pod) => worldOf(sources, pod, now, 'ill'));
  const gathered: number[] = [];
  for (let round = 0; round < ROUNDS; round++) gathered.push(timed(() => { for (const world of worlds) diagnose(world); }));
  const alone: number[] = [];
  for (let round = 0; round < SINGLE_ROUNDS; round++) {
    const pod = list[(round * 37) % PODS]!;
    alone.push(timed(() => void diagnose(worldOf(sources, pod, now, 'ill'))));
  }

  const { scope } = sources;
  const opening: number[] = [];
  for (let round = 0; round < ROUNDS; round++) opening.push(timed(() => holdPodsView(sources)[Symbol.dispose]()));
  using held = holdPodsView(sources);
  const { view } = held;
  const whole: number[] = [];
  const single: number[] = [];
  for (let round = 0; round < ROUNDS; round++) whole.push(await untilNext(view, () => sources.docker.images.set([...hostImages])));
  for (let round = 0; round < SINGLE_ROUNDS; round++) {
    const pod = list[(round * 37) % PODS]!;
    const next = new Map(pods).set(pod.metadata.uid ?? '', { ...pod, metadata: { ...pod.metadata, resourceVersion: String(round) } });
    single.push(await untilNext(view, () => scope.pods.set({ ...scope.pods.value, items: next })));
    await untilNext(view, () => scope.pods.set({ ...scope.pods.value, items: pods }));
  }
  tell(`the view: first ${median(opening).toFixed(1)} ms, whole ${whole.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  return {
    times: [
      { what: `the diagnosis of ${PODS} pods with ${EVENTS} events`, ms: median(full), aimMs: FULL_AIM_MS },
      { what: 'the same, of worlds that are there', ms: median(gathered), aimMs: FULL_AIM_MS },
      { what: 'the diagnosis of one pod', ms: median(alone), aimMs: SINGLE_AIM_MS },
      { what: 'the view of all of them with their rows, when what is on the nodes changed', ms: median(whole), aimMs: FULL_AIM_MS },
      { what: 'the view of all of them, when one pod changed', ms: median(single), aimMs: SINGLE_AIM_MS },
    ],
  };
}

function sourcesOf(pods: ReadonlyMap<string, Pod>, events: ReadonlyMap<string, readonly KubeEvent[]>): WorldSources {
  const connection = { state: 'live', since: new Date().toISOString() } as const;
  const nodes = nodesOf();
  const docker = { images: createTopic<readonly HostImage[] | 'unknown'>(hostImages), state: createTopic<DockerState>({ state: 'connecting', since: connection.since }) };
  const stores: NodeStore[] = nodes.map(({ metadata }) => ({ node: metadata.name ?? '', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }));
  // Nothing is connected: the parts are the real ones, without a server behind them.
  return {
    docker,
    scope: {
      namespace: '', isWide: true, pods: createTopic<LiveTable<Pod>>({ connection, items: pods }),
      events: createTopic<ReadonlyMap<string, readonly KubeEvent[]> | 'unknown'>(events), pullErrors: { of: () => ({}) },
    },
    session: {
      nodes: createTopic<LiveTable<KubeNode>>({ connection, items: new Map(nodes.map((node) => [node.metadata.uid ?? '', node])) }),
      nodeStores: { stores: createTopic<readonly NodeStore[] | 'unknown'>(stores), images: createTopic<{ read: readonly NodeImages[] }>({ read: [] }) },
      owners: openOwners(), access: openAccess(), evidence: openEvidence(docker as never), serverMinor: 20, state: createTopic({ changesAllowed: true }),
    },
  } as unknown as WorldSources;
}

function timed(what: () => void): number {
  const from = performance.now();
  what();
  return performance.now() - from;
}

/** From a change until the view is the next one, without the wait in which the view gathers the changes of one moment. */
async function untilNext(view: { subscribe(listener: () => void): () => void }, change: () => void): Promise<number> {
  const busy = performance.eventLoopUtilization();
  await new Promise<void>((resolve) => {
    const stop = view.subscribe(() => {
      stop();
      resolve();
    });
    change();
  });
  return performance.eventLoopUtilization(busy).active;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}
