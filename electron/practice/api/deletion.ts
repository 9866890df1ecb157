// What a DELETE does to an object: gone at once, on its way with a grace period, or kept by finalizers. apiserver, pkg/registry/rest/delete.go
// and Store.Delete of pkg/registry/generic/registry/store.go. What is to become of dependents is a finalizer, for the garbage collector.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
import { timestamp } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject, ObjectMeta } from '../objects.ts';
import { conflict } from './api-error.ts';
import { inOrder } from './metadata-rules.ts';
import type { DeleteOptions } from './objects-api.ts';

export type Deletion =
  /** It is on its way already and nothing gets faster. */
  | { readonly step: 'none' }
  /** Stored in this form; with `remove`, removed right after, so that watchers see both. */
  | { readonly step: 'mark'; readonly object: KubeObject; readonly remove: boolean }
  | { readonly step: 'remove' };

const FINALIZER: Readonly<Record<string, string>> = { Orphan: 'orphan', Foreground: 'foregroundDeletion' };

/** registry/store.go deletionFinalizersForGarbageCollection: a policy that is said takes the place of one that was said before. */
function withPolicy(object: KubeObject, policy: string | undefined): KubeObject {
  if (policy === undefined) return object;
  const { finalizers = [], ...metadata } = object.metadata;
  const wanted = FINALIZER[policy];
  const kept = [...finalizers.filter((finalizer) => !Object.values(FINALIZER).includes(finalizer)), ...(wanted ? [wanted] : [])];
  return { ...object, metadata: { ...metadata, ...(kept.length > 0 ? { finalizers: kept } : {}) } };
}

export function planDeletion(kind: Pick<Kind, 'group' | 'resource' | 'grace'>, stored: KubeObject, options: DeleteOptions, now: Date): Deletion {
  const current = withPolicy(stored, options.propagationPolicy);
  const { metadata } = current;
  const kept = (metadata.finalizers ?? []).length > 0;
  if (kind.group === '' && kind.resource === 'namespaces') return planNamespace(current, kept, now);
  if (kind.grace) {
    const present = metadata.deletionGracePeriodSeconds;
    if (metadata.deletionTimestamp && present !== undefined) {
      const asked = options.gracePeriodSeconds;
      if (asked === undefined || asked >= present) return { step: 'none' };
      const begun = Date.parse(metadata.deletionTimestamp) - present * 1000;
      return mark(current, new Date(begun + asked * 1000), asked, kept);
    }
    if (!metadata.deletionTimestamp) {
      const seconds = kind.grace(current, options.gracePeriodSeconds);
      return mark(bumped(current), new Date(now.getTime() + seconds * 1000), seconds, kept);
    }
  }
  if (!kept) return { step: 'remove' };
  if (metadata.deletionTimestamp) return { step: 'none' };
  return mark(bumped(current), now, 0, kept);
}

function mark(object: KubeObject, at: Date, seconds: number, kept: boolean): Deletion {
  const metadata: ObjectMeta = { ...object.metadata, deletionTimestamp: timestamp(at), deletionGracePeriodSeconds: seconds };
  return { step: 'mark', object: inOrder({ ...object, metadata }), remove: seconds === 0 && !kept };
}

const bumped = (object: KubeObject): KubeObject =>
  object.metadata.generation ? { ...object, metadata: { ...object.metadata, generation: object.metadata.generation + 1 } } : object;

/** A namespace stays Terminating until spec.finalizers is empty: kubernetes, pkg/registry/core/namespace/storage/storage.go. */
function planNamespace(current: KubeObject, kept: boolean, now: Date): Deletion {
  const { metadata } = current;
  if (!metadata.deletionTimestamp) {
    const status = { ...(current['status'] as Record<string, unknown> | undefined), phase: 'Terminating' };
    return { step: 'mark', object: inOrder({ ...current, metadata: { ...metadata, deletionTimestamp: timestamp(now) }, status }), remove: false };
  }
  const finalizers = (current['spec'] as { finalizers?: string[] } | undefined)?.finalizers ?? [];
  return finalizers.length > 0 || kept ? { step: 'none' } : { step: 'remove' };
}

/** @throws ApiError Conflict when the object is not the one that was meant. */
export function checkPreconditions(kind: Pick<Kind, 'group' | 'kind'>, current: KubeObject, { uid, resourceVersion }: NonNullable<DeleteOptions['preconditions']>): void {
  const name = current.metadata.name ?? '';
  // The real message has the kind where it means the resource.
  const resource = { group: kind.group, name: kind.kind };
  if (uid !== undefined && uid !== current.metadata.uid) {
    const why =
      `the UID in the precondition (${uid}) does not match the UID in record (${current.metadata.uid}). ` +
      'The object might have been deleted and then recreated';
    throw conflict(resource, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
      `(${current.metadata.resourceVersion}). The object might have been modified`;
    throw conflict(resource, name, why);
  }
}

/** Whether a write to an object on its way is its end: the last finalizer went, and no grace period keeps it. */
export const endsWithUpdate = ({ metadata }: KubeObject, { metadata: old }: KubeObject): boolean =>
  old.deletionGracePeriodSeconds === 0 && (metadata.finalizers ?? []).length === 0;
