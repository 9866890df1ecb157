// The contract's calls for connections that stay open.
import type { ForwardRow } from '../../../../shared/contract/forwards.ts';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveProtocol, LiveState, LiveTarget } from '../../../../shared/contract/live.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { Activity } from '../../activity/activity.ts';
import { runLive } from '../../activity/live-action.ts';
import type { EngineCalls } from '../../calls.ts';
import type { ClusterSession } from '../../cluster/session.ts';
import type { Sessions } from '../../cluster/sessions.ts';
import type { Forwards } from '../../forwards/calls.ts';
import type { ServingPod } from '../../forwards/target-pods.ts';
import { mayChange, requireChanges } from '../changing.ts';
import { masked, requestLines } from '../command-lines.ts';
import { hasHeader, prepareRequest, type PreparedRequest } from '../request-parts.ts';
import { forwardWay, hungUp, refused, tunnelWay, type Tunnelled } from '../ways.ts';
import { openLive, type LiveParts, type OpenLive } from './open-live.ts';

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
      const asked: HttpRequest = {
        ...request,
        // RFC 6455, 4.1.
        ...(protocol === 'websocket' ? { method: 'GET', body: { kind: 'none' } } : {}),
        // What leads elsewhere is not followed.
        followRedirects: false,
      };
      if (mayChange(asked.method)) requireChanges(target, sessions, forwards);
      const prepared = await prepareRequest(asked);
      using held = target.via === 'forward' ? undefined : sessions.hold(target.context);
      const spoken = target.via === 'forward' ? throughForward(() => forwards.row(target.forwardId), request.scheme) : overTunnel(held!.session, target, request.scheme);
      const { origin } = spoken.way;
      const url = `${protocol === 'websocket' ? origin.replace(/^http/, 'ws') : origin}${prepared.path}`;
      const shown = masked(url, prepared.secrets);
      yield* runLive<LiveState>(
        activity,
        {
          title: { key: 'activity.http-live', params: { url: shown, protocol } },
          commands: requestLines(target, asked, prepared, url, curlFor(protocol, prepared, subprotocols)),
          async run(show, tell, own) {
            tell.step('step.open-live', { url: shown });
            const opened = openLive({ id, protocol, request: asked, prepared, subprotocols, ...spoken }, own);
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
      // Whoever is told something may do something: as a POST.
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

type Spoken = Pick<LiveParts, 'way' | 'explain'>;

function throughForward(read: () => ForwardRow, scheme: HttpRequest['scheme']): Spoken {
  const began = new Date().toISOString();
  return { way: forwardWay(read(), scheme), explain: async (error) => hungUp(read(), began, error) };
}

function overTunnel(session: ClusterSession, target: Tunnelled, scheme: HttpRequest['scheme']): Spoken {
  let served: ServingPod | undefined;
  return { way: tunnelWay(session, target, scheme, (pod) => (served = pod)), explain: (error) => refused(session, target, served, error) };
}

/** It shows what comes as it comes (-N). A URL of ws: is understood from 7.86 on: https://curl.se/docs/websocket.html */
function curlFor(protocol: LiveProtocol, { headers }: PreparedRequest, subprotocols: readonly string[]): string[] {
  const own = protocol === 'websocket'
    ? subprotocols.length === 0 ? [] : ['-H', `Sec-WebSocket-Protocol: ${subprotocols.join(', ')}`]
    : hasHeader(headers, 'accept') ? [] : ['-H', 'Accept: text/event-stream'];
  return ['curl', '-i', '-N', ...own];
}
