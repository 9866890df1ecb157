// The rows of a scope with their findings, kept true while somebody watches: made anew for a pod when what it depends on changed.
import type { ConnectionState } from '../../../shared/contract/environment.ts';
import type { Finding } from '../../../shared/contract/findings.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import { diagnose } from '../../../shared/diagnosis/diagnose.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import { podHealth } from '../../../shared/kubernetes/health.ts';
import type { KubeEvent, KubeNode, Pod } from '../../../shared/kubernetes/objects.ts';
import { controllerOf } from '../cluster/owners.ts';
import { isSameList } from '../cluster/kept-same.ts';
import type { Scope } from '../cluster/scope.ts';
import { openShared } from '../shared.ts';
import { createTopic, type Topic } from '../topic.ts';
import { podRowOf } from './row.ts';
import { worldOf, type Closeness, type WorldSources } from './world.ts';

export interface PodEntry {
  readonly pod: Pod;
  readonly row: PodRow;
  readonly findings: readonly Finding[];
}

export interface PodsView {
  readonly connection: ConnectionState;
  /** By uid; 'unknown' until the first list was read. An entry is the same object for as long as nothing in it changed. */
  readonly entries: ReadonlyMap<string, PodEntry> | 'unknown';
}

/** A finding may wait for time to pass ("stuck for 10 s"), and nothing tells of time: pods that are not well are looked at again this often. */
const TICK_MS = 2_000;
/** What has not changed for so long waits for nothing that comes within seconds: it is looked at again at every fifth of those times. */
const SETTLED_MS = 3 * 60_000;
const SETTLED_TICKS = 5;

interface OpenView {
  readonly view: Topic<PodsView>;
  look(namespace: string, name: string): Disposable;
  stop(): void;
}
const views = openShared<Scope, OpenView>(({ stop }) => stop());

export interface HeldPodsView extends Disposable {
  readonly view: Topic<PodsView>;
  /** Somebody looks at the pod of this name until it is disposed of: more is read of it than of others. */
  look(namespace: string, name: string): Disposable;
}

/** The scope's view, shared by all who hold it; it stops when the last one disposed of it. */
export function holdPodsView(sources: WorldSources): HeldPodsView {
  const { value: { view, look }, [Symbol.dispose]: release } = views.hold(sources.scope, () => openView(sources));
  return { view, look, [Symbol.dispose]: release };
}

/** An entry with what it was made of. */
interface Made {
  readonly pod: Pod;
  readonly events: readonly KubeEvent[] | undefined;
  readonly owners: World['owners'];
  readonly node: KubeNode | undefined;
  readonly closeness: Closeness;
  readonly entry: PodEntry;
  /** When the entry became what it is; of `Date.now`. */
  readonly since: number;
}

/** What happened since the last view was made: which entries may be old. */
interface News {
  all: boolean;
  owners: boolean;
  nodes: boolean;
  tick: boolean;
  readonly uids: Set<string>;
  /** '' is all of them. */
  readonly namespaces: Set<string>;
}
const noNews = (): News => ({ all: false, owners: false, nodes: false, tick: false, uids: new Set(), namespaces: new Set() });

function openView(sources: WorldSources): OpenView {
  const { session, scope, docker } = sources;
  const made = new Map<string, Made>();
  const watched = new Set<{ readonly namespace: string; readonly name: string }>();
  const view = createTopic<PodsView>({ connection: scope.pods.value.connection, entries: 'unknown' });
  let news = noNews();
  let ticks = 0;
  let nodesByName = new Map<string, KubeNode>();
  let due: NodeJS.Timeout | undefined;

  const make = () => {
    due = undefined;
    const { items, connection } = scope.pods.value;
    if (items === 'unknown') return view.set({ connection, entries: 'unknown' });
    const now = new Date();
    const events = scope.events.value;
    const since = news;
    news = noNews();
    if (since.nodes || since.all) nodesByName = byName(session.nodes.value.items);
    const entries = new Map<string, PodEntry>();
    for (const [uid, pod] of items) {
      const before = made.get(uid);
      const own = events === 'unknown' ? undefined : events.get(uid);
      const isLookedAt = isWatched(pod);
      const isTrue = before !== undefined && before.pod === pod && before.events === own && (before.closeness === 'watched') === isLookedAt && !isOld(uid, before, since, now);
      entries.set(uid, isTrue ? before.entry : entryOf(uid, pod, own, isLookedAt, now));
    }
    if (made.size > items.size) for (const uid of made.keys()) if (!items.has(uid)) made.delete(uid);
    view.set({ connection, entries });
  };
  /** Whether something else than the pod and its events may have made its entry another. */
  const isOld = (uid: string, { pod, owners, node, closeness, since }: Made, what: News, now: Date): boolean => {
    if (what.all || what.uids.has(uid)) return true;
    if (what.owners && controllerOf(pod) && !isSameList(owners, session.owners.of(pod))) return true;
    // Where it is to run, or what else would take it, is a matter of all nodes.
    const isClose = closeness !== 'well';
    if (what.nodes && (isClose || !pod.spec?.nodeName || nodesByName.get(pod.spec.nodeName) !== node)) return true;
    if (!isClose) return false;
    if (what.namespaces.has('') || what.namespaces.has(pod.metadata.namespace ?? '')) return true;
    return what.tick && (closeness === 'watched' || now.getTime() - since < SETTLED_MS || ticks % SETTLED_TICKS === 0);
  };
  const entryOf = (uid: string, pod: Pod, events: readonly KubeEvent[] | undefined, isLookedAt: boolean, now: Date): PodEntry => {
    const before = made.get(uid);
    const node = nodesByName.get(pod.spec?.nodeName ?? '');
    const isShown = scope.namespace === '' || scope.namespace === pod.metadata.namespace;
    const isIll = isShown && ((before?.entry.findings.length ?? 0) > 0 || podHealth(pod, now, node) !== 'ok');
    let closeness: Closeness = isLookedAt ? 'watched' : isIll ? 'ill' : 'well';
    let world = worldOf(sources, pod, now, closeness);
    let findings = diagnose(world);
    if (closeness === 'well' && isShown && findings.length > 0) {
      closeness = 'ill';
      world = worldOf(sources, pod, now, closeness);
      findings = diagnose(world);
    }
    const row = podRowOf(world, findings);
    const isSame = before?.pod === pod && JSON.stringify([row, findings]) === JSON.stringify([before.entry.row, before.entry.findings]);
    const entry = isSame ? before.entry : { pod, row, findings };
    made.set(uid, { pod, events, owners: world.owners, node, closeness, entry, since: isSame ? before.since : now.getTime() });
    return entry;
  };
  const isWatched = ({ metadata }: Pod): boolean => {
    for (const { namespace, name } of watched) if (metadata.name === name && metadata.namespace === namespace) return true;
    return false;
  };
  // Many changes of one moment make one new view.
  const soon = () => void (due ??= setTimeout(make, 0));
  const when = (topic: { subscribe(listener: () => void): () => void }, note: () => void = () => {}) => topic.subscribe(() => {
    note();
    soon();
  });
  const stops = [
    when(scope.pods),
    when(scope.events),
    when(session.nodes, () => { news.nodes = true; }),
    when(session.owners.changed, () => { news.owners = true; }),
    session.evidence.changed.subscribe(({ uids, namespaces }) => {
      for (const uid of uids) news.uids.add(uid);
      for (const namespace of namespaces) news.namespaces.add(namespace);
      soon();
    }),
    // Which image is where concerns every row.
    ...[session.nodeStores.stores, session.nodeStores.images, docker.images].map((topic) => when(topic as Topic<unknown>, () => { news.all = true; })),
    // No row says anything of these, but a pod's detail does, and it follows the view.
    ...[session.access.changed, docker.state].map((topic) => when(topic as Topic<unknown>)),
  ];
  const lists = session.evidence.follow(scope.namespace);
  const tick = setInterval(() => {
    ticks += 1;
    news.tick = true;
    for (const { closeness } of made.values()) if (closeness !== 'well') return soon();
  }, TICK_MS);
  tick.unref();
  news.all = true;
  make();
  return {
    view,
    look(namespace, name) {
      const one = { namespace, name };
      watched.add(one);
      soon();
      return {
        [Symbol.dispose]() {
          watched.delete(one);
          soon();
        },
      };
    },
    stop() {
      for (const stop of stops) stop();
      lists[Symbol.dispose]();
      clearTimeout(due);
      clearInterval(tick);
    },
  };
}

function byName(nodes: ReadonlyMap<string, KubeNode> | 'unknown'): Map<string, KubeNode> {
  return new Map(nodes === 'unknown' ? [] : [...nodes.values()].map((node) => [node.metadata.name ?? '', node]));
}
