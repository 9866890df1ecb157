// NOD-01: the kubelet threw the pod out (pkg/kubelet/eviction). Only its record is left.
import type { Finding, Fix } from '../contract/findings.ts';
import { containersOf } from '../kubernetes/containers.ts';
import { findingOf, podFix, retryFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { fieldEvidence, otherEvidence } from './evidence.ts';
import { fieldsAt, fieldsIn, textIn } from './spec-fields.ts';

export function evicted(subject: PodCase): Finding | undefined {
  const { pod } = subject;
  if (pod.status?.phase !== 'Failed' || pod.status.reason !== 'Evicted') return undefined;
  const raw = pod.status.message ?? '';
  const parts = { confidence: 'proven' as const, raw: raw.trim() || 'Evicted', evidence: [statusEvidence(subject, raw)] };
  const [, volume, most] = /Usage of EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/.exec(raw) ?? [];
  if (volume !== undefined) {
    const index = fieldsIn(pod.spec?.volumes).find(([, each]) => textIn(each, 'name') === volume)?.[0];
    const drop = index === undefined ? [] : podFix(subject, 'F20.drop-size-limit', [{ path: ['spec', 'volumes', { name: volume }, 'emptyDir', 'sizeLimit'] }], { recommended: true, params: { volume } });
    return findingOf(subject, 'NOD-01', {
      ...parts, sentence: 'sentence-volume', explanation: 'explanation-volume', params: { volume, limit: most ?? '' }, fixes: [...drop, ...retryFix(subject, drop.length === 0)],
      evidence: [...parts.evidence, ...(index === undefined ? [] : [fieldEvidence(subject, `spec.volumes[${index}].emptyDir`, fieldsAt(pod.spec?.volumes?.[index], 'emptyDir'))])],
    });
  }
  const [, one, own] = /Container (\S+) exceeded its local ephemeral storage limit "([^"]+)"/.exec(raw) ?? [];
  const [, all] = /Pod ephemeral local storage usage exceeds the total limit of containers (\S+?)\.?\s*$/.exec(raw) ?? [];
  const limit = own ?? all;
  if (limit !== undefined) {
    const drop = dropStorageLimit(subject);
    return findingOf(subject, 'NOD-01', { ...parts, sentence: 'sentence-storage', explanation: 'explanation-storage', params: { by: one ?? 'none', limit }, fixes: [...drop, ...retryFix(subject, drop.length === 0)] });
  }
  const [, resource] = /The node was low on resource: ([^.]+)\./.exec(raw) ?? [];
  const [, pressures] = /The node had condition: \[([^\]]+)\]/.exec(raw) ?? [];
  if (resource !== undefined) {
    const [, name, used, asked] = /Container (\S+) was using (\S+?), (?:which exceeds its request of|request is) (\S+?)(?:[.,]|\s|$)/.exec(raw) ?? [];
    return findingOf(subject, 'NOD-01', { ...parts, sentence: 'sentence-node', explanation: 'explanation-node', params: { resource, name: name ?? 'none', used: used ?? '', asked: asked ?? '' }, fixes: retryFix(subject) });
  }
  if (pressures !== undefined) return findingOf(subject, 'NOD-01', { ...parts, sentence: 'sentence-pressure', explanation: 'explanation-node', params: { pressures, resource: pressures }, fixes: retryFix(subject) });
  return findingOf(subject, 'NOD-01', { ...parts, explanation: 'explanation-other', fixes: retryFix(subject) });
}

/** What the pod's status says of the pod as a whole. */
export function statusEvidence({ pod: { metadata, status } }: PodCase, message: string) {
  return otherEvidence('status', { key: 'evidence.pod-status', params: { phase: status?.phase ?? 'Unknown', reason: status?.reason ?? 'none' } },
    { object: { kind: 'Pod', name: metadata.name ?? '', ...(metadata.namespace && { namespace: metadata.namespace }) }, path: 'status.reason', value: message.trim() || (status?.reason ?? '') });
}

function dropStorageLimit(subject: PodCase): Fix[] {
  const edits = containersOf(subject.pod).filter(({ container }) => fieldsAt(container['resources'], 'limits')['ephemeral-storage'] !== undefined)
    .map(({ container, init }) => ({ path: ['spec', init ? 'initContainers' : 'containers', { name: container.name }, 'resources', 'limits', 'ephemeral-storage'] }));
  return edits.length === 0 ? [] : podFix(subject, 'F11.drop-storage-limit', edits, { recommended: true });
}
