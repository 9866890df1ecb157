// The workloads of a namespace and the events about everything but pods, live while somebody looks at them.
import type { KubeEvent, KubeObject } from '../../../shared/kubernetes/objects.ts';
import { apiGroup, isWorkloadKind, WORKLOAD_KINDS } from '../../../shared/kubernetes/workload-kinds.ts';
import { systemClock } from '../../clients/cluster/clock.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { discover, type ApiResource } from '../../clients/cluster/discovery.ts';
import { openAnswers, type Answers } from '../evidence/answers.ts';
import { openShared } from '../shared.ts';
import { createTopic, type Topic } from '../topic.ts';
import { createLiveTable, keepLive, notConnected, type LiveTable } from './live-table.ts';

export interface WorkloadLists {
  /** By uid, of all kinds whose lists are known. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Kinds that the server has and whose lists are not known (any more): nothing follows from their absence. */
  readonly unread: readonly string[];
  /** By the uid of what they are about. */
  readonly events: ReadonlyMap<string, readonly KubeEvent[]> | 'unknown';
}

export interface Workloads {
  /** What is read on demand about one of them. */
  readonly answers: Answers;
  /** Live until it is disposed of; '' is all namespaces. */
  follow(namespace: string): Disposable & { readonly lists: Topic<WorkloadLists> };
  /** Reads over this connection from now on; of another nothing is known any more. */
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
}

/** A server that could not say what it has is asked again this often, since nothing tells of it. */
const DISCOVER_AGAIN_MS = 5_000;

interface Followed {
  readonly lists: Topic<WorkloadLists>;
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
  close(): void;
}

export function openWorkloads(): Workloads {
  const answers = openAnswers();
  const followed = openShared<string, Followed>((one) => one.close());
  let link: { readonly connection: ClusterConnection | undefined; readonly signal: AbortSignal } = { connection: undefined, signal: AbortSignal.abort() };
  return {
    answers,
    follow(namespace) {
      const { value, [Symbol.dispose]: release } = followed.hold(namespace, () => {
        const one = openLists(namespace);
        one.connect(link.connection, link.signal);
        return one;
      });
      return { lists: value.lists, [Symbol.dispose]: release };
    },
    connect(connection, signal) {
      link = { connection, signal };
      answers.connect(connection, signal);
      for (const one of followed.values()) one.connect(connection, signal);
    },
  };
}

const NOTHING: WorkloadLists = { objects: new Map(), unread: [...WORKLOAD_KINDS], events: 'unknown' };

function openLists(namespace: string): Followed {
  const lists = createTopic<WorkloadLists>(NOTHING);
  const events = createLiveTable<KubeEvent>();
  /** By kind; a kind that the server does not have is not in it. Undefined until the server has said which it has. */
  let tables: ReadonlyMap<string, Topic<LiveTable<KubeObject>>> | undefined;
  let byUid: WorkloadLists['events'] = 'unknown';
  let reading = new AbortController();

  const collect = () => {
    if (!tables) return lists.set({ ...NOTHING, events: byUid });
    const objects = new Map<string, KubeObject>();
    const unread: string[] = [];
    for (const [kind, { value: { items, connection } }] of tables) {
      if (items === 'unknown' || connection.state === 'forbidden') unread.push(kind);
      else for (const [uid, object] of items) objects.set(uid, object);
    }
    lists.set({ objects, unread, events: byUid });
  };
  events.subscribe(({ items }) => {
    byUid = items === 'unknown' ? items : Map.groupBy(items.values(), ({ involvedObject }) => involvedObject.uid ?? '');
    collect();
  });

  const start = async (connection: ClusterConnection, signal: AbortSignal) => {
    const space = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    // Pods have their own; those of nodes are of no namespace that anybody looks at.
    keepLive(events, { connection, path: `/api/v1${space}/events`, fieldSelector: 'involvedObject.kind!=Pod,involvedObject.kind!=Node', signal });
    let served = await servedKinds(connection);
    while (!served && !signal.aborted) {
      await systemClock.sleep(DISCOVER_AGAIN_MS, signal);
      served = await servedKinds(connection);
    }
    if (!served || signal.aborted) return;
    const paths = served.map(({ kind, groupVersion, name }) => ({ kind, table: createLiveTable<KubeObject>(), path: `/apis/${groupVersion}${space}/${name}` }));
    tables = new Map(paths.map(({ kind, table }) => [kind, table]));
    for (const { table, path } of paths) {
      table.subscribe(collect);
      keepLive(table, { connection, path, signal });
    }
    collect();
  };
  return {
    lists,
    connect(connection, signal) {
      reading.abort();
      reading = new AbortController();
      tables = undefined;
      events.set(notConnected(new Date()));
      if (connection) void start(connection, AbortSignal.any([reading.signal, signal]));
    },
    close: () => reading.abort(),
  };
}

/** The resource of each kind in the version that the server prefers. Undefined where it does not say what it has. */
async function servedKinds(connection: ClusterConnection): Promise<ApiResource[] | undefined> {
  const discovered = await discover(connection).catch(() => undefined);
  if (!discovered) return undefined;
  return WORKLOAD_KINDS.flatMap((kind) => discovered.resources.find((each) =>
    each.kind === kind && !each.name.includes('/') && apiGroup(each.groupVersion) !== '' && isWorkloadKind({ apiVersion: each.groupVersion, kind })) ?? []);
}
