// The contract's call for how the pods of a namespace are doing, out of the same view as the Pods screen's.
import type { PodsHealth } from '../../../shared/contract/health.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import type { PodsView } from './view.ts';
import { watchedScope } from './watch.ts';

const MOST = 100;

export function healthCalls(sessions: Sessions, docker: Docker): EngineCalls['health'] {
  return {
    async *watch({ context, namespace }, signal) {
      using watched = await watchedScope(sessions, docker, context, namespace, signal);
      let sent = '';
      for await (const view of watched.view.watch(signal)) {
        const next = healthOf(view, namespace);
        const text = JSON.stringify(next);
        if (text !== sent) yield next;
        sent = text;
      }
    },
  };
}

export function healthOf({ entries }: Pick<PodsView, 'entries'>, namespace: string): PodsHealth {
  if (entries === 'unknown') return { pods: [] };
  const rows = [...entries.values()].map(({ row }) => row).filter((row) => namespace === '' || row.namespace === namespace);
  const failing = rows.filter(({ health }) => health === 'failing');
  return {
    failing: failing.length,
    degraded: rows.filter(({ health }) => health === 'degraded').length,
    pods: failing.slice(0, MOST).map((row) => ({ uid: row.uid, namespace: row.namespace, name: row.name, ...(row.headline ? { headline: row.headline.message } : {}) })),
  };
}
