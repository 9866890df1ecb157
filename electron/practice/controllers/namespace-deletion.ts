// The end of a namespace: everything in it is deleted, its conditions say what still holds it, and then it is let go.
// kube-controller-manager, pkg/controller/namespace/deletion/namespaced_resources_deleter.go
import { timestamp } from '../clock.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import { storeName, type Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import type { ControllerContext } from './controller-context.ts';

const MANAGER = { manager: 'kube-controller-manager' };

interface Condition {
  type: string;
  status: 'True' | 'False';
  reason: string;
  message: string;
  lastTransitionTime?: string;
}

/** `pods. has 2 resource instances, leases.coordination.k8s.io has 1 resource instances` */
const counted = (left: ReadonlyMap<Kind, readonly KubeObject[]>): string =>
  [...left].map(([{ resource, group }, objects]) => `${resource}.${group} has ${objects.length} resource instances`).join(', ');

/** `example.com/hold in 1 resource instances` */
function finalizersOf(left: ReadonlyMap<Kind, readonly KubeObject[]>): string {
  const counts = new Map<string, number>();
  for (const { metadata } of [...left.values()].flat()) {
    for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  return [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).join(', ');
}

function conditionsOf(left: ReadonlyMap<Kind, readonly KubeObject[]>): Condition[] {
  const finalizers = finalizersOf(left);
  const fine = (type: string, reason: string, message: string): Condition => ({ type, status: 'False', reason, message });
  return [
    fine('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    fine('NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    fine('NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    left.size > 0
      ? { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${counted(left)}` }
      : fine('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'),
    finalizers
      ? {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${finalizers}`,
        }
      : fine('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'),
  ];
}

/** @returns whether the namespace is gone. Asked again with every object that goes, it ends when there are none left. */
export function deleteContent({ store, api, clock, kinds }: ControllerContext, namespace: string): boolean {
  const namespaces = kindOf(kinds, 'namespaces');
  const kept = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete'));
  const objectsOf = (kind: Kind) => store.list(storeName(kind), namespace);
  for (const kind of kept) for (const object of objectsOf(kind)) deleteOne(kind, object);

  function deleteOne(kind: Kind, { metadata }: KubeObject): void {
    // One on its way keeps its time.
    if (metadata.deletionTimestamp) return;
    try {
      api.delete(kind, namespace, metadata.name ?? '', {});
    } catch {
      // It went meanwhile.
    }
  }

  const left = new Map(kept.map((kind) => [kind, objectsOf(kind)] as const).filter(([, objects]) => objects.length > 0));
  if (left.size > 0) {
    const now = timestamp(clock.now());
    api.update(namespaces, 'status', '', namespace, (current) => withConditions(current, conditionsOf(left), now), MANAGER);
    return false;
  }
  const without = (current: KubeObject) => ({
    ...current,
    spec: { ...(current['spec'] as object), finalizers: finalizers(current).filter((finalizer) => finalizer !== 'kubernetes') },
  });
  const current = store.get('namespaces', '', namespace);
  if (!current) return true;
  if (finalizers(current).includes('kubernetes')) api.update(namespaces, 'finalize', '', namespace, without, MANAGER);
  // Somebody's own finalizer may hold it still.
  if (store.get('namespaces', '', namespace)) api.delete(namespaces, '', namespace, {});
  return store.get('namespaces', '', namespace) === undefined;
}

const finalizers = (namespace: KubeObject): string[] => (namespace['spec'] as { finalizers?: string[] } | undefined)?.finalizers ?? [];

function withConditions(namespace: KubeObject, conditions: readonly Condition[], now: string): KubeObject {
  const status = (namespace['status'] ?? {}) as { conditions?: Condition[] };
  const dated = conditions.map((condition) => {
    const old = (status.conditions ?? []).find(({ type }) => type === condition.type);
    const { type, status: value, reason, message } = condition;
    const lastTransitionTime = old?.status === value ? (old.lastTransitionTime ?? now) : now;
    return { type, status: value, lastTransitionTime, reason, message };
  });
  return { ...namespace, status: { ...status, conditions: dated } };
}
