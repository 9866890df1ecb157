// SCH-01 and SCH-08: the node has no room.
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { podUse } from '../kubernetes/pod-use.ts';
import { quantityValue } from '../kubernetes/quantity.ts';
import { findingOf, podFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { fieldEvidence, nodeEvidence } from './evidence.ts';
import { writePath } from './path-fix.ts';
import { amount, askedFor, rooms, smallerRequest } from './room.ts';
import type { Room } from './room.ts';
import { counts } from './refused.ts';
import type { Refused } from './refused.ts';

/** The request against what the nodes have, and against what is left of it. */
export function noRoom({ subject, message, token, nodes, said }: Refused): Finding {
  const resource = /^Insufficient (\S+)$/.exec(token.text)?.[1] ?? '';
  const { pod, world: { otherPods } } = subject;
  const asked = askedFor(pod, resource);
  const all = rooms(nodes, otherPods ?? [], resource);
  const best = all[0];
  const greatest = all.toSorted((a, b) => b.allocatable - a.allocatable)[0];
  const of = { request: amount(resource, asked), resource, ...counts(message, token) };
  const proof = (room: Room): Evidence[] => nodes.filter(({ metadata }) => metadata.name === room.node)
    .map((node) => nodeEvidence(node, `status.allocatable["${resource}"]`, node.status?.allocatable?.[resource] ?? '0'));
  const parts = { raw: message.raw, evidence: [...said, ...requestEvidence(subject, resource), ...(best ? proof(best) : [])] };
  if (!best || !greatest || asked === 0) return findingOf(subject, 'SCH-01', { ...parts, confidence: 'strong', sentence: 'sentence-unknown', params: { ...of, allocatable: 'none' }, fixes: write(subject, resource, true) });
  const never = asked > greatest.allocatable;
  if (never && greatest.allocatable === 0) {
    return findingOf(subject, 'SCH-01', { ...parts, confidence: 'proven', sentence: 'sentence-none', explanation: 'explanation-none', params: { ...of, allocatable: '0' }, fixes: write(subject, resource, true) });
  }
  const free = otherPods === undefined ? undefined : best.allocatable - best.used;
  const smaller = free === undefined ? [] : lower(subject, resource, free);
  const fixes = [...smaller, ...write(subject, resource, smaller.length === 0)];
  if (never) {
    return findingOf(subject, 'SCH-01', {
      ...parts, confidence: 'proven', sentence: 'sentence-never', explanation: 'explanation-never',
      params: { ...of, on: greatest.node, allocatable: amount(resource, greatest.allocatable), milli: mistaken(resource, asked) }, fixes,
      evidence: [...said, ...requestEvidence(subject, resource), ...proof(greatest)],
    });
  }
  if (free === undefined) {
    return findingOf(subject, 'SCH-01', { ...parts, confidence: 'strong', sentence: 'sentence-unknown', params: { ...of, allocatable: amount(resource, best.allocatable) }, fixes });
  }
  const takers = best.takers.map(({ name, amount: taken }) => `${name} (${amount(resource, taken)})`).join(', ');
  return findingOf(subject, 'SCH-01', {
    ...parts, confidence: 'proven',
    params: { ...of, on: best.node, allocatable: amount(resource, best.allocatable), used: amount(resource, best.used), left: amount(resource, Math.max(0, free)), takers: takers || 'none' },
    fixes,
  });
}

/** 1000 cores are hardly ever meant, 1000m are one. */
function mistaken(resource: string, asked: number): 'yes' | 'no' {
  return resource === 'cpu' && asked >= 100 ? 'yes' : 'no';
}

function requestEvidence(subject: PodCase, resource: string): Evidence[] {
  return (subject.pod.spec?.containers ?? []).flatMap((container, index) => {
    const { requests } = (container['resources'] ?? {}) as { requests?: Record<string, string> };
    const asked = requests?.[resource];
    return asked === undefined ? [] : [fieldEvidence(subject, `spec.containers[${index}].resources.requests["${resource}"]`, asked)];
  });
}

/** F11: one container asks for what is free. None for devices: those are counted, and a limit has to be the same. */
export function lower(subject: PodCase, resource: string, free: number): Fix[] {
  const found = resource === 'cpu' || resource === 'memory' || resource === 'ephemeral-storage' ? smallerRequest(subject.pod, resource, free) : undefined;
  if (!found) return [];
  const { container, init, value } = found;
  const path = ['spec', init ? 'initContainers' : 'containers', { name: container.name }, 'resources', 'requests', resource];
  return podFix(subject, 'F11.request', [{ path, value }], { recommended: true, params: { resource, value, container: container.name } });
}

function write(subject: PodCase, resource: string, recommended: boolean): Fix[] {
  const containers = subject.pod.spec?.containers ?? [];
  const index = containers.findIndex((container) => (podUse({ metadata: {}, spec: { containers: [container] } })[resource] ?? 0) > 0);
  return index < 0 ? [] : writePath(subject, 'F11.write-resources', `spec.containers[${index}].resources`, { recommended });
}

export function tooManyPods({ subject, message, token, nodes, said }: Refused): Finding {
  const node = nodes.length === 1 ? nodes[0] : undefined;
  const most = quantityValue(node?.status?.allocatable?.['pods'] ?? '');
  return findingOf(subject, 'SCH-08', {
    raw: message.raw, confidence: 'strong', params: { ...counts(message, token), most: most ?? 0 },
    evidence: [...said, ...(node && most !== undefined ? [nodeEvidence(node, 'status.allocatable["pods"]', String(most))] : [])],
  });
}
