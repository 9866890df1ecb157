// The rows of a scope with their findings, kept true while somebody watches: made anew for a pod when what it depends on changed.
import type { ConnectionState } from '../../../shared/contract/environment.ts';
import type { Finding } from '../../../shared/contract/findings.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import { diagnose } from '../../../shared/diagnosis/diagnose.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { Scope } from '../cluster/scope.ts';
import { createTopic, type Topic } from '../topic.ts';
import { podRowOf } from './row.ts';
import { worldOf, type WorldSources } from './world.ts';

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

interface Held {
  readonly view: Topic<PodsView>;
  holders: number;
  stop(): void;
}
const held = new WeakMap<Scope, Held>();

/** The scope's view, shared by all who hold it; it stops when the last one disposed of it. */
export function holdPodsView(sources: WorldSources): { view: Topic<PodsView> } & Disposable {
  const open = held.get(sources.scope) ?? openView(sources);
  held.set(sources.scope, open);
  open.holders += 1;
  let released = false;
  return {
    view: open.view,
    [Symbol.dispose]() {
      if (released) return;
      released = true;
      open.holders -= 1;
      if (open.holders > 0) return;
      open.stop();
      held.delete(sources.scope);
    },
  };
}

function openView(sources: WorldSources): Held {
  const { session, scope, docker } = sources;
  const made = new Map<string, { pod: Pod; events: string; shared: number; entry: PodEntry }>();
  const view = createTopic<PodsView>({ connection: scope.pods.value.connection, entries: 'unknown' });
  let shared = 0;
  let due: NodeJS.Timeout | undefined;

  const make = () => {
    due = undefined;
    const { items, connection } = scope.pods.value;
    if (items === 'unknown') return view.set({ connection, entries: 'unknown' });
    const now = new Date();
    const entries = new Map<string, PodEntry>();
    for (const [uid, pod] of items) entries.set(uid, entryOf(uid, pod, now));
    for (const uid of made.keys()) if (!items.has(uid)) made.delete(uid);
    view.set({ connection, entries });
  };
  const entryOf = (uid: string, pod: Pod, now: Date): PodEntry => {
    const world = worldOf(sources, pod, now);
    const events = world.events === 'unknown' ? '' : world.events.map(({ metadata }) => metadata.resourceVersion).join();
    const before = made.get(uid);
    const well = before?.entry.row.health === 'ok' && before.entry.findings.length === 0;
    if (before && before.pod === pod && before.events === events && before.shared === shared && well) return before.entry;
    const findings = diagnose(world);
    const row = podRowOf(world, findings);
    const same = before && before.pod === pod && JSON.stringify([row, findings]) === JSON.stringify([before.entry.row, before.entry.findings]);
    const entry = same ? before.entry : { pod, row, findings };
    made.set(uid, { pod, events, shared, entry });
    return entry;
  };
  // Many changes of one moment make one new view.
  const soon = () => (due ??= setTimeout(make, 0));
  const sharedChanged = () => {
    shared += 1;
    soon();
  };
  const stops = [
    scope.pods.subscribe(soon),
    scope.events.subscribe(soon),
    ...[session.nodes, session.nodeStores.stores, session.nodeStores.images, session.owners.changed, session.access.changed, docker.images, docker.state].map((topic) =>
      (topic as Topic<unknown>).subscribe(sharedChanged),
    ),
  ];
  const tick = setInterval(() => {
    const { entries } = view.value;
    if (entries !== 'unknown' && [...entries.values()].some(({ row }) => row.health !== 'ok')) soon();
  }, TICK_MS);
  tick.unref();
  make();
  return {
    view,
    holders: 0,
    stop() {
      for (const stop of stops) stop();
      clearTimeout(due);
      clearInterval(tick);
    },
  };
}
