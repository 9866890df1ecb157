// "Compare all": the same request every way there is, one after the other, told as it goes.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import type { ComparedWay, HttpRequest, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { Input } from '../calls.ts';
import type { ServingPod } from '../forwards/target-pods.ts';
import { conclude } from './conclusion.ts';

export interface Compared {
  ways: ComparedWay[];
  conclusion?: Message | undefined;
}

export interface CompareParts {
  /** One of the target's pods that can serve now. @throws Failure */
  readyPod(signal: AbortSignal): Promise<ServingPod>;
  /** @throws Failure */
  send(target: HttpTarget, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

interface Plan {
  readonly via: ComparedWay['via'];
  /** Absent: it cannot be tried. */
  readonly target?: HttpTarget;
  readonly skipped?: Message;
  /** Why no pod was found to be asked. */
  readonly failure?: FailureData;
}

/** It is known that no pod can serve; all other reasons leave open whether one could. */
const NO_POD = new Set(['NO_READY_POD', 'POD_GONE', 'POD_NOT_RUNNING', 'POD_ENDING']);

/** Gives the whole list after each change of a way, and with the last one what all of it means. Ends as the signal's reason where the caller has enough. */
export async function* compareCalls(input: Input<'http', 'compare'>, { readyPod, send }: CompareParts, signal: AbortSignal): AsyncGenerator<Compared, void, void> {
  const pod = await readyPod(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    return failureFor(error);
  });
  const plans = plansFor(input, pod);
  const ways: ComparedWay[] = plans.map(({ via, skipped, failure }) => (skipped ? { via, state: 'skipped', skipped, ...(failure ? { failure } : {}) } : { via, state: 'waiting' }));
  yield { ways: [...ways] };
  for (const [at, { via, target }] of plans.entries()) {
    if (!target) continue;
    ways[at] = { via, state: 'running' };
    yield { ways: [...ways] };
    ways[at] = await outcomeOf(via, () => send(target, input.request, signal), signal);
    yield { ways: [...ways] };
  }
  yield { ways: [...ways], conclusion: conclude(ways, input.target) };
}

async function outcomeOf(via: ComparedWay['via'], send: () => Promise<HttpResponse>, signal: AbortSignal): Promise<ComparedWay> {
  const began = performance.now();
  const milliseconds = () => Math.round(performance.now() - began);
  try {
    const { status, bodyBytes, servedBy, incomplete } = await send();
    return { via, state: 'answered', status, bodyBytes, milliseconds: milliseconds(), ...(servedBy ? { pod: servedBy.name } : {}), ...(incomplete ? { failure: incomplete } : {}) };
  } catch (error) {
    signal.throwIfAborted();
    return { via, state: 'failed', milliseconds: milliseconds(), failure: failureFor(error) };
  }
}

/** A fault of ours is no outcome. */
function failureFor(error: unknown): FailureData {
  const failure = failureOf(error);
  if (!failure) throw error;
  return failure.toData();
}

function plansFor({ context, namespace, target, forwardId }: Input<'http', 'compare'>, pod: ServingPod | FailureData): Plan[] {
  const at = { context, namespace };
  const isService = target.kind === 'Service';
  const intoPod = (via: 'inside' | 'pod' | 'api-server', toPod: (pod: ServingPod) => HttpTarget): Plan =>
    'code' in pod ? { via, skipped: skippedFor(NO_POD.has(pod.code) ? 'no-pod' : 'pod-unknown'), failure: pod } : { via, target: toPod(pod) };
  const byServer = (kind: 'Pod' | 'Service', name: string, port: string): HttpTarget => ({ ...at, via: 'api-server', kind, name, port });
  // A pod itself is behind no Service that was asked for; of a workload somebody may expect one.
  const byService: Plan[] = isService
    ? [{ via: 'service', target: { ...at, via: 'service', service: target.name, port: target.port } }]
    : target.kind === 'Pod' ? [] : [{ via: 'service', skipped: skippedFor('no-service') }];
  return [
    intoPod('inside', ({ name, port }) => ({ ...at, via: 'inside', pod: name, container: '', port })),
    intoPod('pod', ({ name, port }) => ({ ...at, via: 'pod', pod: name, port })),
    ...byService,
    isService
      ? { via: 'api-server', target: byServer('Service', target.name, target.port) }
      : intoPod('api-server', ({ name, port }) => byServer('Pod', name, String(port))),
    forwardId === undefined ? { via: 'forward', skipped: skippedFor('no-forward') } : { via: 'forward', target: { via: 'forward', forwardId } },
  ];
}

function skippedFor(why: 'no-pod' | 'pod-unknown' | 'no-service' | 'no-forward'): Message {
  return { key: `http.compare.skipped.${why}`, params: {} };
}
