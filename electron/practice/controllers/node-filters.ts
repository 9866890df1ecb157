// Whether a pod may go to a node: the scheduler's filters in their order (kubernetes, pkg/scheduler/framework/plugins); the first that says no
// is the reason told.
import type { Node, Pod, Taint, Toleration } from '../objects.ts';
import { amountOf, hostPorts, podRequests, portsClash, type Amounts } from './pod-requests.ts';

/** A node with what its pods take. */
export interface NodeInfo {
  readonly node: Node;
  readonly allocatable: Amounts;
  readonly used: Map<string, number>;
  readonly ports: string[];
  pods: number;
}

export interface Refusal {
  readonly reasons: readonly string[];
  /** Taking away other pods would not help. */
  readonly unresolvable: boolean;
}

export function nodeInfo(node: Node): NodeInfo {
  const amounts = Object.entries(node.status.allocatable ?? node.status.capacity ?? {}).map(([name, quantity]) => [name, amountOf(name, quantity)] as const);
  return { node, allocatable: new Map(amounts), used: new Map(), ports: [], pods: 0 };
}

/** Counts a pod as being on the node. */
export function place(info: NodeInfo, pod: Pod): void {
  for (const [name, amount] of podRequests(pod)) info.used.set(name, (info.used.get(name) ?? 0) + amount);
  info.ports.push(...hostPorts(pod));
  info.pods += 1;
}

const never = (reason: string): Refusal => ({ reasons: [reason], unresolvable: true });

/** @returns nothing when the pod may go there. */
export function refusal(pod: Pod, info: NodeInfo, minor: number): Refusal | undefined {
  const { node } = info;
  const tolerations = pod.spec.tolerations ?? [];
  const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.spec.unschedulable && !tolerations.some((toleration) => tolerates(toleration, cordon))) return never('node(s) were unschedulable');
  const taint = (node.spec.taints ?? []).find(
    (each) => (each.effect === 'NoSchedule' || each.effect === 'NoExecute') && !tolerations.some((toleration) => tolerates(toleration, each)),
  );
  if (taint) {
    const text = `{${taint.key}: ${taint.value ?? ''}}`;
    // Which taint is a secret of the node since 1.34.2.
    if (minor >= 34) return never('node(s) had untolerated taint(s)');
    return never(minor >= 24 ? `node(s) had untolerated taint ${text}` : `node(s) had taint ${text}, that the pod didn't tolerate`);
  }
  if (!matchesNode(pod, node)) return never(minor >= 21 ? "node(s) didn't match Pod's node affinity/selector" : "node(s) didn't match Pod's node affinity");
  const clash = hostPorts(pod).some((port) => info.ports.some((taken) => portsClash(port, taken)));
  if (clash) return { reasons: ["node(s) didn't have free ports for the requested pod ports"], unresolvable: false };
  return shortage(pod, info, minor);
}

function shortage(pod: Pod, { allocatable, used, pods }: NodeInfo, minor: number): Refusal | undefined {
  const reasons: string[] = [];
  // More than the whole node has cannot be helped: told apart since 1.32.
  let never_ = false;
  if (pods + 1 > (allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
  for (const [name, amount] of podRequests(pod)) {
    const whole = allocatable.get(name) ?? 0;
    if (amount === 0 || amount <= whole - (used.get(name) ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    if (minor >= 32 && amount > whole) never_ = true;
  }
  return reasons.length > 0 ? { reasons, unresolvable: never_ } : undefined;
}

export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return key !== undefined && key !== '' && (value ?? '') === (taint.value ?? '');
}

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}
interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

function matchesNode({ spec }: Pod, { metadata }: Node): boolean {
  const labels = metadata.labels ?? {};
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const required = spec.affinity?.nodeAffinity?.['requiredDuringSchedulingIgnoredDuringExecution'] as { nodeSelectorTerms?: Term[] } | undefined;
  if (!required) return true;
  // One term has to hold, with all that it says; one that says nothing never holds.
  return (required.nodeSelectorTerms ?? []).some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    const fields = { 'metadata.name': metadata.name ?? '' };
    return matchExpressions.every((requirement) => holds(requirement, labels)) && matchFields.every((requirement) => holds(requirement, fields));
  });
}

function holds({ key, operator, values = [] }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [bound] = values;
      if (value === undefined || bound === undefined || !/^-?\d+$/.test(value) || !/^-?\d+$/.test(bound)) return false;
      return operator === 'Gt' ? Number(value) > Number(bound) : Number(value) < Number(bound);
    }
    default:
      return false;
  }
}

/** The share that stays free of cpu and memory, averaged: the scheduler's least allocated strategy. */
export function freeShare({ allocatable, used }: NodeInfo, pod: Pod): number {
  const requests = podRequests(pod);
  const shares = ['cpu', 'memory'].map((name) => {
    const whole = allocatable.get(name) ?? 0;
    return whole === 0 ? 0 : (whole - (used.get(name) ?? 0) - (requests.get(name) ?? 0)) / whole;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
