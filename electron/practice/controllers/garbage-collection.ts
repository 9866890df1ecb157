// Objects end with the last of their owners, or are let go by it: kube-controller-manager, pkg/controller/garbagecollector.
// https://kubernetes.io/docs/concepts/architecture/garbage-collection/
// An owner of a kind that is not served here is taken to be there: nothing of its is deleted.
import { storeName, type Kind } from '../kinds/kind.ts';
import type { KubeObject, OwnerReference } from '../objects.ts';
import type { Change } from '../store/store.ts';
import { coalesced, type ControllerContext } from './controller-context.ts';

const MANAGER = { manager: 'kube-controller-manager' };
/** An object keeps its dependents: it waits until none names it any more. */
const ORPHAN = 'orphan';
/** An object waits until its dependents are gone. */
const FOREGROUND = 'foregroundDeletion';

interface Place {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export function startGarbageCollection(cluster: ControllerContext): Disposable {
  const { store, api, kinds } = cluster;
  const collected = kinds.filter(({ verbs }) => verbs.includes('delete') && verbs.includes('watch'));
  /** By uid: every object that there is. */
  const present = new Map<string, Place>();
  /** By the uid of an owner: the uids of what names it. */
  const dependents = new Map<string, Set<string>>();
  const dirty = new Set<string>();
  const turn = coalesced(cluster, () => {
    const uids = [...dirty];
    dirty.clear();
    for (const uid of uids) attempt(uid);
  });
  const ask = (uid: string) => {
    dirty.add(uid);
    turn.ask();
  };

  const ownersOf = (object: KubeObject | undefined): readonly OwnerReference[] => object?.metadata.ownerReferences ?? [];
  const objectOf = ({ kind, namespace, name }: Place) => store.get(storeName(kind), namespace, name);
  const isServed = ({ apiVersion, kind }: OwnerReference) =>
    collected.some((served) => served.kind === kind && apiVersion === (served.group ? `${served.group}/${served.version}` : served.version));
  const isThere = (owner: OwnerReference) => present.has(owner.uid) || !isServed(owner);

  function note(kind: Kind, { type, object, previous }: Pick<Change, 'type' | 'object' | 'previous'>): void {
    const { uid = '', namespace = '', name = '', finalizers = [], deletionTimestamp } = object.metadata;
    for (const owner of ownersOf(previous)) {
      dependents.get(owner.uid)?.delete(uid);
      if (dependents.get(owner.uid)?.size === 0) dependents.delete(owner.uid);
    }
    if (type === 'DELETED') {
      present.delete(uid);
      for (const dependent of dependents.get(uid) ?? []) ask(dependent);
      for (const owner of ownersOf(previous)) ask(owner.uid);
      return;
    }
    present.set(uid, { kind, namespace, name });
    for (const owner of ownersOf(object)) {
      const of = dependents.get(owner.uid) ?? new Set();
      dependents.set(owner.uid, of.add(uid));
      if (!isThere(owner)) ask(uid);
    }
    if (deletionTimestamp && finalizers.some((finalizer) => finalizer === ORPHAN || finalizer === FOREGROUND)) ask(uid);
  }

  /** Does what an object waits for. What the API refuses is tried again with the next change. */
  function attempt(uid: string): void {
    const place = present.get(uid);
    const object = place && objectOf(place);
    if (!place || object?.metadata.uid !== uid) return;
    try {
      const { deletionTimestamp, finalizers = [] } = object.metadata;
      if (deletionTimestamp && finalizers.includes(ORPHAN)) letGo(place, uid);
      else if (deletionTimestamp && finalizers.includes(FOREGROUND)) waitFor(place, uid);
      else if (!deletionTimestamp) collect(place, object);
    } catch {
      // It went meanwhile, or somebody wrote.
    }
  }

  function collect({ kind, namespace, name }: Place, object: KubeObject): void {
    const owners = ownersOf(object);
    const left = owners.filter(isThere);
    if (left.length === owners.length) return;
    const { uid = '' } = object.metadata;
    if (left.length === 0) api.delete(kind, namespace, name, { preconditions: { uid } });
    else api.update(kind, '', namespace, name, (now) => withOwners(now, left), MANAGER);
  }

  function letGo(place: Place, uid: string): void {
    for (const dependent of dependents.get(uid) ?? []) {
      const at = present.get(dependent);
      if (at) api.update(at.kind, '', at.namespace, at.name, (now) => withOwners(now, ownersOf(now).filter((owner) => owner.uid !== uid)), MANAGER);
    }
    finish(place, ORPHAN);
  }

  function waitFor(place: Place, uid: string): void {
    let waits = false;
    for (const dependent of dependents.get(uid) ?? []) {
      const at = present.get(dependent);
      const object = at && objectOf(at);
      if (!at || !object) continue;
      waits ||= ownersOf(object).some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true);
      const isLast = ownersOf(object).every((owner) => owner.uid === uid || !isThere(owner));
      const propagationPolicy = 'Foreground';
      if (isLast && !object.metadata.deletionTimestamp) api.delete(at.kind, at.namespace, at.name, { propagationPolicy, preconditions: { uid: dependent } });
    }
    if (!waits) finish(place, FOREGROUND);
  }

  function finish({ kind, namespace, name }: Place, finalizer: string): void {
    const without = (now: KubeObject): KubeObject => ({
      ...now,
      metadata: { ...now.metadata, finalizers: (now.metadata.finalizers ?? []).filter((one) => one !== finalizer) },
    });
    api.update(kind, '', namespace, name, without, MANAGER);
  }

  const stops = collected.map((kind) => {
    const from = store.revision;
    for (const object of store.list(storeName(kind), '')) note(kind, { type: 'ADDED', object, previous: undefined });
    return store.watch(storeName(kind), from, (change) => note(kind, change));
  });
  return {
    [Symbol.dispose]() {
      turn.cancel();
      for (const stop of stops) stop();
    },
  };
}

function withOwners(object: KubeObject, ownerReferences: OwnerReference[]): KubeObject {
  const { ownerReferences: _, ...metadata } = object.metadata;
  return { ...object, metadata: ownerReferences.length > 0 ? { ...metadata, ownerReferences } : metadata };
}
