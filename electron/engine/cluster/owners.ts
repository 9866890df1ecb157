// The owners of a pod up to the root (ReplicaSet, then Deployment), read once each and again when the pod's view is older than a while.
import type { KubeObject, ObjectMeta, OwnerReference } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { discover } from '../../clients/cluster/discovery.ts';
import { createTopic, type Topic } from '../topic.ts';

/** An owner's template seldom changes; a pod's origin of policy may be this old. */
const FRESH_MS = 30_000;

export interface Owners {
  /** From the controller to the root; [] for a bare pod; 'unknown' until it was read (`changed` tells) or when it cannot be. */
  of(object: { metadata: ObjectMeta }): readonly KubeObject[] | 'unknown';
  /** Counts up whenever an owner turned out to be another than was known. */
  readonly changed: Topic<number>;
  connect(connection: ClusterConnection): void;
}

export function controllerOf(object: { metadata: ObjectMeta }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function openOwners(): Owners {
  const known = new Map<string, { object: KubeObject | 'unknown'; at: number }>();
  const reading = new Set<string>();
  const changed = createTopic(0);
  let client: ClusterConnection | undefined;

  const read = async (reference: OwnerReference, namespace: string) => {
    if (!client || reading.has(reference.uid)) return;
    reading.add(reference.uid);
    const { connection, path } = await ownerPath(client, reference, namespace);
    const object = path ? await connection.request<KubeObject>({ path }).then(({ json }) => json, () => 'unknown' as const) : 'unknown';
    const next = object !== 'unknown' && object.metadata.uid === reference.uid ? object : 'unknown';
    const before = known.get(reference.uid)?.object;
    // One that is as it was stays the same object, so that nobody looks at its pods anew.
    const isSame = before !== undefined && (before === next || (before !== 'unknown' && next !== 'unknown' && isUnchanged(before, next)));
    known.set(reference.uid, { object: isSame ? before : next, at: Date.now() });
    reading.delete(reference.uid);
    if (!isSame) changed.set(changed.value + 1);
  };
  return {
    changed,
    connect: (connection) => {
      client = connection;
    },
    of(object) {
      const chain: KubeObject[] = [];
      const seen = new Set([object.metadata.uid]);
      let at: { metadata: ObjectMeta } = object;
      for (let controller = controllerOf(at); controller; controller = controllerOf(at)) {
        // The API server does not check references: one may lead back to itself, and then there is no root.
        if (seen.has(controller.uid)) break;
        seen.add(controller.uid);
        const entry = known.get(controller.uid);
        if (!entry || Date.now() - entry.at > FRESH_MS) void read(controller, object.metadata.namespace ?? '');
        if (!entry || entry.object === 'unknown') return 'unknown';
        chain.push(entry.object);
        at = entry.object;
      }
      return chain;
    },
  };
}

/** What the server counts, and nothing where it does not. */
function isUnchanged({ metadata: before }: KubeObject, { metadata: next }: KubeObject): boolean {
  return before.resourceVersion !== undefined && before.resourceVersion === next.resourceVersion;
}

/** Kinds are found by discovery: what a kind's path is differs between servers and is never guessed. */
async function ownerPath(connection: ClusterConnection, { apiVersion = 'v1', kind, name }: OwnerReference, namespace: string) {
  const discovered = await discover(connection).catch(() => undefined);
  const resource = discovered?.resources.find((r) => r.groupVersion === apiVersion && r.kind === kind && !r.name.includes('/'));
  if (!resource) return { connection, path: undefined };
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const space = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return { connection, path: `${base}${space}/${resource.name}/${encodeURIComponent(name)}` };
}
