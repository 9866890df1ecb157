// Port forwards: listeners on this computer that outlive the pods they lead to.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';

export const forwardRow = z.object({
  id: z.string(),
  context: z.string(),
  namespace: z.string(),
  pod: z.string(),
  podPort: z.number(),
  localPort: z.number(),
  /** listening: no connection now; connected: at least one open; waiting: no such pod is running now; failed: the last connection failed. */
  state: z.enum(['listening', 'connected', 'waiting', 'failed']),
  open: z.number(),
  total: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** The pod that served the last connection, and its uid. */
  servingPod: z.object({ name: z.string(), uid: z.string() }).optional(),
  lastError: failureData.optional(),
});
export type ForwardRow = z.infer<typeof forwardRow>;

export const forwards = {
  /** All forwards, whole, after each change. */
  watch: oc.errors(declared).output(eventIterator(z.object({ rows: z.array(forwardRow) }))),
  /** Listens on 127.0.0.1. `localPort` 0: any free one. */
  start: oc.errors(declared)
    .input(z.object({ context: z.string(), namespace: z.string(), pod: z.string(), podPort: z.number(), localPort: z.number() }))
    .output(forwardRow),
  /** Ends its connections and frees the port. */
  stop: oc.errors(declared).input(z.object({ id: z.string() })).output(z.object({})),
};
