// The contract's calls for the requests that were sent.
import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponse, HttpTarget } from '../../../../shared/contract/http.ts';
import type { SentRequest } from '../../../../shared/contract/requests.ts';
import { failureOf } from '../../../clients/cluster/api-error.ts';
import type { EngineCalls } from '../../calls.ts';
import type { Forwards } from '../../forwards/calls.ts';
import { maskedFailure } from '../command-lines.ts';
import type { RequestHistory } from './history.ts';
import { keepable } from './sent-request.ts';

/** Keeps nothing where nothing outlives Podlab. */
export function historyCalls(history: RequestHistory | undefined): Pick<EngineCalls['requests'], 'watchHistory' | 'forgetHistory'> {
  return {
    async *watchHistory({ context }, signal) {
      if (!history) {
        yield { isRead: true, sent: [] };
        return;
      }
      for await (const sent of history.of(context).watch(signal)) yield { isRead: sent !== undefined, sent: [...(sent ?? [])] };
    },
    async forgetHistory({ context, id }) {
      await history?.forget(context, id);
      return {};
    },
  };
}

/** Sends, and notes what came of it. A cancelled request is none. `request`: as it was typed; `secrets`: of what is sent. */
export async function noted(
  history: RequestHistory | undefined,
  forwards: Pick<Forwards, 'row'>,
  { target, request, secrets }: { readonly target: HttpTarget; readonly request: HttpRequest; readonly secrets: readonly string[] },
  send: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const forward = target.via === 'forward' ? forwards.row(target.forwardId) : undefined;
  const context = target.via === 'forward' ? (forward?.context ?? '') : target.context;
  const note = (outcome: SentRequest['outcome']) => {
    const led = forward && { namespace: forward.namespace, target: forward.target, localPort: forward.localPort };
    void history?.add(context, { id: randomUUID(), at: new Date().toISOString(), target, ...(led ? { forward: led } : {}), ...keepable(request), outcome });
  };
  try {
    const response = await send();
    const { status, milliseconds, bodyBytes } = response;
    note({ state: 'answered', status, milliseconds, bodyBytes });
    return response;
  } catch (error) {
    const failure = failureOf(error);
    if (failure) note({ state: 'failed', failure: maskedFailure(failure.toData(), secrets) });
    throw error;
  }
}
