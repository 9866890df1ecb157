// The requests that were sent with the HTTP tester: kept when Podlab ends, so that one is sent again without being typed again.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { forwardTarget } from './forwards.ts';
import { httpRequest, httpTarget } from './http.ts';

export const sentRequest = z.object({
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  target: httpTarget,
  /** Through a forward: where it led then. A forward that is gone can be read about, and not asked. */
  forward: z.object({ namespace: z.string(), target: forwardTarget, localPort: z.number() }).optional(),
  /** As it was sent, but for what is left out. */
  request: httpRequest,
  /** secrets: values of authentication, and of headers that carry it. body: it is more than is kept. */
  leftOut: z.array(z.enum(['secrets', 'body'])),
  outcome: z.discriminatedUnion('state', [
    z.object({ state: z.literal('answered'), status: z.number(), milliseconds: z.number(), bodyBytes: z.number() }),
    z.object({ state: z.literal('failed'), failure: failureData }),
  ]),
});
export type SentRequest = z.infer<typeof sentRequest>;

export const requests = {
  /** Those of a context, the newest first and at most 200, whole after each change. `isRead`: false until the disk was looked at. */
  watchHistory: oc.errors(declared)
    .input(z.object({ context: z.string() }))
    .output(eventIterator(z.object({ isRead: z.boolean(), sent: z.array(sentRequest) }))),
  /** Forgets one, or all of the context. */
  forgetHistory: oc.errors(declared).input(z.object({ context: z.string(), id: z.string().optional() })).output(z.object({})),
};
