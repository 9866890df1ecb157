// One request of the HTTP tester, sent again and again: how fast the answers come, which pods give them, and what fails.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { httpRequest, httpTarget } from './http.ts';

/** The ways on which Podlab itself keeps connections open. */
const [throughForward, intoPod, intoService] = httpTarget.options;
const repeatTarget = z.discriminatedUnion('via', [throughForward, intoPod, intoService]);
export type RepeatTarget = z.infer<typeof repeatTarget>;

const repeatPlan = z.object({
  /** Either so many, or for so long. */
  requests: z.number().optional(),
  seconds: z.number().optional(),
  /** How many are under way at once, each on a connection of its own that stays open. */
  concurrency: z.number(),
  /** Absent: the next one as soon as the one before has its answer. */
  perSecond: z.number().optional(),
});
export type RepeatPlan = z.infer<typeof repeatPlan>;

const repeatSnapshot = z.object({
  began: z.string(),
  elapsedMilliseconds: z.number(),
  /** Begun; `answered` and `failed` of them have ended. Any whole answer counts as answered, whatever its status. */
  sent: z.number(),
  answered: z.number(),
  failed: z.number(),
  /** How many answers had which status. */
  statuses: z.array(z.tuple([z.number(), z.number()])),
  /** What failed, by kind, the most frequent first: the parameters and the cause are those of the first one. */
  errors: z.array(failureData.extend({ count: z.number() })),
  /** Answers by pod, where it is known which one gave them. */
  pods: z.array(z.object({ name: z.string(), count: z.number() })),
  /** Of the answers' bodies, as they came. */
  bytes: z.number(),
  /** Milliseconds from the send on an open connection to the last byte of the answer; absent before there is an answer. */
  latency: z.object({ p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number(), max: z.number(), mean: z.number() }).optional(),
  /** The last 120 s, by the second in which a request ended; the percentiles are absent where nothing was answered. */
  seconds: z.array(z.object({ second: z.number(), answered: z.number(), failed: z.number(), p50: z.number().optional(), p99: z.number().optional() })),
  isOver: z.boolean(),
});
export type RepeatSnapshot = z.infer<typeof repeatSnapshot>;

export const repeat = {
  /**
   * Sends the request as planned; redirects are not followed. Whole snapshots, at most five a second, and one at the end. Ends when the caller aborts.
   * `isConfirmed`: the person was asked about a plan that is large (`needsConfirmation`).
   */
  run: oc.errors(declared)
    .input(repeatPlan.extend({ target: repeatTarget, request: httpRequest, isConfirmed: z.boolean() }))
    .output(eventIterator(repeatSnapshot)),
};
