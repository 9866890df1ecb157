// The streams of the Pods screen: rows as a snapshot and then changes, one pod whole.
import type { PodDetail, PodRow } from '../../../shared/contract/pods.ts';
import { timelineOf } from '../../../shared/kubernetes/timeline.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import { changeOffers, rootName } from '../fixes/change-offers.ts';
import { alikeOf } from './alike.ts';
import { podRefusal, withAccess } from './offer-access.ts';
import { offersOf } from './offers.ts';
import { holdPodsView, type HeldPodsView, type PodEntry } from './view.ts';
import { worldOf, type WorldSources } from './world.ts';

type Watches = Pick<EngineCalls['pods'], 'watch' | 'watchDetail'>;

export function podWatches(sessions: Sessions, docker: Docker): Watches {
  return {
    async *watch({ context, namespace }, signal) {
      using watched = await watchedScope(sessions, docker, context, namespace, signal);
      let sent: ReadonlyMap<string, PodRow> | undefined;
      for await (const { connection, entries } of watched.view.watch(signal)) {
        // Before the first list nothing is known, and an empty snapshot would say that there are no pods.
        if (entries === 'unknown') {
          yield { type: 'changes', upserted: [], removed: [], connection };
          continue;
        }
        const rows = new Map<string, PodRow>();
        for (const [uid, { row }] of entries) if (namespace === '' || row.namespace === namespace) rows.set(uid, row);
        if (sent === undefined) yield { type: 'snapshot', rows: [...rows.values()], connection };
        else {
          const before = sent;
          const upserted = [...rows.values()].filter((row) => before.get(row.uid) !== row);
          const removed = [...before.keys()].filter((uid) => !rows.has(uid));
          yield { type: 'changes', upserted, removed, connection };
        }
        sent = rows;
      }
    },
    async *watchDetail({ context, namespace, name }, signal) {
      using watched = await watchedScope(sessions, docker, context, namespace, signal);
      using _ = watched.look(namespace, name);
      let sent = '';
      for await (const { entries } of watched.view.watch(signal)) {
        if (entries === 'unknown') continue;
        const entry = [...entries.values()].find(({ row }) => row.name === name && row.namespace === namespace);
        const next = entry ? { type: 'pod' as const, detail: detailOf(watched.sources, entry, entries) } : { type: 'gone' as const };
        const text = JSON.stringify(next);
        if (text !== sent) yield next;
        sent = text;
      }
    },
  };
}

/** The view of a namespace's pods with the session it lives in, both held until this is disposed of. */
export async function watchedScope(
  sessions: Sessions,
  docker: Docker,
  context: string,
  namespace: string,
  signal: AbortSignal,
): Promise<HeldPodsView & { readonly sources: WorldSources }> {
  using held = new DisposableStack();
  const { session } = held.use(sessions.hold(context));
  const sources: WorldSources = { session, scope: await session.scope(namespace, signal), docker };
  const { view, look } = held.use(holdPodsView(sources));
  const kept = held.move();
  return { view, look, sources, [Symbol.dispose]: () => kept.dispose() };
}

function detailOf(sources: WorldSources, entry: PodEntry, entries: ReadonlyMap<string, PodEntry>): PodDetail {
  const { pod, row, findings } = entry;
  const { session } = sources;
  const events = sources.scope.events.value;
  const root = rootName(pod, session.owners.of(pod));
  const about = {
    context: session.context, world: worldOf(sources, pod, new Date(), 'watched'),
    mayNot: (verbs: readonly string[]) => podRefusal(session.access, row.namespace, verbs),
  };
  return {
    row,
    findings: [...findings],
    ...(root ? { root } : {}),
    timeline: timelineOf(pod, events === 'unknown' ? 'unknown' : (events.get(row.uid) ?? []), sources.scope.seenStates.of(row.uid)),
    offers: [...withAccess(session.access, row.namespace, row.owner !== undefined, offersOf(sources, pod, row, findings)), ...changeOffers(about, findings)],
    alike: alikeOf(entry, entries.values(), (one) => session.owners.of(one)),
  };
}
