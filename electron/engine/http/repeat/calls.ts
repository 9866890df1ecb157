// The contract's call for running a request again and again.
import type { RepeatSnapshot, RepeatTarget } from '../../../../shared/contract/repeat.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { Activity } from '../../activity/activity.ts';
import type { EngineCalls } from '../../calls.ts';
import type { Sessions } from '../../cluster/sessions.ts';
import type { Forwards } from '../../forwards/calls.ts';
import { createTopic } from '../../topic.ts';
import { mayChange, requireChanges } from '../changing.ts';
import { masked } from '../command-lines.ts';
import type { DiallingWay } from '../exchange.ts';
import { prepareRequest } from '../request-parts.ts';
import { forwardWay, originOf, tunnelWay } from '../ways.ts';
import { repeatLines } from './command-lines.ts';
import { checkHeaders, checkPlan } from './plan.ts';
import { repeatRequest } from './run.ts';

export function repeatCalls(sessions: Sessions, forwards: Forwards, activity: Activity): EngineCalls['repeat'] {
  return {
    async *run({ target, request, isConfirmed, ...plan }, signal) {
      if (mayChange(request.method)) requireChanges(target, sessions, forwards);
      checkPlan(plan, isConfirmed);
      const prepared = await prepareRequest(request);
      checkHeaders(prepared.headers);
      const { scheme } = request;
      using held = target.via === 'forward' ? undefined : sessions.hold(target.context);
      const way = (): DiallingWay => (target.via === 'forward' ? forwardWay(forwards.row(target.forwardId), scheme) : tunnelWay(held!.session, target, scheme));
      const origin = target.via === 'forward' ? `${scheme}://localhost:${forwards.row(target.forwardId).localPort}` : originOf(target, scheme);
      const url = `${origin}${prepared.path}`;
      const shown = masked(url, prepared.secrets);
      const outcome = createTopic<RepeatSnapshot | undefined>(undefined);
      const ended = new AbortController();
      // Whether the caller aborts or only reads no more.
      const left = new AbortController();
      let running: Promise<void> | undefined;
      const done = activity.settle(
        {
          title: { key: 'activity.http-repeat', params: { method: request.method, url: shown, requests: plan.requests ?? 0, seconds: plan.seconds ?? 0 } },
          commands: repeatLines(plan, target, request, prepared, url),
          endsWithCaller: true,
          run: async (tell, own) => {
            tell.step('step.repeat-request', { url: shown, concurrency: plan.concurrency });
            const explain = (failure: Failure, since: number) => explained(failure, since, target, forwards);
            await (running = repeatRequest(plan, { request, prepared, way, explain }, outcome.set, own));
            return { result: {} };
          },
        },
        AbortSignal.any([signal, left.signal]),
      ).finally(() => ended.abort());
      done.catch(() => {}); // thrown below, unless the reader has left
      try {
        let last: RepeatSnapshot | undefined;
        for await (const snapshot of outcome.watch(AbortSignal.any([signal, ended.signal]))) if (snapshot) yield (last = snapshot);
        await done;
        if (outcome.value && outcome.value !== last) yield outcome.value;
      } finally {
        left.abort();
        await running?.catch(() => {}); // until its connections are closed, on which the session is held
      }
    },
  };
}

/** To its client a forward can only hang up, or not listen; it knows why. */
function explained(failure: Failure, since: number, target: RepeatTarget, forwards: Forwards): Failure {
  if (target.via !== 'forward' || failure.code !== 'REQUEST_FAILED') return failure;
  const { lastError } = forwards.row(target.forwardId);
  return lastError && lastError.at >= new Date(since).toISOString() ? Failure.ofData(lastError) : failure;
}
