// The contract's calls for connections that stay open.
import type { LiveState, LiveTarget } from '../../../../shared/contract/live.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { Activity } from '../../activity/activity.ts';
import { runLive } from '../../activity/live-action.ts';
import type { EngineCalls } from '../../calls.ts';
import type { Sessions } from '../../cluster/sessions.ts';
import type { Forwards } from '../../forwards/calls.ts';
import { requireChanges } from '../changing.ts';
import { masked, requestLines } from '../command-lines.ts';
import type { DiallingWay } from '../exchange.ts';
import { prepareRequest } from '../request-parts.ts';
import { forwardWay, originOf, tunnelWay } from '../ways.ts';
import { openLive, type OpenLive } from './open-live.ts';

const TELL_MS = 100;

export function liveCalls(sessions: Sessions, forwards: Forwards, activity: Activity): EngineCalls['live'] {
  const open = new Map<string, { readonly connection: OpenLive; readonly target: LiveTarget }>();
  const get = (id: string) => {
    const found = open.get(id);
    if (!found) throw new Failure('LIVE_GONE', { id }, 'no connection of this id is open');
    return found;
  };
  return {
    async *open({ id, protocol, target, request, subprotocols }, signal) {
      const prepared = await prepareRequest({ ...request, method: 'GET', body: { kind: 'none' } });
      const { scheme } = request;
      using held = target.via === 'forward' ? undefined : sessions.hold(target.context);
      const way: DiallingWay = target.via === 'forward' ? forwardWay(forwards.row(target.forwardId), scheme) : tunnelWay(held!.session, target, scheme);
      const origin = target.via === 'forward' ? way.origin : originOf(target, scheme);
      const url = `${protocol === 'websocket' ? origin.replace(/^http/, 'ws') : origin}${prepared.path}`;
      const shown = masked(url, prepared.secrets);
      yield* runLive<LiveState>(
        activity,
        {
          title: { key: 'activity.http-live', params: { url: shown, protocol } },
          commands: requestLines(target, { ...request, method: 'GET', body: { kind: 'none' } }, prepared, url),
          async run(show, tell, own) {
            tell.step('step.open-live', { url: shown });
            const opened = openLive({ id, protocol, request, prepared, way, subprotocols }, own);
            const entry = { connection: opened, target };
            open.set(id, entry);
            const timer = setInterval(() => show(opened.state()), TELL_MS);
            try {
              await opened.ended;
            } finally {
              clearInterval(timer);
              if (open.get(id) === entry) open.delete(id);
              show(opened.state());
            }
          },
        },
        signal,
      );
    },
    async send({ id, text }) {
      const { target, connection } = get(id);
      requireChanges(target, sessions, forwards);
      await connection.send(text);
      return {};
    },
    async close({ id }) {
      get(id).connection.close();
      return {};
    },
  };
}
