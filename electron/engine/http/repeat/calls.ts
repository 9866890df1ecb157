// The contract's call for running a request again and again.
import type { RepeatSnapshot, RepeatTarget } from '../../../../shared/contract/repeat.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { Activity } from '../../activity/activity.ts';
import { runLive } from '../../activity/live-action.ts';
import type { EngineCalls } from '../../calls.ts';
import type { Sessions } from '../../cluster/sessions.ts';
import type { Forwards } from '../../forwards/calls.ts';
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
      yield* runLive<RepeatSnapshot>(
        activity,
        {
          title: { key: 'activity.http-repeat', params: { method: request.method, url: shown, requests: plan.requests ?? 0, seconds: plan.seconds ?? 0 } },
          commands: repeatLines(plan, target, request, prepared, url),
          run: async (show, tell, own) => {
            tell.step('step.repeat-request', { url: shown, concurrency: plan.concurrency });
            const explain = (failure: Failure, since: number) => explained(failure, since, target, forwards);
            await repeatRequest(plan, { request, prepared, way, explain }, show, own);
          },
        },
        signal,
      );
    },
  };
}

/** To its client a forward can only hang up, or not listen; it knows why. */
function explained(failure: Failure, since: number, target: RepeatTarget, forwards: Forwards): Failure {
  if (target.via !== 'forward' || failure.code !== 'REQUEST_FAILED') return failure;
  const { lastError } = forwards.row(target.forwardId);
  return lastError && lastError.at >= new Date(since).toISOString() ? Failure.ofData(lastError) : failure;
}
