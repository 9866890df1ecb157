// What becomes of one connection: it is held until a pod can serve, led into it, and led into another one if that pod never took it.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { waitFor, type Topic } from '../topic.ts';
import type { TargetState } from './follow-target.ts';
import { canSayAgain, endOf, join, nothingSaid, Unanswered, type Said, type Told } from './join.ts';
import type { ServingPod } from './target-pods.ts';

export interface Serving extends Told {
  readonly target: ForwardTarget;
  readonly state: Topic<TargetState>;
  /** One of them. */
  pick(pods: readonly ServingPod[]): ServingPod;
  /** Fails as `openTunnel` does. */
  dial(pod: ServingPod, signal: AbortSignal): Promise<Duplex>;
  /** The connection waits for a pod, or does not any more. */
  held(isHeld: boolean): void;
  /** This pod has it now. */
  connected(pod: ServingPod): void;
  /** How long a connection may wait for a pod. */
  readonly holdMs: number;
}

/** A cluster that does not answer, and a pod that is said to run and does not take connections, are asked again this often. */
const AGAIN_MS = 250;
/** After a refusal, how long another pod may take to show up: the watch may be a little behind what the kubelet has done. */
const AFTER_REFUSAL_MS = 1_000;

/** The pod is not there (any more) to take a connection: nothing of it was delivered. */
const NOT_THERE = new Set(['POD_GONE', 'POD_NOT_RUNNING']);
/** No word from the cluster, which may come back. */
const NO_ANSWER = new Set(['CLUSTER_UNREACHABLE', 'TUNNEL_FAILED']);

/**
 * Resolves when the connection has ended in order, or its client has gone. A connection that got no answer is tried with other pods for as long as that
 * cannot deliver anything twice.
 * @throws Failure what broke it: NO_READY_POD after `holdMs`, PORT_REFUSED_IN_POD, TUNNEL_FAILED, NOT_ALLOWED and the like
 */
export async function serve(socket: Socket, serving: Serving): Promise<void> {
  using hold = holdFor(socket, serving.holdMs);
  const tried = new Set<string>();
  const said = nothingSaid();
  let last: Failure | undefined;
  for (;;) {
    let isOpen = false;
    try {
      const pod = await choose(serving, tried, last, hold.signal);
      try {
        const tunnel = await serving.dial(pod, hold.signal);
        isOpen = true;
        hold.pause();
        serving.held(false);
        serving.connected(pod);
        return await join(socket, tunnel, said, serving);
      } catch (error) {
        if (hold.isGone()) return;
        if (!hold.signal.aborted) last = failureOf(error) ?? new Failure('TUNNEL_FAILED', { pod: pod.name, port: pod.port }, error);
        if (error instanceof Unanswered && !(await isLeaving(serving, pod, said))) return endOf(socket);
        if (said.isOver || !last || !hold.goOn()) throw last ?? error;
        if (last.code === 'PORT_REFUSED_IN_POD' || NOT_THERE.has(last.code)) tried.add(pod.uid);
        // Once it was open, nobody knows whether the pod has read what was said.
        else if (isOpen) {
          if (last.code !== 'TUNNEL_FAILED' || !(await isLeaving(serving, pod, said))) throw last;
          tried.add(pod.uid);
        } else if (!NO_ANSWER.has(last.code)) throw last;
        else await sleep(AGAIN_MS, undefined, { signal: hold.signal });
        serving.held(true);
      }
    } catch (error) {
      if (hold.isGone()) return;
      throw hold.signal.aborted && !isOpen ? timedOut(serving, last) : error;
    }
  }
}

interface Hold extends Disposable {
  /** Aborts when the time is up while nothing is open, and when the client is gone. */
  readonly signal: AbortSignal;
  isGone(): boolean;
  /** A tunnel is open: the time does not count. */
  pause(): void;
  /** It counts again, from the first moment on; false: it is up. */
  goOn(): boolean;
}

function holdFor(socket: Socket, holdMs: number): Hold {
  const aborting = new AbortController();
  const deadline = performance.now() + holdMs;
  let isGone = socket.destroyed;
  const leave = () => {
    isGone = true;
    aborting.abort();
  };
  socket.once('close', leave);
  if (isGone) aborting.abort();
  const expire = () => aborting.abort();
  let timer = setTimeout(expire, holdMs);
  return {
    signal: aborting.signal,
    isGone: () => isGone,
    pause: () => clearTimeout(timer),
    goOn() {
      const left = deadline - performance.now();
      clearTimeout(timer);
      if (left <= 0) return false;
      timer = setTimeout(expire, left);
      return true;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      socket.off('close', leave);
    },
  };
}

/** The next pod to try. Waits for one; rejects with `until`'s reason, or with the refusal where every pod that is ready refuses. */
async function choose({ state, pick }: Serving, tried: Set<string>, last: Failure | undefined, until: AbortSignal): Promise<ServingPod> {
  for (;;) {
    const now = state.value;
    const pods = now.pods === 'unknown' ? [] : now.pods;
    const left = pods.filter(({ uid }) => !tried.has(uid));
    if (left.length > 0) return pick(left);
    if (now.none && isMistake(now.none)) throw now.none;
    const isRefused = pods.length > 0 && last?.code === 'PORT_REFUSED_IN_POD';
    const limit = isRefused ? AFTER_REFUSAL_MS : pods.length > 0 ? AGAIN_MS : undefined;
    const isNews = await changed(state, now, limit, until);
    if (isNews) continue;
    if (isRefused) throw last;
    tried.clear();
  }
}

/**
 * A pod that broke the connection, or ended it, without a word: whether it is about to end, as one that a rolling update replaces. Then another one may
 * be told the same, where that can do no harm; a pod that stays and does so is what its clients are to see.
 */
async function isLeaving({ state }: Serving, { uid }: ServingPod, said: Said): Promise<boolean> {
  if (!canSayAgain(said)) return false;
  const isThere = ({ pods }: TargetState) => pods !== 'unknown' && pods.some((pod) => pod.uid === uid);
  return waitFor(state, (now) => !isThere(now), AbortSignal.timeout(AFTER_REFUSAL_MS)).then(() => true, () => false);
}

/** Whether the state changed within the limit. */
async function changed(state: Topic<TargetState>, from: TargetState, limit: number | undefined, until: AbortSignal): Promise<boolean> {
  const signal = limit === undefined ? until : AbortSignal.any([until, AbortSignal.timeout(limit)]);
  try {
    await waitFor(state, (next) => next !== from, signal);
    return true;
  } catch (error) {
    if (until.aborted) throw error;
    return false;
  }
}

/** Waiting does not help against these. */
export function isMistake({ code }: Failure): boolean {
  return ['PORT_NOT_TCP', 'PORT_NAME_UNKNOWN', 'PORT_INVALID', 'SERVICE_EXTERNAL', 'SERVICE_WITHOUT_SELECTOR'].includes(code);
}

function timedOut({ target, state, holdMs }: Serving, last: Failure | undefined): Failure {
  const { problem, none } = state.value;
  if (problem) return Failure.ofData(problem);
  if (last && !NOT_THERE.has(last.code)) return last;
  return new Failure('NO_READY_POD', { kind: target.kind, name: target.name, seconds: Math.round(holdMs / 1000) }, none ?? last ?? 'no pod became ready');
}
