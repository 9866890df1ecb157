// The streams of workloads and Services: rows as a snapshot and then changes, one of them whole.
import type { WorkloadDetail, WorkloadRow } from '../../../shared/contract/workloads.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import type { WorldSources } from '../pods/world.ts';
import { workloadOffers } from './change-offers.ts';
import { entryIn, holdWorkloadsView } from './view.ts';
import type { WorkloadEntry } from './workload-entry.ts';

export function workloadWatches(sessions: Sessions, docker: Docker): Pick<EngineCalls['workloads'], 'watch' | 'watchDetail'> {
  return {
    async *watch({ context, namespace }, signal) {
      using watched = await watchedWorkloads(sessions, docker, context, namespace, signal);
      let sent: ReadonlyMap<string, WorkloadRow> | undefined;
      for await (const { connection, entries, unread } of watched.view.watch(signal)) {
        // Before the first lists nothing is known, and an empty snapshot would say that there is nothing.
        if (entries === 'unknown') {
          yield { type: 'changes', upserted: [], removed: [], unread: [...unread], connection };
          continue;
        }
        const before = sent;
        const rows = new Map([...entries].map(([uid, { row }]) => [uid, row] as const));
        sent = rows;
        if (before === undefined) yield { type: 'snapshot', rows: [...rows.values()], unread: [...unread], connection };
        else {
          const upserted = [...rows.values()].filter((row) => before.get(row.uid) !== row);
          yield { type: 'changes', upserted, removed: [...before.keys()].filter((uid) => !rows.has(uid)), unread: [...unread], connection };
        }
      }
    },
    async *watchDetail({ context, namespace, kind, name }, signal) {
      using watched = await watchedWorkloads(sessions, docker, context, namespace, signal);
      let sent = '';
      for await (const view of watched.view.watch(signal)) {
        const entry = entryIn(view, { kind, name, namespace });
        // One of a list that was not read (yet) is neither there nor gone.
        if (!entry && (view.entries === 'unknown' || view.unread.includes(kind))) continue;
        const next = entry ? { type: 'workload' as const, detail: detailOf(watched.sources, entry) } : { type: 'gone' as const };
        const text = JSON.stringify(next);
        if (text !== sent) yield next;
        sent = text;
      }
    },
  };
}

async function watchedWorkloads(sessions: Sessions, docker: Docker, context: string, namespace: string, signal: AbortSignal) {
  using held = new DisposableStack();
  const { session } = held.use(sessions.hold(context));
  const sources: WorldSources = { session, scope: await session.scope(namespace, signal), docker };
  const { view } = held.use(holdWorkloadsView(sources));
  const kept = held.move();
  return { view, sources, [Symbol.dispose]: () => kept.dispose() };
}

function detailOf({ session }: WorldSources, entry: WorkloadEntry): WorkloadDetail {
  const { row, findings, pods } = entry;
  return {
    row, findings: [...findings],
    pods: pods.map(({ row: { uid, namespace, name, status, health, headline } }) => ({ uid, namespace, name, status, health, ...(headline && { headline }) })),
    offers: workloadOffers(entry, session.context, session.access),
  };
}
