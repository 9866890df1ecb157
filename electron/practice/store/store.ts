// What etcd and the watch cache do for the API server: objects with one revision for all of them, and a bounded history of changes from
// which a watch can begin and a list can go on. In memory only.
import type { KubeObject } from '../objects.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  /** `pods`, or `leases.coordination.k8s.io`. */
  readonly resource: string;
  /** The new object; for DELETED the last one, with the revision of the deletion. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/** The history does not reach back that far: 410 for the client. */
export class Compacted extends Error {
  readonly asked: number;
  readonly oldest: number;
  constructor(asked: number, oldest: number) {
    super(`too old resource version: ${asked} (${oldest})`);
    this.name = 'Compacted';
    this.asked = asked;
    this.oldest = oldest;
  }
}

export interface Store {
  /** Of the last change to anything. */
  readonly revision: number;
  get(resource: string, namespace: string, name: string): KubeObject | undefined;
  /** In the order of namespace and name. @param namespace '' for all. */
  list(resource: string, namespace: string): KubeObject[];
  /** The list as it was at a revision. @throws Compacted */
  listAt(resource: string, namespace: string, revision: number): KubeObject[];
  /** Stores it with the next revision and returns what is stored. The caller checked that no such name exists. */
  create(resource: string, object: KubeObject): KubeObject;
  /** Stores it with the next revision, unless nothing but the revision differs: then returns what was there. */
  update(resource: string, object: KubeObject): KubeObject;
  /** Removes it; a DELETED change tells the object with the revision of the deletion. @param last its last form, where that differs from what is stored. */
  remove(resource: string, namespace: string, name: string, last?: KubeObject): KubeObject | undefined;
  /**
   * Every change of the resource after `from`, first what is in the history, then what comes; the listener is called within the change.
   * A revision that is not there yet is waited for. @throws Compacted
   */
  watch(resource: string, from: number, listener: (change: Change) => void): () => void;
  /** Forgets the history, as etcd's compaction does: earlier revisions can no longer be listed or watched from. */
  compact(): void;
}

/** How many changes of one resource a watch can go back. The real watch cache grows from 100 on with what is asked of it. */
const HISTORY = 1000;
/** How much JSON they may be together: objects of a megabyte are kept for a few changes only. */
const HISTORY_CHARACTERS = 8 * 1024 * 1024;

interface Table {
  readonly objects: Map<string, KubeObject>;
  history: Change[];
  /** Of each change in the history, in its order. */
  sizes: number[];
  size: number;
  /** The revision of the newest change that was forgotten: a watch may begin there, a list not before it. */
  forgotten: number;
  readonly listeners: Set<(change: Change) => void>;
}

const keyOf = (namespace: string, name: string) => `${namespace}/${name}`;

export function createStore(): Store {
  const tables = new Map<string, Table>();
  // etcd's first revision is 1, so no object has 0, which means "any" in a request.
  let revision = 1;

  function table(resource: string): Table {
    let found = tables.get(resource);
    if (!found) tables.set(resource, (found = { objects: new Map(), history: [], sizes: [], size: 0, forgotten: 1, listeners: new Set() }));
    return found;
  }

  function record(of: Table, change: Change): void {
    const size = JSON.stringify(change.object).length;
    of.history.push(change);
    of.sizes.push(size);
    of.size += size;
    let over = 0;
    while (of.history.length - over > HISTORY || of.size > HISTORY_CHARACTERS) of.size -= of.sizes[over++] ?? 0;
    of.sizes.splice(0, over);
    of.forgotten = of.history.splice(0, over).at(-1)?.revision ?? of.forgotten;
    for (const listener of [...of.listeners]) listener(change);
  }

  const stamped = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, resourceVersion: String(++revision) } });
  const keyOfObject = ({ metadata }: KubeObject) => keyOf(metadata.namespace ?? '', metadata.name ?? '');
  const sorted = (objects: Iterable<readonly [string, KubeObject]>, namespace: string): KubeObject[] =>
    [...objects]
      .filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);

  return {
    get revision() {
      return revision;
    },
    get: (resource, namespace, name) => table(resource).objects.get(keyOf(namespace, name)),
    list: (resource, namespace) => sorted(table(resource).objects, namespace),
    listAt(resource, namespace, at) {
      const { objects, history, forgotten } = table(resource);
      if (at < forgotten) throw new Compacted(at, forgotten);
      const then = new Map(objects);
      for (const change of history.toReversed()) {
        if (change.revision <= at) break;
        if (change.previous) then.set(keyOfObject(change.object), change.previous);
        else then.delete(keyOfObject(change.object));
      }
      return sorted(then, namespace);
    },
    create(resource, object) {
      const stored = stamped(object);
      const of = table(resource);
      of.objects.set(keyOfObject(stored), stored);
      record(of, { type: 'ADDED', revision, resource, object: stored, previous: undefined });
      return stored;
    },
    update(resource, object) {
      const of = table(resource);
      const key = keyOfObject(object);
      const previous = of.objects.get(key);
      if (!previous) throw new Error(`${resource} ${key} is not there to be updated`);
      const { resourceVersion = '' } = previous.metadata;
      const next = sharing(previous, { ...object, metadata: { ...object.metadata, resourceVersion } });
      // Such a write changes nothing in etcd either (etcd3 store, GuaranteedUpdate).
      if (next === previous) return previous;
      const stored = stamped(next);
      of.objects.set(key, stored);
      record(of, { type: 'MODIFIED', revision, resource, object: stored, previous });
      return stored;
    },
    remove(resource, namespace, name, last) {
      const of = table(resource);
      const key = keyOf(namespace, name);
      const previous = of.objects.get(key);
      if (!previous) return undefined;
      of.objects.delete(key);
      const object = stamped(last ?? previous);
      record(of, { type: 'DELETED', revision, resource, object, previous });
      return object;
    },
    watch(resource, from, listener) {
      const of = table(resource);
      if (from < of.forgotten) throw new Compacted(from, of.forgotten);
      const past = of.history.filter((change) => change.revision > from);
      const live = (change: Change) => {
        if (change.revision > from) listener(change);
      };
      of.listeners.add(live);
      for (const change of past) listener(change);
      return () => of.listeners.delete(live);
    },
    compact() {
      for (const of of tables.values()) {
        of.history = [];
        of.sizes = [];
        of.size = 0;
        of.forgotten = revision;
      }
    },
  };
}

/** `after` with the parts of `before` wherever they are equal, so that versions of an object share what did not change; `before` itself when all is. */
function sharing<T>(before: T, after: T): T {
  if (before === after || typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return after;
  if (Array.isArray(before) !== Array.isArray(after)) return after;
  const [old, next] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  const names = said(next);
  let equal = names.length === said(old).length;
  let shared: Record<string, unknown> | undefined;
  for (const name of names) {
    const has = Object.hasOwn(old, name);
    const value = has ? sharing(old[name], next[name]) : next[name];
    equal &&= has && value === old[name];
    if (value === next[name]) continue;
    shared ??= (Array.isArray(after) ? [...(after as unknown[])] : { ...after }) as Record<string, unknown>;
    shared[name] = value;
  }
  return equal ? before : ((shared ?? after) as T);
}

/** The names of its fields; an undefined one is none, as in JSON. */
const said = (object: Record<string, unknown>): string[] => Object.keys(object).filter((name) => object[name] !== undefined);
