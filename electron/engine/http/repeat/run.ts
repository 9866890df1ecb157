// The run itself: so many workers, each with a connection of its own, take the next request when theirs has its answer.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { RepeatPlan, RepeatSnapshot } from '../../../../shared/contract/repeat.ts';
import { failureOf } from '../../../clients/cluster/api-error.ts';
import type { DiallingWay } from '../exchange.ts';
import { bytesOf, streamOf } from '../request-body.ts';
import { hasHeader, type PreparedRequest } from '../request-parts.ts';
import { NotSent, openConnection, type Asked, type Connection } from './connection.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import { createTally, type Answer, type Tally } from './tally.ts';

const SNAPSHOT_MS = 200;
const PAUSE_AFTER_REFUSAL_MS = 100;
/** A body up to this is kept in memory; a larger one is read from its files each time. */
const KEPT_BODY_BYTES = 1024 * 1024;

export interface RepeatedRequest {
  readonly request: HttpRequest;
  readonly prepared: PreparedRequest;
  /** The way of the next connection. */
  way(): DiallingWay;
  /** What is known better of a failure than the connection said. `since`: when the request began, in milliseconds since 1970. */
  explain?(failure: Failure, since: number): Failure;
}

/**
 * Resolves when all that was begun has ended, with nothing left open; at the end of the time no more is begun. What fails of a request is in the snapshots.
 * @param report called with whole snapshots, at most five a second, and with one at the end
 * @throws the signal's reason; Failure FILE_UNREADABLE for a body that cannot be read
 */
export async function repeatRequest(plan: RepeatPlan, repeated: RepeatedRequest, report: (snapshot: RepeatSnapshot) => void, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const asked = await askedOf(repeated);
  const start = performance.now();
  const now = () => performance.now() - start;
  const tally = createTally(new Date(), now);
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setInterval(() => report(tally.snapshot(false)), SNAPSHOT_MS);
  try {
    const work = { repeated, asked, schedule: createSchedule(plan), now, tally, stop: stop.signal };
    const workers = Array.from({ length: Math.min(plan.concurrency, plan.requests ?? Infinity) }, async () => {
      try {
        await workOn(work);
      } catch (error) {
        stop.abort(error); // one that cannot go on ends all
      }
    });
    await Promise.all(workers);
    stop.signal.throwIfAborted();
    report(tally.snapshot(true));
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

interface Work {
  readonly repeated: RepeatedRequest;
  asked(): Asked;
  readonly schedule: Schedule;
  now(): number;
  readonly tally: Tally;
  readonly stop: AbortSignal;
}

async function workOn({ repeated, asked, schedule, now, tally, stop }: Work): Promise<void> {
  const { request, way, explain = (failure) => failure } = repeated;
  let connection: Connection | undefined;
  /** Answers that came on the connection. */
  let answers = 0;

  /** Until it is there or the signal aborts. */
  async function answerTo(signal: AbortSignal): Promise<Answer> {
    for (;;) {
      if (!connection?.isOpen) {
        await connection?.close();
        answers = 0;
        connection = undefined;
        connection = await openConnection(way(), request.verifyCertificate, signal);
      }
      try {
        return await connection.ask(asked(), signal);
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        // One that was idle may end at any time; one that ends before its first request is of no use.
        if (answers === 0) throw new Failure('REQUEST_FAILED', { url: way().origin }, error);
      }
    }
  }

  try {
    for (let at = schedule.next(now()); at !== undefined; at = schedule.next(now())) {
      if (at - now() > 1) await rest(at - now(), stop);
      stop.throwIfAborted();
      tally.sent();
      const since = Date.now();
      // A controller a request: one signal for all would gather listeners.
      const limit = new AbortController();
      const onStop = () => limit.abort(stop.reason);
      stop.addEventListener('abort', onStop, { once: true });
      const { timeoutMilliseconds: milliseconds } = request;
      const timer = setTimeout(() => limit.abort(new Failure('REQUEST_TIMED_OUT', { milliseconds }, 'no whole answer came in time')), milliseconds);
      try {
        tally.answered(await answerTo(limit.signal));
        answers += 1;
        continue;
      } catch (error) {
        stop.throwIfAborted();
        const failure = failureOf(limit.signal.aborted ? limit.signal.reason : error);
        if (!failure) throw error;
        tally.failed(explain(failure, since));
      } finally {
        clearTimeout(timer);
        stop.removeEventListener('abort', onStop);
      }
      // A target that refuses does so at once; asking it again at once would only keep the computer busy.
      if (answers === 0) await rest(PAUSE_AFTER_REFUSAL_MS, stop);
    }
  } finally {
    await connection?.close();
  }
}

async function rest(milliseconds: number, stop: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stop }).catch(() => stop.throwIfAborted());
}

/** The parts of the request as they go out each time. */
async function askedOf({ request: { method }, prepared: { path, headers, body } }: RepeatedRequest): Promise<() => Asked> {
  const all = [...headers];
  if (!hasHeader(all, 'user-agent')) all.push(['User-Agent', 'Podlab']);
  if (!hasHeader(all, 'accept')) all.push(['Accept', '*/*']);
  const kept = body && (await bytesOf(body, KEPT_BODY_BYTES));
  if (body && !kept) all.push(['Content-Length', String(body.length)]);
  const asked: Asked = { method, path, headers: all.flat(), body: kept ?? null };
  return body && !kept ? () => ({ ...asked, body: streamOf(body) }) : () => asked;
}
