// NOD, TRM and LIF: the node, the end of a pod, and its life.
import type { Finding, Fix } from '../contract/findings.ts';
import type { KubeNode, PodCondition } from '../kubernetes/objects.ts';
import { findingOf, hostFix } from './cause.ts';
import type { Cause, PodCase } from './cause.ts';
import { nodeEvidence } from './evidence.ts';

/** Of a pod that is being deleted. */
export const endingCauses: readonly Cause<PodCase>[] = [];
/** Of a pod that is over as a whole: phase Failed, with a reason. */
export const endedCauses: readonly Cause<PodCase>[] = [];
/** The node does not report, so all that it said is old. */
export const silentNode: readonly Cause<PodCase>[] = [{ id: 'NOD-02', find: nodeNotReady }];
/** What the node suffers from beside. */
export const nodeCauses: readonly Cause<PodCase>[] = [];

/**
 * The Ready condition of the pod's node: `Unknown` is written by the node controller when the kubelet's lease has run out (40 s), `False` by the kubelet
 * itself (pkg/controller/nodelifecycle, pkg/kubelet/nodestatus).
 */
function nodeNotReady(subject: PodCase): Finding | undefined {
  const node = nodeOf(subject);
  const ready = node && nodeCondition(node, 'Ready');
  if (!ready || ready.status === 'True') return undefined;
  const heard = ready.status === 'False';
  return findingOf(subject, 'NOD-02', {
    confidence: 'proven', sentence: heard ? 'sentence-not-ready' : 'sentence',
    params: { since: sinceOf(ready), store: storeOf(subject) },
    evidence: [conditionOfNode(node, ready)], raw: ready.message, fixes: restartNode(subject),
  });
}

/** Undefined where the pod has no node yet, or the nodes are not known. */
export function nodeOf({ world: { nodes }, pod }: PodCase): KubeNode | undefined {
  return nodes === 'unknown' ? undefined : nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
}

export function nodeCondition(node: KubeNode, type: string): PodCondition | undefined {
  return node.status?.conditions?.find((each) => each.type === type);
}

function conditionOfNode(node: KubeNode, found: PodCondition) {
  const { type, status, reason, message, lastTransitionTime } = found;
  const index = node.status?.conditions?.indexOf(found) ?? 0;
  return {
    ...nodeEvidence(node, `status.conditions[${index}]`, `${type} ${status}${reason ? ` (${reason})` : ''}${message ? `: ${message}` : ''}`),
    ...(lastTransitionTime ? { at: lastTransitionTime } : {}),
  };
}

/** Milliseconds, for a sentence; 0 where it is not known. */
function sinceOf({ lastTransitionTime }: PodCondition): number {
  return Date.parse(lastTransitionTime ?? '') || 0;
}

/** What kind of node it is, as a sentence can select on it; 'unknown' where nobody measured. */
export function storeOf({ world: { stores }, pod }: PodCase): string {
  return (stores === 'unknown' ? undefined : stores.find(({ node }) => node === pod.spec?.nodeName))?.kind.replaceAll('-', '_') ?? 'unknown';
}

/** Where the node is a container of this computer, or minikube's: its name is the container's (kind, k3d) or the profile's (minikube's first node). */
function restartNode(subject: PodCase): Fix[] {
  const node = subject.pod.spec?.nodeName ?? '';
  const store = storeOf(subject);
  const line = { kind: `docker restart ${node}`, k3d: `docker restart ${node}`, minikube: `minikube start -p ${node}` }[store];
  return line === undefined ? [] : [hostFix('F21.restart-node', [line], { danger: 'y', params: { node } })];
}
