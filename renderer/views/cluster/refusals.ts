// Why a cluster cannot be started, stopped or deleted now, as a message; undefined when it can.
import type { LocalCluster, ToolState } from '../../../shared/contract/clusters.ts';
import type { DockerState } from '../../../shared/contract/environment.ts';
import type { Message } from '../../../shared/contract/findings.ts';

export interface ClusterSurroundings {
  readonly tools: readonly ToolState[];
  readonly docker: DockerState['state'];
  /** Something is being done with this cluster. */
  readonly isBusy: boolean;
}

/** kind has no command to start or stop a cluster: its nodes are containers, and Docker does it. */
export function refusalOf(action: 'start' | 'stop' | 'remove', { tool, state }: Pick<LocalCluster, 'tool' | 'state'>, { tools, docker, isBusy }: ClusterSurroundings): Message | undefined {
  const message = (key: string): Message => ({ key, params: { tool } });
  if (isBusy) return message('refused.busy');
  if (action === 'start' && state === 'running') return message('cluster.local.refused.running');
  if (action === 'stop' && state === 'stopped') return message('cluster.local.refused.stopped');
  if (tool === 'kind' && action !== 'remove') return docker === 'connected' ? undefined : message('cluster.local.refused.docker');
  return tools.find((one) => one.tool === tool)?.state === 'missing' ? message('cluster.local.refused.missing') : undefined;
}

/** Why no cluster can be created at all. */
export function createRefusal(tools: readonly ToolState[]): Message | undefined {
  return tools.every(({ state }) => state === 'missing') ? { key: 'cluster.local.refused.none', params: {} } : undefined;
}
