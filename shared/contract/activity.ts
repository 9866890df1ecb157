// What the person did, each with the line that kubectl or docker would have needed.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { message } from './findings.ts';
import { progressOf } from './progress.ts';

export const activityEntry = z.object({
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  title: message,
  /** The equivalent lines, ready to paste into a shell. */
  commands: z.array(z.string()),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  steps: z.array(z.object({ step: message, state: z.enum(['running', 'done', 'failed']) })),
  failure: failureData.optional(),
  /** offered: Undo can be pressed; undone: it was. */
  undo: z.enum(['none', 'offered', 'undone']),
  subject: z.object({ context: z.string(), namespace: z.string(), pod: z.string() }).optional(),
  /** It waits until a pod has ended by itself: stopNow ends the wait. */
  canStopNow: z.boolean().optional(),
});
export type ActivityEntry = z.infer<typeof activityEntry>;

/** A change that did not come to its end: its Podlab died, or it could not put the old pod back. */
export const unfinishedChange = z.object({
  id: z.string(),
  /** When it was begun. */
  at: z.string(),
  change: z.enum(['recreate', 'delete']),
  context: z.string(),
  namespace: z.string(),
  /** What was changed: a pod, or a Job with its pods. */
  kind: z.string(),
  /** Its name. */
  pod: z.string(),
  /** The old definition, as a manifest that `kubectl apply -f` takes. */
  file: z.string(),
  /** Whether the file knows what the new pod was to be, too. */
  canFinish: z.boolean(),
});
export type UnfinishedChange = z.infer<typeof unfinishedChange>;

export const activity = {
  /** The newest 200 entries, newest last, whole, after each change. */
  watch: oc.errors(declared).output(eventIterator(z.object({ entries: z.array(activityEntry) }))),
  /** Takes one change back: a recreated pod gets its old definition, a deleted one returns, a created one is deleted. */
  undo: oc.errors(declared).input(z.object({ id: z.string() })).output(eventIterator(progressOf(z.object({})))),
  /** Ends the wait of a running entry: its pod is killed without the rest of its grace period, and what it had not saved is lost. */
  stopNow: oc.errors(declared).input(z.object({ id: z.string() })).output(z.object({})),
  /** The unfinished changes that nobody else is at, the oldest first, whole, after each change. */
  watchUnfinished: oc.errors(declared).output(eventIterator(z.object({ changes: z.array(unfinishedChange) }))),
  /** Ends one: goes on to the new pod, puts the old one back, or leaves the cluster as it is and keeps the file among the finished ones. */
  settleUnfinished: oc.errors(declared)
    .input(z.object({ id: z.string(), how: z.enum(['finish', 'restore', 'dismiss']) }))
    .output(eventIterator(progressOf(z.object({})))),
};
