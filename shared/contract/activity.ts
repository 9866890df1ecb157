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
});
export type ActivityEntry = z.infer<typeof activityEntry>;

export const activity = {
  /** The newest 200 entries, newest last, whole, after each change. */
  watch: oc.errors(declared).output(eventIterator(z.object({ entries: z.array(activityEntry) }))),
  /** Takes one change back: a recreated pod gets its old definition, a deleted one returns, a created one is deleted. */
  undo: oc.errors(declared).input(z.object({ id: z.string() })).output(eventIterator(progressOf(z.object({})))),
};
