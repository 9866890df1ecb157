// The pods whose logs a view shows: one by its name, or all of a workload, those that come later too.
import { Failure } from '../../../shared/contract/failures.ts';
import type { LogTarget } from '../../../shared/contract/logs.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { controllerOf, type Owners } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Scope } from '../cluster/scope.ts';
import { waitFor } from '../topic.ts';

export interface LogPods {
  /** The oldest first; 'unknown' while the pods were not read, or may not be. */
  list(): readonly Pod[] | 'unknown';
  /** As the server has it now; undefined where it is gone. Fails as `connection.request`. */
  read(name: string, uid: string, signal: AbortSignal): Promise<Pod | undefined>;
  /** Resolves when the pod is another one than was seen, or is gone. */
  change(uid: string, seen: Pod | undefined, signal: AbortSignal): Promise<void>;
  /** Hears of everything that may change the list. */
  subscribe(listener: () => void): () => void;
}

const FIRST_MS = 10_000;
const UNTOLD_MS = 2_000;
const BEHIND_MS = 200;

/**
 * Waits for the first list.
 * @throws Failure POD_GONE where there is no such pod; NOT_ALLOWED where neither it nor the list may be read
 */
export async function logPods(session: ClusterSession, namespace: string, target: LogTarget, signal: AbortSignal): Promise<LogPods> {
  const scope = await session.scope(namespace, signal);
  await waitFor(scope.pods, ({ items, connection }) => items !== 'unknown' || !['connecting', 'live'].includes(connection.state), AbortSignal.any([signal, AbortSignal.timeout(FIRST_MS)]))
    .catch(() => signal.throwIfAborted());
  const read = async (name: string, uid: string, until: AbortSignal): Promise<Pod | undefined> => {
    const client = await session.client(until);
    try {
      const { json } = await client.request<Pod>({ path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`, signal: until });
      return uid === '' || json.metadata.uid === uid ? json : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  };
  // Who may not list pods can still name one.
  let alone: Pod | undefined;
  if (target.of === 'pod' && !known(scope, namespace)?.some(({ metadata }) => metadata.name === target.name)) {
    alone = await read(target.name, '', signal);
    if (!alone) throw new Failure('POD_GONE', { pod: target.name }, `pods "${target.name}" not found`);
  } else if (target.of === 'workload' && !known(scope, namespace)) {
    const { cause, state } = scope.pods.value.connection;
    throw cause ? Failure.ofData(cause) : new Failure('CLUSTER_UNREACHABLE', { context: session.context, server: session.server }, state);
  }
  return {
    list() {
      const pods = known(scope, namespace);
      if (!pods) return alone ? [alone] : 'unknown';
      const ours = pods.filter((pod) => (target.of === 'pod' ? pod.metadata.name === target.name : isOf(session.owners, pod, target)));
      // The list may be a moment behind what was read by name.
      if (alone && ours.length > 0) alone = undefined;
      return alone ? [alone] : ours.toSorted(byAge);
    },
    read,
    async change(uid, seen, until) {
      const { items: before } = scope.pods.value;
      const isOther = () => scope.pods.value.items !== 'unknown' && version(scope.pods.value.items.get(uid)) !== version(seen);
      // Nothing tells of a pod where the list may not be read; and the list may be behind what was read by name.
      if (before === 'unknown' || isOther()) await new Promise((resolve) => setTimeout(resolve, before === 'unknown' ? UNTOLD_MS : BEHIND_MS));
      else await waitFor(scope.pods, isOther, until);
      until.throwIfAborted();
    },
    subscribe(listener) {
      const stops = [scope.pods.subscribe(listener), session.owners.changed.subscribe(listener)];
      return () => { for (const stop of stops) stop(); };
    },
  };
}

const version = (pod: Pod | undefined) => pod?.metadata.resourceVersion;

function known({ pods: { value } }: Scope, namespace: string): Pod[] | undefined {
  return value.items === 'unknown' ? undefined : [...value.items.values()].filter(({ metadata }) => metadata.namespace === namespace);
}

function isOf(owners: Owners, pod: Pod, { kind, name }: { readonly kind: string; readonly name: string }): boolean {
  const controller = controllerOf(pod);
  if (!controller) return false;
  if (controller.kind === kind && controller.name === name) return true;
  // A Deployment's ReplicaSet is named after it and the hash of its template (pkg/controller/deployment/sync.go): known before the owners are read.
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (kind === 'Deployment' && controller.kind === 'ReplicaSet' && hash !== undefined && controller.name === `${name}-${hash}`) return true;
  const chain = owners.of(pod);
  return chain !== 'unknown' && chain.some((owner) => owner.kind === kind && owner.metadata.name === name);
}

function byAge({ metadata: a }: Pod, { metadata: b }: Pod): number {
  const [first, second] = [a.creationTimestamp ?? '', b.creationTimestamp ?? ''];
  return first === second ? ((a.name ?? '') < (b.name ?? '') ? -1 : 1) : first < second ? -1 : 1;
}
