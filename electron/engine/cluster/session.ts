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
import { clusterStateOf } from './cluster-state.ts';
import { createLiveTable, keepLive, type LiveTable } from './live-table.ts';
import { followNodeStores, type NodeStores } from './node-stores.ts';
import { openOwners, type Owners } from './owners.ts';
import { openScope, type Scope } from './scope.ts';

/** A credentials file or plugin that was not there may come: tried again this often, since nothing tells of it. */
const RETRY_OPEN_MS = 5_000;
/** A credentials plugin may take this long; the client's own limit is shorter. */
const OPEN_MS = 45_000;

export interface ClusterSession {
  readonly context: string;
  readonly state: Topic<ClusterState>;
  readonly nodes: Topic<LiveTable<KubeNode>>;
  readonly nodeStores: NodeStores;
  readonly owners: Owners;
  readonly changesAllowed: Topic<boolean>;
  /** All namespaces where that is allowed, else the one asked for. Waits until it is known which. */
  scope(namespace: string, signal: AbortSignal): Promise<Scope>;
  /** The connection, once it is open. @throws the Failure for which there is none. */
  client(signal?: AbortSignal): Promise<ClusterConnection>;
  /** @throws Failure CHANGES_LOCKED on a cluster that is not local, until they were allowed. */
  requireChanges(): void;
  /** Takes a changed kubeconfig: connects anew with its credentials. */
  reconnect(kubeconfig: Kubeconfig): void;
  close(): Promise<void>;
}

export function openSession(context: string, kubeconfig: Kubeconfig, docker: Docker): ClusterSession {
  const life = new AbortController();
  const nodes = createLiveTable<KubeNode>();
  const namespaces = createLiveTable<KubeObject>();
  const version = createTopic<string | undefined>(undefined);
  const problem = createTopic<FailureData | undefined>(undefined);
  const isLocal = () => current.contexts.find(({ name }) => name === context)?.isLocal ?? false;
  const changesAllowed = createTopic(false);
  const all = openScope('');
  const scopes = new Map<string, Scope>([['', all]]);
  const owners = openOwners();
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
    state,
    nodes,
    nodeStores,
    owners,
    changesAllowed,
    async scope(namespace, signal) {
      if (namespace === '') return all;
      const answered = await waitFor(all.pods, ({ connection: c, items }) => items !== 'unknown' || c.state !== 'connecting', signal);
      if (answered.connection.state !== 'forbidden') return all;
      const known = scopes.get(namespace);
      if (known) return known;
      const scope = openScope(namespace);
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
      if (!isLocal() && !changesAllowed.value) throw new Failure('CHANGES_LOCKED', { context }, 'this cluster is not on this computer');
    },
    reconnect(next) {
      current = next;
      generation.abort();
      generation = new AbortController();
      void opened.value?.[Symbol.asyncDispose]();
      opened.set(undefined);
      version.set(undefined);
      void start();
    },
    async close() {
      for (const stop of updates) stop();
      generation.abort();
      life.abort();
      await opened.value?.[Symbol.asyncDispose]();
    },
  };
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
