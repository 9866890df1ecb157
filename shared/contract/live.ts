// A connection of the HTTP tester that stays open: a WebSocket, or a stream of server-sent events.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { httpRequest, httpTarget } from './http.ts';

/** The ways on which Podlab itself speaks. */
const [throughForward, intoPod, intoService] = httpTarget.options;
const liveTarget = z.discriminatedUnion('via', [throughForward, intoPod, intoService]);
export type LiveTarget = z.infer<typeof liveTarget>;

export const liveProtocol = z.enum(['websocket', 'event-stream']);
export type LiveProtocol = z.infer<typeof liveProtocol>;

const liveMessage = z.object({
  /** Counted from 1 on, both ways together. */
  number: z.number(),
  /** ISO 8601. */
  at: z.string(),
  from: z.enum(['pod', 'me']),
  kind: z.enum(['text', 'binary', 'event']),
  /** Base64 where it is binary; cut where it is long: `bytes` is what there was. */
  text: z.string(),
  isCut: z.boolean(),
  bytes: z.number(),
  /** Of a server-sent event: its name, `message` where it has none, and its ID. */
  event: z.string().optional(),
  eventId: z.string().optional(),
});
export type LiveMessage = z.infer<typeof liveMessage>;

export const liveState = z.object({
  state: z.enum(['opening', 'open', 'closed']),
  servedBy: z.object({ name: z.string(), uid: z.string() }).optional(),
  /** What a WebSocket's server chose of those that were offered. */
  subprotocol: z.string().optional(),
  /** How a WebSocket was closed (RFC 6455, 7.4); a stream of events just ends. */
  closed: z.object({ code: z.number(), reason: z.string() }).optional(),
  failure: failureData.optional(),
  /** Of a stream of events: what the header Last-Event-ID says to go on after it (HTML Standard, 9.2.4). */
  lastEventId: z.string().optional(),
  received: z.number(),
  sent: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** The newest that are kept, in their order. */
  messages: z.array(liveMessage),
});
export type LiveState = z.infer<typeof liveState>;

export const live = {
  /**
   * Opens it, and tells how it stands, whole, after each change, at most ten times a second. Ends when the caller aborts. `id` is the caller's choice, for `send` and `close`.
   * Of the request a WebSocket takes neither method nor body; the time limit is for the opening, and redirects are not followed.
   */
  open: oc.errors(declared)
    .input(z.object({ id: z.string(), protocol: liveProtocol, target: liveTarget, request: httpRequest, subprotocols: z.array(z.string()) }))
    .output(eventIterator(liveState)),
  /** Into an open WebSocket. */
  send: oc.errors(declared).input(z.object({ id: z.string(), text: z.string() })).output(z.object({})),
  close: oc.errors(declared).input(z.object({ id: z.string() })).output(z.object({})),
};
