// One cluster while somebody watches it: its connection, namespaces, nodes, pods and events, and the nodes' image stores.
import type { ClusterState, ConnectionState } from '../../../shared/contract/environment.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import type { KubeNode, KubeObject } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { openConnection, type ClusterConnection } from '../../clients/cluster/connection.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import { serverVersion } from '../../clients/cluster/pods-api.ts';
import type { Docker } from '../docker.ts';
import { createTopic, waitFor, type Topic } from '../topic.ts';
import { openMemories, openPresentMemory, type Memories, type PresentMemory } from '../events/memories.ts';
import { openEvidence, type Evidence } from '../evidence/evidence.ts';
import { openAccess, type Access } from './access.ts';
import { clusterStateOf } from './cluster-state.ts';
import { clusterOf, connectionEntries } from './context-entries.ts';
import { openKindLists, type KindLists } from './kind-lists.ts';
import { createLiveTable, keepLive, notConnected, type LiveTable } from './live-table.ts';
import { openNamespaceScope } from './namespace-scope.ts';
import { followNodeStores, type NodeStores } from './node-stores.ts';
import { openOwners, type Owners } from './owners.ts';
import type { Permissions } from './permissions.ts';
import { openScope, type Scope } from './scope.ts';
import { openWorkloads, type Workloads } from './workload-lists.ts';

/** A credentials file or plugin that was not there may come: tried again this often, since nothing tells of it. */
const RETRY_OPEN_MS = 5_000;
/** A credentials plugin may take this long; the client's own limit is shorter. */
const OPEN_MS = 45_000;

export interface ClusterSession {
  readonly context: string;
  /** The URL of the context's server as the kubeconfig has it now, '' where it has none: a change that runs long can see that it is still the one it began with. */
  readonly server: string;
  readonly state: Topic<ClusterState>;
  readonly nodes: Topic<LiveTable<KubeNode>>;
  readonly nodeStores: NodeStores;
  readonly owners: Owners;
  /** What the server lets this user do. */
  readonly access: Access;
  /** What is read only for pods that are not well. */
  readonly evidence: Evidence;
  /** What makes pods, read while somebody looks at it. */
  readonly workloads: Workloads;
  /** The events of this cluster, and of what was made by what, since Podlab runs. */
  readonly remembered: Pick<PresentMemory, 'present' | 'changed'>;
  /** Services and workloads that somebody reaches pods through. */
  readonly kinds: KindLists;
  /** Minor version of the server, 20 for v1.20.2; undefined until it said. */
  readonly serverMinor: number | undefined;
  /** Setting it holds for this context with this server until Podlab ends; another server under the same name has its own. */
  readonly changesAllowed: Topic<boolean>;
  /**
   * The pods and events of all namespaces where that is allowed, else of the one asked for; the scope changes its source when that changes. Waits
   * for the server's first answer, or for a reason why there is none.
   */
  scope(namespace: string, signal: AbortSignal): Promise<Scope>;
  /** The connection, once it is open. @throws the Failure for which there is none. */
  client(signal?: AbortSignal): Promise<ClusterConnection>;
  /** @throws Failure CHANGES_LOCKED on a cluster that is not local, until they were allowed. */
  requireChanges(): void;
  /** Takes a changed kubeconfig. Connects anew where the cluster's or the user's entry changed, and forgets all of a cluster that is another now. */
  take(kubeconfig: Kubeconfig): void;
  close(): Promise<void>;
}

/** @param memories what is to be kept for longer than the session. */
export function openSession(context: string, kubeconfig: Kubeconfig, docker: Docker, permissions: Permissions, memories: Memories = openMemories()): ClusterSession {
  const life = new AbortController();
  const left = new Failure('CONTEXT_NOT_FOUND', { context }, 'Podlab has left this cluster').toData();
  const nodes = createLiveTable<KubeNode>();
  const namespaces = createLiveTable<KubeObject>();
  const version = createTopic<string | undefined>(undefined);
  const problem = createTopic<FailureData | undefined>(undefined);
  const isLocal = () => current.contexts.find(({ name }) => name === context)?.isLocal ?? false;
  /** Which cluster the tables show. A context that is gone for a moment, while its file is written, leaves it as it was. */
  let cluster = clusterOf(kubeconfig, context);
  const changesAllowed = createTopic(permissions.has(context, cluster));
  changesAllowed.subscribe((allowed) => permissions.set(context, clusterOf(current, context), allowed));
  const remembered = openPresentMemory(memories, cluster);
  const all = openScope('', () => remembered.present);
  const scopes = new Map<string, Scope>([['', all]]);
  const owners = openOwners();
  const access = openAccess();
  const evidence = openEvidence(docker);
  const workloads = openWorkloads();
  const kinds = openKindLists();
  const nodeStores = followNodeStores(docker, nodes, all.pods, life.signal);
  let current = kubeconfig;
  const opened = createTopic<ClusterConnection | undefined>(undefined);
  let generation = new AbortController();

  const connectAll = (client: ClusterConnection) => {
    const { signal } = generation;
    keepLive(nodes, { connection: client, path: '/api/v1/nodes', signal });
    keepLive(namespaces, { connection: client, path: '/api/v1/namespaces', signal });
    for (const scope of scopes.values()) scope.connect(client, signal);
    owners.connect(client);
    access.connect(client, signal);
    evidence.connect(client, signal);
    workloads.connect(client, signal);
    kinds.connect(client, signal);
  };
  const start = async () => {
    const { signal } = generation;
    try {
      const client = await openConnection(current, context);
      if (signal.aborted) return void (await client[Symbol.asyncDispose]());
      problem.set(undefined);
      opened.set(client);
      connectAll(client);
    } catch (error) {
      if (signal.aborted) return;
      problem.set((failureOf(error) ?? new Failure('CLUSTER_UNREACHABLE', { context, server: '' }, error)).toData());
      const timer = setTimeout(() => void start(), RETRY_OPEN_MS);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }
  };
  // The version is asked for whenever the connection became live: a cluster may come back as another one.
  all.pods.subscribe(({ connection: { state } }) => {
    if (state !== 'live' || !opened.value || version.value !== undefined) return;
    serverVersion(opened.value, generation.signal).then(
      (answer) => version.set(answer.gitVersion),
      () => {}, // The version is shown when it is known; the pods tell whether the server answers.
    );
  });

  const state = createTopic<ClusterState>(describe());
  function describe(): ClusterState {
    return clusterStateOf({
      context,
      isLocal: isLocal(),
      changesAllowed: isLocal() || changesAllowed.value,
      connection: connectionOf(all.pods.value.connection, namespaces.value.connection, problem.value),
      serverVersion: version.value,
      namespaces: namespaces.value,
      defaultNamespace: current.contexts.find(({ name }) => name === context)?.namespace ?? 'default',
      nodes: nodes.value,
      stores: nodeStores.stores.value,
      images: nodeStores.images.value,
    });
  }
  const update = () => state.set(describe());
  const updates = [all.pods, namespaces, version, problem, nodes, nodeStores.stores, nodeStores.images, changesAllowed].map((topic) =>
    (topic as Topic<unknown>).subscribe(update),
  );
  void start();

  return {
    context,
    get server() {
      return current.contexts.find(({ name }) => name === context)?.server ?? '';
    },
    state,
    nodes,
    nodeStores,
    owners,
    access,
    evidence,
    workloads,
    remembered,
    kinds,
    get serverMinor() {
      return minorOf(version.value);
    },
    changesAllowed,
    async scope(namespace, signal) {
      if (namespace === '') return all;
      await waitFor(state, ({ connection: c }) => c.state !== 'connecting' || all.pods.value.items !== 'unknown', signal);
      const known = scopes.get(namespace);
      if (known) return known;
      const scope = openNamespaceScope(namespace, all, () => remembered.present);
      scopes.set(namespace, scope);
      if (opened.value) scope.connect(opened.value, generation.signal);
      return scope;
    },
    async client(signal = AbortSignal.timeout(OPEN_MS)) {
      await waitFor(opened, (value) => value !== undefined || problem.value !== undefined, signal);
      if (opened.value) return opened.value;
      throw Failure.ofData(problem.value ?? { code: 'CLUSTER_UNREACHABLE', params: { context, server: '' }, cause: 'not connected' });
    },
    requireChanges() {
      if (life.signal.aborted) throw Failure.ofData(left);
      if (!isLocal() && !changesAllowed.value) throw new Failure('CHANGES_LOCKED', { context }, 'this cluster is not on this computer');
    },
    take(next) {
      const same = connectionEntries(next, context) === connectionEntries(current, context);
      current = next;
      if (same) return update(); // a context's own namespace is no reason to cut what goes over the connection
      const other = clusterOf(next, context);
      changesAllowed.set(permissions.has(context, other));
      generation.abort();
      generation = new AbortController();
      void opened.value?.[Symbol.asyncDispose]();
      opened.set(undefined);
      version.set(undefined);
      problem.set(undefined);
      access.connect(undefined, generation.signal);
      evidence.connect(undefined, generation.signal);
      workloads.connect(undefined, generation.signal);
      kinds.connect(undefined, generation.signal);
      if (other !== '' && other !== cluster) {
        cluster = other;
        remembered.turnTo(cluster);
        nodes.set({ ...notConnected(new Date()), items: new Map() }); // closes what hangs on each node
        nodes.set(notConnected(new Date()));
        nodeStores.stores.set('unknown');
        namespaces.set(notConnected(new Date()));
        for (const scope of scopes.values()) scope.forget();
      }
      update();
      void start();
    },
    async close() {
      for (const stop of updates) stop();
      generation.abort();
      life.abort();
      remembered[Symbol.dispose]();
      const client = opened.value;
      // Whoever still holds it learns that there will be no answer, rather than asking again and again.
      problem.set(left);
      opened.set(undefined);
      evidence.connect(undefined, life.signal);
      workloads.connect(undefined, life.signal);
      kinds.connect(undefined, life.signal);
      await client?.[Symbol.asyncDispose]();
    },
  };
}

/** `v1.20.2`, `v1.31.0-eks-1`: what the server calls itself (`minor` may be `20+`). */
function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/**
 * One word for the whole connection. A person who may not list all pods, but may list namespaces, is connected: the pods of each
 * namespace have their own state.
 */
function connectionOf(pods: ConnectionState, namespaces: ConnectionState, problem: FailureData | undefined): ConnectionState {
  if (problem) return { state: 'disconnected', since: pods.since, cause: problem };
  if (pods.state === 'forbidden' && namespaces.state === 'live') return namespaces;
  return pods;
}
