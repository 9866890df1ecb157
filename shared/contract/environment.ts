// What this computer offers: kubeconfig, contexts, Docker; and the state of one chosen cluster.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { message } from './findings.ts';

export const contextInfo = z.object({
  name: z.string(),
  cluster: z.string(),
  server: z.string(),
  /** The namespace that the kubeconfig sets for the context, else `default`. */
  namespace: z.string(),
  /** A cluster on this computer. Changes on any other must be allowed first, and always ask. */
  isLocal: z.boolean(),
});
export type ContextInfo = z.infer<typeof contextInfo>;

export const dockerState = z.object({
  state: z.enum(['connecting', 'connected', 'absent', 'refused', 'stopped']),
  endpoint: z.string().optional(),
  /** How the endpoint was found: DOCKER_HOST, a Docker context, or a usual socket. */
  source: z.enum(['DOCKER_HOST', 'docker-context', 'socket']).optional(),
  version: z.string().optional(),
  since: z.string(),
  cause: failureData.optional(),
});
export type DockerState = z.infer<typeof dockerState>;

export const practiceState = z.object({
  /**
   * off: the computer's own clusters are shown. starting: asked for. on: the practice cluster, and nothing else, is shown. failed: it could
   * not be started. ended: it was on and its process ended by itself; nothing is shown until the person starts it again or leaves it.
   */
  state: z.enum(['off', 'starting', 'on', 'failed', 'ended']),
  /** How much faster than a real cluster it waits. */
  speed: z.number().optional(),
  version: z.string().optional(),
  contexts: z.array(z.string()).optional(),
  /** ended, and asked for again. */
  restarting: z.boolean().optional(),
  /** failed: PRACTICE_FAILED; ended: PRACTICE_ENDED, or PRACTICE_FAILED when it could not be started again. */
  cause: failureData.optional(),
});
export type PracticeState = z.infer<typeof practiceState>;

export const environmentState = z.object({
  kubeconfig: z.object({ files: z.array(z.string()), problem: failureData.optional() }),
  contexts: z.array(contextInfo),
  /** What --context said, whether such a context exists or not. */
  askedContext: z.string().optional(),
  /** The kubeconfig's own. */
  currentContext: z.string().optional(),
  docker: dockerState,
  practice: practiceState,
});
export type EnvironmentState = z.infer<typeof environmentState>;

export const connectionState = z.object({
  /**
   * live: the list is whole and the watch is open. reconnecting: the watch broke just now. stale: what is shown was last known to be
   * true at `since`. disconnected: never connected. forbidden / unauthorized: the server answers, but refuses.
   */
  state: z.enum(['connecting', 'live', 'reconnecting', 'stale', 'disconnected', 'forbidden', 'unauthorized']),
  since: z.string(),
  cause: failureData.optional(),
});
export type ConnectionState = z.infer<typeof connectionState>;

export const nodeInfo = z.object({
  name: z.string(),
  ready: z.boolean(),
  /** `docker://20.10.24`, `containerd://1.6.20`, as the kubelet says it. */
  runtime: z.string(),
  architecture: z.string(),
  store: z.object({
    kind: z.enum(['shared-docker', 'kind', 'minikube', 'k3d', 'generic']),
    sharesDocker: z.enum(['yes', 'no', 'unknown']),
    /** How that is known; the screen has a sentence for each (`store.known.*`). */
    known: z.string(),
    /** The kind or k3d cluster, or the minikube profile, where a command may name it. */
    cluster: z.string().optional(),
  }),
  /** How the node's images are read; absent while they could not be read. */
  images: z.object({ source: z.string(), count: z.number(), complete: z.boolean(), readAt: z.string() }).optional(),
  imagesProblem: failureData.optional(),
});
export type NodeInfo = z.infer<typeof nodeInfo>;

export const clusterState = z.object({
  context: z.string(),
  isLocal: z.boolean(),
  /** Whether changes are allowed now: always on a local cluster, by the person's choice on any other. */
  changesAllowed: z.boolean(),
  connection: connectionState,
  serverVersion: z.string().optional(),
  namespaces: z.object({ names: z.array(z.string()), problem: failureData.optional() }),
  nodes: z.array(nodeInfo),
});
export type ClusterState = z.infer<typeof clusterState>;

const context = z.object({ context: z.string() });
/** Beyond this the practice cluster would wait for less than the events take that are to be seen. */
export const FASTEST = 100;

export const environment = {
  /** The present state, then each change of the kubeconfig or of Docker. */
  watch: oc.errors(declared).output(eventIterator(environmentState)),
  /** One cluster: connection, namespaces, nodes and how their image stores are reached. Connects while somebody watches. */
  watchCluster: oc.errors(declared).input(context).output(eventIterator(clusterState)),
  /** Allows or locks changes on a cluster that is not local, until Podlab ends. */
  allowChanges: oc.errors(declared).input(context.extend({ allow: z.boolean() })).output(z.object({ allowed: z.boolean() })),
  /**
   * What the cluster does not let this user do with pods of a namespace (`''`: of all), as far as it said so, and why; whole after each change. What is
   * absent is allowed or not known: then it is tried, and the server decides.
   */
  watchAccess: oc.errors(declared).input(context.extend({ namespace: z.string() })).output(
    eventIterator(z.object({ create: message.optional(), delete: message.optional(), recreate: message.optional() })),
  ),
  /** Starts the practice cluster and shows it instead of the computer's own clusters and Docker. Answers when it is there. */
  startPractice: oc.errors(declared).input(z.object({ speed: z.number().min(1).max(FASTEST).optional() })).output(z.object({})),
  /** Ends the practice cluster with everything in it, and goes back to the computer's own. */
  stopPractice: oc.errors(declared).output(z.object({})),
};
