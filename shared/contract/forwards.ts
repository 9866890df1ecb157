// Port forwards: listeners on this computer that outlive the pods they lead to.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';

/** What a forward, or a request, leads to. A workload or a Service leads to any of its ready pods. */
export const forwardTarget = z.object({
  kind: z.enum(['Pod', 'Deployment', 'StatefulSet', 'Service']),
  name: z.string(),
  /** A number from 1 to 65535, or the name of a port: of a container, or, where a Service is the target, of the Service. */
  port: z.string(),
});
export type ForwardTarget = z.infer<typeof forwardTarget>;
export type ForwardKind = ForwardTarget['kind'];

/** sticky: one pod serves for as long as it can; round-robin: each connection goes to the next one. */
const strategy = z.enum(['sticky', 'round-robin']);
export type ForwardStrategy = z.infer<typeof strategy>;

/** What is asked for, and what is kept of a forward for the next start of Podlab. */
export const forwardSettings = z.object({
  context: z.string(),
  namespace: z.string(),
  target: forwardTarget,
  /** 0: any free one. */
  localPort: z.number(),
  /** `localhost`: 127.0.0.1 and ::1. Else an IP address of this computer; 0.0.0.0 and :: are all of them, so that others on the network reach it. */
  address: z.string(),
  strategy,
  /** Whether the HTTP/1 requests that pass are listed. */
  httpLog: z.boolean(),
});
export type ForwardSettings = z.infer<typeof forwardSettings>;

export const forwardRow = forwardSettings.extend({
  id: z.string(),
  /** The one that it has, or had when it was stopped; 0 where it never had any. */
  localPort: z.number(),
  /** The IP addresses on which it listens now. */
  listensOn: z.array(z.string()),
  /**
   * stopped: it does not listen. listening: it listens and a pod could serve. connected: a connection into a pod is open. waiting: it listens, and
   * no pod can serve now. failed: it cannot listen, the cluster does not answer, or the last connection failed; `reason` says which.
   */
  state: z.enum(['stopped', 'listening', 'connected', 'waiting', 'failed']),
  /** Why it is failed or waiting. */
  reason: failureData.optional(),
  /** How many pods could serve now; absent where that is not known. */
  readyPods: z.number().optional(),
  /** The pod that served the last connection. */
  servingPod: z.object({ name: z.string(), uid: z.string() }).optional(),
  /** Connections: open now, held until a pod is ready (among the open ones), all so far, and those that failed. */
  open: z.number(),
  held: z.number(),
  total: z.number(),
  failed: z.number(),
  /** How often another pod than before took over. */
  reconnects: z.number(),
  /** From the pod, and to it. */
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** Bytes both ways in each of the last 30 s, the oldest first. */
  recentBytes: z.array(z.number()),
  lastError: failureData.extend({ at: z.string() }).optional(),
});
export type ForwardRow = z.infer<typeof forwardRow>;

/** A port that can be asked for. `protocol` UDP and SCTP are shown, and refused: Kubernetes forwards TCP only. */
const targetPort = z.object({ port: z.number(), name: z.string(), protocol: z.string() });

export const targetChoice = z.object({
  kind: forwardTarget.shape.kind,
  namespace: z.string(),
  name: z.string(),
  /** A pod's STATUS as kubectl says it; '' of others. */
  status: z.string(),
  /** Pods that could serve now. */
  readyPods: z.number(),
  /** Ports that its containers declare, or the Service's own. */
  ports: z.array(targetPort),
});
export type TargetChoice = z.infer<typeof targetChoice>;

/** One HTTP/1 request that passed through a forward. */
export const loggedRequest = z.object({
  id: z.number(),
  at: z.string(),
  method: z.string(),
  path: z.string(),
  /** Absent until the answer's first line has come. */
  status: z.number().optional(),
  /** From the request's first byte to the answer's first line. */
  milliseconds: z.number().optional(),
  pod: z.string(),
});
export type LoggedRequest = z.infer<typeof loggedRequest>;

const byId = z.object({ id: z.string() });

export const forwards = {
  /** All forwards, whole, after each change. Those that an earlier Podlab kept are among them. */
  watch: oc.errors(declared).output(eventIterator(z.object({ rows: z.array(forwardRow) }))),
  /** What can be forwarded to in a namespace; '' is all. `unread`: kinds whose lists are not known. */
  watchTargets: oc.errors(declared)
    .input(z.object({ context: z.string(), namespace: z.string() }))
    .output(eventIterator(z.object({ isLive: z.boolean(), targets: z.array(targetChoice), unread: z.array(z.string()) }))),
  /** The last requests that passed, the newest last, whole after each change. */
  watchLog: oc.errors(declared).input(byId).output(eventIterator(z.object({ requests: z.array(loggedRequest) }))),
  /** Begins a forward and keeps it for the next start of Podlab. */
  start: oc.errors(declared)
    .input(forwardSettings.partial({ address: true, strategy: true, httpLog: true }))
    .output(forwardRow),
  /** A stopped or failed one listens again; `localPort` is another port than before. */
  startAgain: oc.errors(declared).input(byId.extend({ localPort: z.number().optional() })).output(forwardRow),
  /** Ends its connections and frees the port; it stays in the list. */
  stop: oc.errors(declared).input(byId).output(z.object({})),
  /** Stops it and forgets it. */
  remove: oc.errors(declared).input(byId).output(z.object({})),
  /** All of a context. A port that cannot be had is said in its row. */
  startAll: oc.errors(declared).input(z.object({ context: z.string() })).output(z.object({})),
  stopAll: oc.errors(declared).input(z.object({ context: z.string() })).output(z.object({})),
  /** Counts for the connections that follow. */
  change: oc.errors(declared).input(byId.extend({ strategy: strategy.optional(), httpLog: z.boolean().optional() })).output(z.object({})),
};
