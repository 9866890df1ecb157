// What happened to a pod, on one axis of time: bars for what lasted, marks for what happened at a moment.
import { z } from 'zod';

/** `to` is absent while it still goes on. RFC 3339. `seen`: told by what Podlab saw, not by the cluster's own record. */
export const timeBar = z.object({
  what: z.enum(['unscheduled', 'starting', 'pulling', 'back-off', 'waiting', 'running', 'ready', 'ended', 'failed', 'ending']),
  from: z.string(),
  to: z.string().optional(),
  /** A word of Kubernetes: a waiting reason, an exit, how often it was tried. */
  detail: z.string(),
  seen: z.boolean(),
});
export type TimeBar = z.infer<typeof timeBar>;

export const timeMark = z.object({ at: z.string(), reason: z.string(), message: z.string(), isWarning: z.boolean(), count: z.number() });
export type TimeMark = z.infer<typeof timeMark>;

/** `container` is absent in the row of the pod itself. Bars and marks are in the order of time. */
export const timeRow = z.object({ container: z.string().optional(), init: z.boolean(), bars: z.array(timeBar), marks: z.array(timeMark) });
export type TimeRow = z.infer<typeof timeRow>;

/** The pod's row first, then its init containers and its containers. */
export const timeline = z.object({ from: z.string(), rows: z.array(timeRow) });
export type Timeline = z.infer<typeof timeline>;
