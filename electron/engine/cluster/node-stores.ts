// The image store of each node of one cluster: which kind it is, and which images it has, kept true while the cluster is watched.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import type { KubeNode, Pod } from '../../../shared/kubernetes/objects.ts';
import { findStores, type FoundStore } from '../../clients/nodes/find-stores.ts';
import type { NodeImageStore } from '../../clients/nodes/node-image-store.ts';
import { openNodeImageStore } from '../../clients/nodes/open-store.ts';
import { watchNodeImages } from '../../clients/nodes/watch.ts';
import type { Docker } from '../docker.ts';
import { createTopic, type Topic } from '../topic.ts';
import type { LiveTable } from './live-table.ts';

export interface NodeStores {
  readonly stores: Topic<readonly FoundStore[] | 'unknown'>;
  /** The nodes whose images could be read, and why others could not. */
  readonly images: Topic<{ readonly read: readonly NodeImages[]; readonly problems: ReadonlyMap<string, FailureData> }>;
  /** The nodes that images can be loaded into. */
  loadable(): readonly NodeImageStore[];
  /** Reads every node's images now. */
  refresh(): Promise<void>;
}

interface OpenStore {
  readonly kindOf: string;
  readonly store: NodeImageStore;
  readonly watch: ReturnType<typeof watchNodeImages>;
}

/** Follows the nodes until the signal aborts. */
export function followNodeStores(
  docker: Docker,
  nodes: Topic<LiveTable<KubeNode>>,
  pods: Topic<LiveTable<Pod>>,
  signal: AbortSignal,
): NodeStores {
  const stores = createTopic<readonly FoundStore[] | 'unknown'>('unknown');
  const images = createTopic<{ read: readonly NodeImages[]; problems: ReadonlyMap<string, FailureData> }>({ read: [], problems: new Map() });
  const open = new Map<string, OpenStore>();

  const close = (node: string) => {
    const store = open.get(node);
    open.delete(node);
    void store?.watch[Symbol.asyncDispose]();
    const problems = new Map(images.value.problems);
    problems.delete(node);
    images.set({ read: images.value.read.filter((list) => list.node !== node), problems });
  };
  const nodeOf = (name: string): KubeNode => {
    const items = nodes.value.items;
    const node = items === 'unknown' ? undefined : [...items.values()].find((item) => item.metadata.name === name);
    return node ?? { metadata: { name } };
  };
  /** What a store is opened by. A container that stops or starts again makes it another: it is read at once then, not when its events are missed. */
  const kindOf = ({ node, kind, container, sharesDocker, byMinikubeCli }: FoundStore): string => {
    const containers = docker.containers.value;
    const state = containers === 'unknown' ? '' : containers.find(({ id }) => id === container)?.state;
    return JSON.stringify([kind, container, sharesDocker, byMinikubeCli, state, nodeOf(node).status?.nodeInfo?.containerRuntimeVersion]);
  };
  const openOne = (found: FoundStore) => {
    const now = open.get(found.node);
    if (now?.kindOf === kindOf(found)) return;
    if (now) close(found.node);
    const store = openNodeImageStore(found, { connection: docker.connection, node: () => nodeOf(found.node) });
    const watch = watchNodeImages(store, {
      signal,
      onImages(list) {
        const problems = new Map(images.value.problems);
        problems.delete(found.node);
        images.set({ read: [...images.value.read.filter((other) => other.node !== found.node), list], problems });
      },
      onFailure(failure) {
        // What could not be read is unknown, not what it was.
        images.set({
          read: images.value.read.filter((other) => other.node !== found.node),
          problems: new Map(images.value.problems).set(found.node, failure.toData()),
        });
      },
    });
    open.set(found.node, { kindOf: kindOf(found), store, watch });
  };
  const measure = () => {
    const { items } = nodes.value;
    if (items === 'unknown' || signal.aborted) return;
    const podItems = pods.value.items;
    const found = findStores({
      nodes: [...items.values()],
      pods: podItems === 'unknown' ? [] : [...podItems.values()],
      containers: docker.containers.value,
      hostImages: docker.images.value,
      docker: { state: docker.state.value.state, ...(docker.state.value.version ? { version: docker.state.value.version } : {}) },
      now: new Date(),
    });
    if (JSON.stringify(found) !== JSON.stringify(stores.value)) stores.set(found);
    for (const node of open.keys()) if (!found.some((store) => store.node === node)) close(node);
    for (const store of found) openOne(store);
  };
  const stops = [nodes, pods, docker.containers, docker.images, docker.state].map((topic) => topic.subscribe(measure));
  signal.addEventListener('abort', () => {
    for (const stop of stops) stop();
    for (const node of [...open.keys()]) close(node);
  });
  measure();
  return {
    stores,
    images,
    loadable: () => [...open.values()].map(({ store }) => store).filter((store) => store.load !== undefined),
    async refresh() {
      await Promise.all([...open.values()].map(({ watch }) => watch.refresh()));
    },
  };
}
