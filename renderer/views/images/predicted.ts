// What would happen, as it is told: nodes of the same fate together, and the sentence for each policy.
import type { PredictedFate, Prediction } from '../../../shared/contract/images.ts';

type OnNode = Prediction['nodes'][number];
export interface NodeGroup {
  readonly nodes: readonly string[];
  readonly presence: OnNode['presence'];
  readonly fates: readonly PredictedFate[];
}

/** The nodes on which the same would happen, in the order of their first. A step's own parameter `node` makes no difference. */
export function groupNodes(nodes: readonly OnNode[]): NodeGroup[] {
  const groups = new Map<string, { nodes: string[]; presence: OnNode['presence']; fates: readonly PredictedFate[] }>();
  for (const { node, presence, fates } of nodes) {
    const same = JSON.stringify([presence, fates], (key, value: unknown) => (key === 'node' && value === node ? '' : value));
    const group = groups.get(same);
    if (group) group.nodes.push(node);
    else groups.set(same, { nodes: [node], presence, fates });
  }
  return [...groups.values()];
}

/**
 * The key of the sentence why: the row of the verdict table; where several are left, what it depends on; where these end the same way, that.
 */
export function reasonKey({ verdict, fate, warning, decision }: PredictedFate, presence: OnNode['presence']): string {
  if (warning === 'stale' && presence === 'older-build') return 'verdict.older-build';
  if (verdict !== 'unknown') return `verdict.${verdict}`;
  if (fate === 'stuck' || fate === 'downloads') return `verdict.either-way.${fate}`;
  const isUnknown = (id: 'node' | 'registry') => decision.some((step) => step.id === id && step.state === 'unknown');
  if (presence === 'unknown') return isUnknown('registry') ? 'verdict.unknown.both' : 'verdict.unknown.node';
  return isUnknown('registry') ? 'verdict.unknown.registry' : 'verdict.unknown.which';
}
