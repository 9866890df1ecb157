// The local clusters of this computer, and the tools that make them: kind and minikube.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { connectionState, nodeInfo } from './environment.ts';
import { failureData } from './failures.ts';
import { progressOf } from './progress.ts';

export const clusterTool = z.enum(['kind', 'minikube']);
export type ClusterTool = z.infer<typeof clusterTool>;

export const toolState = z.object({
  tool: clusterTool,
  /** unknown: not looked for yet, or it is there and does not answer (`cause`). */
  state: z.enum(['found', 'missing', 'unknown']),
  path: z.string().optional(),
  version: z.string().optional(),
  cause: failureData.optional(),
});
export type ToolState = z.infer<typeof toolState>;

export const localCluster = z.object({
  tool: clusterTool,
  /** kind's cluster or minikube's profile. */
  name: z.string(),
  /** The kubeconfig's context, where it has one. */
  context: z.string().optional(),
  /** By the state of its nodes' containers in Docker, or by what the tool says. */
  state: z.enum(['running', 'stopped', 'partly', 'unknown']),
  nodes: z.array(z.object({ name: z.string(), state: z.enum(['running', 'stopped', 'unknown']) })),
});
export type LocalCluster = z.infer<typeof localCluster>;

/** One context of the kubeconfig. Those that are not on this computer are not connected to unasked: their state is then `connecting` with no nodes. */
export const contextRow = z.object({
  context: z.string(),
  /** What made the cluster, as far as its nodes or its entry tell. */
  kind: z.enum(['docker-desktop', 'kind', 'minikube', 'k3d', 'other', 'unknown']),
  server: z.string(),
  isLocal: z.boolean(),
  asked: z.boolean(),
  connection: connectionState,
  serverVersion: z.string().optional(),
  nodes: z.array(nodeInfo),
});
export type ContextRow = z.infer<typeof contextRow>;

const named = z.object({ tool: clusterTool, name: z.string() });
/** Not '': `kind delete cluster --name ''` deletes the cluster that is named `kind`. */
const existing = named.extend({ name: z.string().min(1) });

export const clusters = {
  /** The tools and the clusters they made, whole after each change. */
  watch: oc.errors(declared).output(eventIterator(z.object({ tools: z.array(toolState), clusters: z.array(localCluster) }))),
  /** Every context with what its cluster says of itself; `ask` names contexts elsewhere that may be connected to. */
  watchContexts: oc.errors(declared).input(z.object({ ask: z.array(z.string()) })).output(eventIterator(z.object({ contexts: z.array(contextRow) }))),
  create: oc.errors(declared)
    .input(named.extend({ nodes: z.number().int().min(1).max(9), kubernetesVersion: z.string().optional() }))
    .output(eventIterator(progressOf(z.object({ context: z.string() })))),
  start: oc.errors(declared).input(existing).output(eventIterator(progressOf(z.object({})))),
  stop: oc.errors(declared).input(existing).output(eventIterator(progressOf(z.object({})))),
  /** `confirm` must be the cluster's name, as the person typed it. */
  remove: oc.errors(declared).input(existing.extend({ confirm: z.string() })).output(eventIterator(progressOf(z.object({})))),
};
