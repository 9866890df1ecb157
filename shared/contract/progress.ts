// What a long action tells while it runs, and how it ends. It fails by the call's typed error.
import { z } from 'zod';
import { buildStep, type BuildStep } from './build-step.ts';
import { message } from './findings.ts';

/** One running action: steps as they begin and end, lines of a log, bytes moved, and last its result. */
export const progressOf = <Result extends z.ZodType>(result: Result) =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('step'), step: message, state: z.enum(['running', 'done', 'failed']) }),
    z.object({ type: z.literal('log'), text: z.string() }),
    z.object({ type: z.literal('bytes'), sent: z.number(), total: z.number().optional() }),
    /** A build's step as it is now; the same `id` again when it changed. */
    z.object({ type: z.literal('build-step'), buildStep }),
    /** From here on it goes to its end, even if the caller leaves. Told only by actions that could be cancelled before. */
    z.object({ type: z.literal('goes-on') }),
    /** It waits for a pod to end: the entry in Activity says for how long, and whether that wait can be ended (stopNow). */
    z.object({ type: z.literal('waits'), activityId: z.string() }),
    /** `activityId`: the entry in Activity, which may offer Undo. */
    z.object({ type: z.literal('done'), activityId: z.string(), result }),
  ]);
export type Progress<Result> =
  | { type: 'step'; step: z.infer<typeof message>; state: 'running' | 'done' | 'failed' }
  | { type: 'log'; text: string }
  | { type: 'bytes'; sent: number; total?: number | undefined }
  | { type: 'build-step'; buildStep: BuildStep }
  | { type: 'goes-on' }
  | { type: 'waits'; activityId: string }
  | { type: 'done'; activityId: string; result: Result };
