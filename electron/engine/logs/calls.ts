// The contract's calls for logs. They only read, and so are there on a locked cluster, too.
import { Failure } from '../../../shared/contract/failures.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { openLogView, type LogView } from './log-view.ts';

export function logCalls(sessions: Sessions): EngineCalls['logs'] {
  const views = new Map<string, LogView>();
  const get = (id: string) => {
    const view = views.get(id);
    if (!view) throw new Failure('LOG_CLOSED', { id }, 'no logs of this id are open');
    return view;
  };
  return {
    async *open({ id, context, namespace, target, container, previous, sinceSeconds, tail, filter }, signal) {
      using held = sessions.hold(context);
      const life = new AbortController();
      const until = AbortSignal.any([signal, life.signal]);
      let view: LogView | undefined;
      try {
        view = await openLogView({ session: held.session, namespace, target, container, previous, sinceSeconds, tail, filter, signal: until });
        views.set(id, view);
        yield* view.watch();
      } finally {
        if (views.get(id) === view) views.delete(id);
        life.abort(new DOMException('the logs were closed', 'AbortError'));
      }
    },
    filter: async ({ id, filter }, signal) => ({ shown: await get(id).setFilter(filter, signal) }),
    read: async ({ id, filter, from, count }) => get(id).read(filter, from, count),
    rowOf: async ({ id, number }) => get(id).rowOf(number),
    find: ({ id, filter, query, from, direction }, signal) => get(id).find(filter, query, from, direction, signal),
    line: async ({ id, number }) => get(id).line(number),
    async *text({ id, ...options }, signal) {
      yield* get(id).text(options, signal);
    },
  };
}
