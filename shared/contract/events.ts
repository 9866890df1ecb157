// What Kubernetes noted down about one object and about what belongs to it, as far back as Podlab was there.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { connectionState } from './environment.ts';
import { declared } from './errors.ts';

/**
 * What an event's object is to the one that is looked at. self: it is that one. earlier: one of the same kind and name that was there before. owner: what
 * makes it. owned: what it makes, and is no pod (ReplicaSets, Jobs). pod: a pod that it makes. node: the node that it runs on.
 */
export const eventRelation = z.enum(['self', 'earlier', 'owner', 'owned', 'pod', 'node']);
export type EventRelation = z.infer<typeof eventRelation>;

/** One or several events that say the same of the same object. */
export const eventRow = z.object({
  id: z.string(),
  about: z.object({
    kind: z.string(), namespace: z.string().optional(), name: z.string(), relation: eventRelation,
    /** Of a pod, where it is about one of its containers. */
    container: z.string().optional(),
  }),
  /** Normal or Warning; what a controller may invent besides. */
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  /** RFC 3339, of the first and of the last time that it happened. */
  firstAt: z.string().optional(),
  at: z.string().optional(),
  /** The component that noted it: kubelet, default-scheduler. */
  source: z.string(),
  /** The server does not list it any more. */
  isForgotten: z.boolean(),
});
export type EventRow = z.infer<typeof eventRow>;

/** Whose events cannot be read now (or not yet): those of pods, of nodes, of everything else. */
export const unreadEvents = z.enum(['pods', 'nodes', 'others']);
export type UnreadEvents = z.infer<typeof unreadEvents>;

export const eventsOfTarget = z.object({
  connection: connectionState,
  /** Newest first. 'unknown' where nothing could be read, so that nothing follows from there being none. */
  events: z.union([z.array(eventRow), z.literal('unknown')]),
  unread: z.array(unreadEvents),
  /** Older ones that are left out. */
  notShown: z.number(),
});
export type EventsOfTarget = z.infer<typeof eventsOfTarget>;

export const events = {
  /**
   * The events of one object, by kind and name, with those of what belongs to it: of a pod its owners and its node, of a workload what it makes. Also of an
   * object that is gone. Whole at first and after each change, a few times a second at most.
   */
  watch: oc.errors(declared)
    .input(z.object({ context: z.string(), namespace: z.string(), target: z.object({ kind: z.string(), name: z.string() }) }))
    .output(eventIterator(eventsOfTarget)),
};
