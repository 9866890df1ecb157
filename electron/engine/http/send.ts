// The contract's calls of the HTTP tester.
import type { HttpRequest, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { Activity } from '../activity/activity.ts';
import { runLive } from '../activity/live-action.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Forwards } from '../forwards/calls.ts';
import { readyPod } from '../forwards/ready-pod.ts';
import { isChange, mayChange, requireChanges } from './changing.ts';
import { masked, maskedFailure, proxyPath, requestLines } from './command-lines.ts';
import { compareCalls, type Compared } from './compare.ts';
import { askInside } from './inside.ts';
import { noted } from './history/calls.ts';
import type { RequestHistory } from './history/history.ts';
import { prepareRequest, type PreparedRequest } from './request-parts.ts';
import { askApiServer, askForward, askOverTunnel, originOf } from './ways.ts';

export function httpCalls(sessions: Sessions, forwards: Forwards, activity: Activity, history?: RequestHistory): EngineCalls['http'] {
  const ask = async (target: HttpTarget, request: HttpRequest, signal: AbortSignal) => {
    if (isChange(target, request.method)) requireChanges(target, sessions, forwards);
    return send(target, request, sessions, forwards, signal);
  };
  return {
    async send({ target, typed, ...request }, signal) {
      if (isChange(target, request.method)) requireChanges(target, sessions, forwards);
      const prepared = await prepareRequest(request);
      const url = urlOf(target, request, prepared, forwards);
      const shown = masked(url, prepared.secrets);
      return activity.settle(
        {
          title: { key: 'activity.http', params: { method: request.method, url: shown } },
          commands: requestLines(target, request, prepared, url),
          endsWithCaller: true,
          run: async (tell, own) => {
            tell.step('step.send-request', { url: shown });
            const { secrets } = prepared;
            const sent = noted(history, forwards, { target, request: typed ?? request, secrets }, () => ask(target, request, own));
            // From here a failure goes into the log of activity.
            const result = await sent.catch((error: unknown) => {
              const failure = failureOf(error);
              throw failure ? Failure.ofData(maskedFailure(failure.toData(), secrets)) : error;
            });
            return { result };
          },
        },
        signal,
      );
    },

    async *compare(input, signal) {
      const { context, namespace, target, request } = input;
      // It is sent several times.
      if (mayChange(request.method)) throw new Failure('REQUEST_INVALID', { field: 'method' }, `${request.method} may change something each time it is sent`);
      const prepared = await prepareRequest(request);
      using held = sessions.hold(context);
      yield* runLive<Compared>(
        activity,
        {
          title: { key: 'activity.http-compare', params: { method: request.method, path: masked(prepared.path, prepared.secrets), name: target.name } },
          commands: [],
          run: async (show, tell, own) => {
            tell.step('step.compare-ways', { name: target.name });
            const parts = { readyPod: (until: AbortSignal) => readyPod(held.session, namespace, target, until), send: ask };
            for await (const state of compareCalls(input, parts, own)) show(state);
          },
        },
        signal,
      );
    },
  };
}

/** For people, and for the line of curl. */
function urlOf(target: HttpTarget, { scheme }: HttpRequest, { path }: PreparedRequest, forwards: Forwards): string {
  switch (target.via) {
    case 'forward': return `${scheme}://localhost:${forwards.row(target.forwardId).localPort}${path}`;
    case 'inside': return `${scheme}://localhost:${target.port}${path}`;
    case 'api-server': return `${proxyPath(target, scheme)}${path}`;
    case 'pod': case 'service': return `${originOf(target, scheme)}${path}`;
  }
}

async function send(target: HttpTarget, request: HttpRequest, sessions: Sessions, forwards: Forwards, signal: AbortSignal): Promise<HttpResponse> {
  if (target.via === 'forward') return askForward(() => forwards.row(target.forwardId), request, signal);
  using held = sessions.hold(target.context);
  const { session } = held;
  try {
    switch (target.via) {
      case 'pod': case 'service': return await askOverTunnel(session, target, request, signal);
      case 'api-server': return await askApiServer(session, target, request, signal);
      case 'inside': return await askInside(session, target, request, signal);
    }
  } catch (error) {
    throw failureOf(error) ?? error;
  }
}
