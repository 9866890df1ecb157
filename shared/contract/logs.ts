// What containers wrote, followed: the engine keeps the lines, the screen asks for windows of them.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';

export const logTarget = z.discriminatedUnion('of', [
  z.object({ of: z.literal('pod'), name: z.string() }),
  /** All pods of a workload, those that come later too. */
  z.object({ of: z.literal('workload'), kind: z.string(), name: z.string() }),
]);
export type LogTarget = z.infer<typeof logTarget>;

/** What a program's line seems to say of itself; absent where it says nothing. */
export const severity = z.enum(['error', 'warning', 'info', 'debug']);
export type Severity = z.infer<typeof severity>;

const lineQuery = z.object({
  text: z.string(),
  isRegex: z.boolean(),
  matchesCase: z.boolean(),
});
export type LineQuery = z.infer<typeof lineQuery>;

export const lineFilter = lineQuery.extend({
  /** Shows the lines that do not match. */
  isNegated: z.boolean(),
  /** [] shows all. */
  severities: z.array(severity),
});
export type LineFilter = z.infer<typeof lineFilter>;

/** One run of one container. */
export const logSource = z.object({
  pod: z.string(),
  uid: z.string(),
  container: z.string(),
  isInit: z.boolean(),
  isPrevious: z.boolean(),
  /**
   * `waiting`: the container has not started, or starts again; `reconnecting`: the stream was cut and is being joined again; `ended`: it has said all.
   */
  state: z.enum(['waiting', 'following', 'reconnecting', 'ended', 'failed']),
  failure: failureData.optional(),
  /** Whether the container ran before, so that its last words can be read as `previous`. */
  hasPrevious: z.boolean(),
  lines: z.number(),
});
export type LogSource = z.infer<typeof logSource>;

export const logState = z.object({
  sources: z.array(logSource),
  /** Lines read since it was opened; they are numbered from 0 on. */
  read: z.number(),
  /** The number of the oldest line that is kept. */
  firstKept: z.number(),
  /** Lines that came and were never kept, because more came than can be. */
  skipped: z.number(),
  keptBytes: z.number(),
  /** Lines of before it was opened are still on their way, and the newest of them come last. */
  isReading: z.boolean(),
  /** There may be older lines than `tail` asked for. */
  mayHaveOlder: z.boolean(),
  /** The rows: the kept lines that the filter lets through, numbered from 0 on since that filter was set. Those before `first` are not kept any more. */
  shown: z.object({
    filter: z.number(), first: z.number(), end: z.number(),
    /** The expression took too long, and looks at no more lines until another filter is set. */
    failure: failureData.optional(),
  }),
});
export type LogState = z.infer<typeof logState>;

export const logLine = z.object({
  row: z.number(),
  number: z.number(),
  /** The place of its source in `sources`. */
  source: z.number(),
  /** RFC 3339 in UTC with nanoseconds, as the runtime wrote it; absent where the words are the kubelet's own. */
  at: z.string().optional(),
  /** Without its end; escape sequences are in it. Broken UTF-8 is U+FFFD. Cut where it is long: `bytes` is what there was. */
  text: z.string(),
  isCut: z.boolean(),
  bytes: z.number(),
  severity: severity.optional(),
});
export type LogLine = z.infer<typeof logLine>;

const one = z.object({ id: z.string() });
/** `filter`: the number in `shown`; where another filter was set meanwhile the answer has that one's number and no rows. */
const rows = one.extend({ filter: z.number(), from: z.number().int(), count: z.number().int().min(0).max(5_000) });

export const logs = {
  /** Opens it, and tells how it stands, whole, after each change, at most 20 times a second. Ends when the caller aborts. `id` is the caller's choice, for the other calls. */
  open: oc.errors(declared)
    .input(one.extend({
      context: z.string(),
      namespace: z.string(),
      target: logTarget,
      /** All of them where absent. */
      container: z.string().optional(),
      /** The run before the present one. */
      previous: z.boolean(),
      sinceSeconds: z.number().int().positive().optional(),
      /** The newest so many lines of each container that runs; all where absent. A kubelet counts a line of more than 16 KiB as several. */
      tail: z.number().int().min(0).optional(),
      filter: lineFilter,
    }))
    .output(eventIterator(logState)),
  /** Another filter. Fails as LOG_PATTERN_INVALID, and then the one before stays. */
  filter: oc.errors(declared).input(one.extend({ filter: lineFilter })).output(z.object({ shown: logState.shape.shown })),
  read: oc.errors(declared).input(rows).output(z.object({ filter: z.number(), lines: z.array(logLine) })),
  /** The row of a line, or of the next one that is shown; `end` where there is none. */
  rowOf: oc.errors(declared).input(one.extend({ filter: z.number(), number: z.number() })).output(z.object({ filter: z.number(), row: z.number() })),
  /** How many rows match, and the nearest one from a row on (that row too), going on at the other end. `place` counts from 1. */
  find: oc.errors(declared)
    .input(one.extend({ filter: z.number(), query: lineQuery, from: z.number().int(), direction: z.enum(['forward', 'back']) }))
    .output(z.object({ filter: z.number(), matches: z.number(), row: z.number().optional(), place: z.number().optional() })),
  /** One line whole, up to 4 MiB of it. */
  line: oc.errors(declared).input(one.extend({ number: z.number() })).output(z.object({ text: z.string(), isCut: z.boolean() })),
  /** Rows as text, for copying and saving: each line whole, with its time and its source before it where asked. */
  text: oc.errors(declared).input(one.extend({ filter: z.number(), from: z.number().int(), to: z.number().int(), withTime: z.boolean(), withSource: z.boolean() }))
    .output(eventIterator(z.object({ text: z.string(), row: z.number() }))),
};
