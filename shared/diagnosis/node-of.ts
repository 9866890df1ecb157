// The pod's node, and what kind of node it is.
import type { Evidence, Fix } from '../contract/findings.ts';
import type { KubeNode, PodCondition } from '../kubernetes/objects.ts';
import { hostFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { nodeEvidence } from './evidence.ts';

/** Undefined where the pod has no node yet, or the nodes are not known. */
export function nodeOf({ world: { nodes }, pod }: PodCase): KubeNode | undefined {
  return nodes === 'unknown' ? undefined : nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
}

export function nodeCondition(node: KubeNode, type: string): PodCondition | undefined {
  return node.status?.conditions?.find((each) => each.type === type);
}

export function nodeConditionEvidence(node: KubeNode, found: PodCondition): Evidence {
  const { type, status, reason, message, lastTransitionTime } = found;
  const index = node.status?.conditions?.indexOf(found) ?? 0;
  return {
    ...nodeEvidence(node, `status.conditions[${index}]`, `${type} ${status}${reason ? ` (${reason})` : ''}${message ? `: ${message}` : ''}`),
    ...(lastTransitionTime ? { at: lastTransitionTime } : {}),
  };
}

/** As a sentence can select on it; 'unknown' where nobody measured. */
export function storeOf({ world: { stores }, pod }: PodCase): string {
  return (stores === 'unknown' ? undefined : stores.find(({ node }) => node === pod.spec?.nodeName))?.kind.replaceAll('-', '_') ?? 'unknown';
}

/** Where the node is a container of this computer, or minikube's: its name is the container's (kind, k3d) or the profile's (minikube's first node). */
export function restartNode(subject: PodCase): Fix[] {
  const node = subject.pod.spec?.nodeName ?? '';
  const line = { kind: `docker restart ${node}`, k3d: `docker restart ${node}`, minikube: `minikube start -p ${node}` }[storeOf(subject)];
  return line === undefined ? [] : [hostFix('F21.restart-node', [line], { danger: 'y', params: { node } })];
}
