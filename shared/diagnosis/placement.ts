// SCH-03, SCH-05 and SCH-07: rules of the pod itself keep it from the node.
import type { Finding, Fix } from '../contract/findings.ts';
import type { KubeNode, KubeObject, Pod } from '../kubernetes/objects.ts';
import { changeFix, findingOf, podFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { fieldEvidence, nodeEvidence, objectEvidence } from './evidence.ts';
import { changeNode } from './node-fixes.ts';
import { hostPorts, dropHostPorts } from './host-ports.ts';
import { counts } from './refused.ts';
import type { Refused } from './refused.ts';
import { fieldsAt, fieldsIn, textIn, textsIn } from './spec-fields.ts';
import type { Fields } from './spec-fields.ts';

interface Wanted { readonly key: string; readonly value: string }

/** A label that the pod wants at its node; from its nodeSelector, or from its affinity where that has simple rules alone. */
export function noSuchLabel({ subject, message, token, nodes, said }: Refused): Finding {
  const { pod } = subject;
  const selector = Object.entries(fieldsAt(pod.spec, 'nodeSelector')).map(([key, value]): Wanted => ({ key, value: String(value) }));
  const missing = selector.filter(({ key, value }) => !nodes.some(({ metadata }) => metadata.labels?.[key] === value));
  // Each label may be there, though not all at one node.
  const bySelector = selector.length > 0 && (missing.length > 0 || !nodes.some((node) => selector.every((each) => has(node, each))));
  const wanted = bySelector ? (missing.length > 0 ? missing : selector) : affinityLabels(pod).filter((each) => !nodes.some((node) => has(node, each)));
  const path = bySelector ? 'spec.nodeSelector' : fieldsAt(pod.spec, 'affinity')['nodeAffinity'] === undefined ? undefined : 'spec.affinity.nodeAffinity';
  const have = [...new Set(nodes.flatMap(({ metadata }) => wanted.flatMap(({ key }) => (metadata.labels?.[key] === undefined ? [] : [`${key}=${metadata.labels[key]}`]))))];
  const text = wanted.map(({ key, value }) => (value === '' ? key : `${key}=${value}`)).join(', ');
  const drop = bySelector ? podFix(subject, 'F14.drop-selector', [{ path: ['spec', 'nodeSelector'] }], { params: { wanted: text } })
    : podFix(subject, 'F14.drop-node-affinity', [{ path: ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'] }]);
  const label = labelNode(nodes, wanted, text);
  return findingOf(subject, 'SCH-03', {
    raw: message.raw, confidence: nodes.length > 0 && text !== '' ? 'proven' : 'strong', ...(text === '' && { sentence: 'sentence-rules' }),
    params: { ...counts(message, token), wanted: text || 'none', have: have.join(', ') || 'none' },
    evidence: [
      ...said, ...(path === undefined ? [] : [fieldEvidence(subject, path, fieldsAt(pod.spec, ...path.split('.').slice(1)))]),
      ...nodes.flatMap((node) => wanted.flatMap(({ key }) => {
        const label = node.metadata.labels?.[key];
        return label === undefined ? [] : [nodeEvidence(node, 'metadata.labels', `${key}=${label}`)];
      })),
    ],
    fixes: [...label, ...drop.map((fix): Fix => (label.length === 0 ? { ...fix, recommended: true } : fix))],
  });
}

function has({ metadata }: KubeNode, { key, value }: Wanted): boolean {
  return metadata.labels?.[key] === value;
}

/** The labels of the first term, where it only names keys that have to be there or one of several values. A node by its name is no label. */
function affinityLabels(pod: Pod): Wanted[] {
  const required = fieldsAt(pod.spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const [, term] = fieldsIn(required['nodeSelectorTerms'])[0] ?? [];
  const rules = fieldsIn(term?.['matchExpressions']).map(([, rule]) => rule);
  if (!term || term['matchFields'] !== undefined || rules.some((rule) => !/^(In|Exists)$/.test(textIn(rule, 'operator')))) return [];
  return rules.map((rule) => ({ key: textIn(rule, 'key'), value: textsIn(rule, 'values')[0] ?? '' }));
}

/** Of the only node. What Kubernetes itself tells by a label (the system, the processor, the name) would be a lie. */
function labelNode(nodes: readonly KubeNode[], wanted: readonly Wanted[], text: string): Fix[] {
  const [node] = nodes;
  if (!node || nodes.length !== 1 || wanted.length === 0 || wanted.some(({ key }) => /(^|\.)kubernetes\.io\//.test(key))) return [];
  return [changeNode('F13.label', node, wanted.map(({ key, value }) => ({ path: ['metadata', 'labels', key], value })), { params: { wanted: text } })];
}

/** The other pod is found among those of the node; on a rollout it is the old one of the same Deployment. */
export function noPortFree({ subject, message, token, said }: Refused): Finding {
  const { pod, world: { otherPods = [] } } = subject;
  const ours = hostPorts(pod);
  const holder = otherPods.flatMap((other) => (isOver(other) || !other.spec?.nodeName || other.metadata.uid === pod.metadata.uid ? [] : hostPorts(other).flatMap((theirs) =>
    (ours.some(({ port, protocol }) => port === theirs.port && protocol === theirs.protocol) ? [{ other, port: theirs.port }] : []))))[0];
  const port = holder?.port ?? ours[0]?.port ?? 0;
  const rollout = holder && deploymentOfBoth(subject, holder.other);
  const strategy = rollout ? [changeFix('F14.strategy', [{ on: 'object', object: rollout, edits: [{ path: ['spec', 'strategy'], value: { type: 'Recreate' } }] }], { recommended: true, params: { name: rollout.name } })] : [];
  const place = ours.find((each) => each.port === port);
  return findingOf(subject, 'SCH-05', {
    raw: message.raw, confidence: holder ? 'proven' : 'strong', ...(rollout && { explanation: 'explanation-rollout' }),
    params: { ...counts(message, token), port, ports: ours.map((each) => each.port).join(', ') || '?', other: holder?.other.metadata.name ?? 'none', of: holder?.other.metadata.namespace ?? '' },
    evidence: [
      ...said, ...(place ? [fieldEvidence(subject, place.path, port)] : []),
      ...(holder ? [objectEvidence({ ...(holder.other as unknown as KubeObject), kind: 'Pod' }, hostPorts(holder.other).find((each) => each.port === port)?.path ?? '', port)] : []),
    ],
    fixes: [...strategy, ...dropHostPorts(subject, strategy.length === 0)],
  });
}

function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** The Deployment that made both pods: their ReplicaSets are among its revisions. */
function deploymentOfBoth({ pod, world: { owners, revisions = [] } }: PodCase, other: Pod): { apiVersion: string; kind: string; namespace: string; name: string } | undefined {
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  if (root?.kind !== 'Deployment' || root.apiVersion !== 'apps/v1' || !root.metadata.name) return undefined;
  const made = (each: Pod) => revisions.some(({ metadata }) => each.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
  return made(pod) && made(other) ? { apiVersion: 'apps/v1', kind: 'Deployment', namespace: root.metadata.namespace ?? '', name: root.metadata.name } : undefined;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Affinity between pods, and topology spread. */
export function rulesUnmet({ subject, message, token, nodes, said }: Refused): Finding {
  const { pod, world: { otherPods } } = subject;
  const variant = /topology spread/.test(message.raw) ? 'spread' : /anti-affinity rules|existing pods/.test(message.raw) ? 'apart' : 'together';
  const path = { spread: 'spec.topologySpreadConstraints', apart: 'spec.affinity.podAntiAffinity', together: 'spec.affinity.podAffinity' }[variant];
  const root = scalable(subject);
  const raw = { raw: message.raw };
  const params = { ...counts(message, token), nodes: nodes.length, replicas: root?.replicas ?? 0, others: /existing pods/.test(message.raw) ? 'yes' : 'no' };
  const value: unknown = variant === 'spread' ? pod.spec?.['topologySpreadConstraints'] : fieldsAt(pod.spec, ...path.split('.').slice(1));
  const evidence = [...said, ...(value === undefined || Object.keys(value as object).length === 0 ? [] : [fieldEvidence(subject, path, value)])];
  const fixes = variant === 'spread' ? softSpread(subject)
    : variant === 'together' ? podFix(subject, 'F14.drop-pod-affinity', [{ path: ['spec', 'affinity', 'podAffinity', REQUIRED] }], { recommended: true })
    : [...scale(root, nodes.length), ...dropApart(subject, otherPods)];
  const many = variant === 'apart' && root !== undefined && nodes.length > 0 && root.replicas > nodes.length;
  return findingOf(subject, 'SCH-07', { ...raw, confidence: 'strong', sentence: many ? 'sentence-replicas' : `sentence-${variant}`, explanation: `explanation-${variant}`, params, evidence, fixes });
}

interface Scalable { readonly object: { apiVersion: string; kind: string; namespace: string; name: string }; readonly replicas: number }

function scalable({ world: { owners } }: PodCase): Scalable | undefined {
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  const { apiVersion, kind = '', metadata: { name, namespace = '' } } = root ?? { metadata: {} };
  const replicas = fieldsAt(root, 'spec')['replicas'];
  if (apiVersion !== 'apps/v1' || !/^(Deployment|StatefulSet|ReplicaSet)$/.test(kind) || name === undefined || typeof replicas !== 'number') return undefined;
  return { object: { apiVersion, kind, namespace, name }, replicas };
}

function scale(root: Scalable | undefined, nodes: number): Fix[] {
  if (!root || nodes === 0 || root.replicas <= nodes) return [];
  return [changeFix('F14.scale', [{ on: 'object', object: root.object, edits: [{ path: ['spec', 'replicas'], value: nodes }] }], { recommended: true, params: { name: root.object.name, kind: root.object.kind, nodes } })];
}

/** The rule holds for both sides: while another pod has it, this one is kept away all the same. A rollout would wait for the old pods in the same way. */
function dropApart(subject: PodCase, otherPods: readonly Pod[] | undefined): Fix[] {
  const { pod } = subject;
  const owned = pod.metadata.ownerReferences?.some(({ controller }) => controller) ?? false;
  const rule = (each: Pod) => fieldsIn(fieldsAt(each.spec, 'affinity', 'podAntiAffinity')[REQUIRED]).length > 0;
  if (owned || !rule(pod) || otherPods === undefined || otherPods.some((other) => other.metadata.uid !== pod.metadata.uid && !isOver(other) && other.spec?.nodeName && rule(other))) return [];
  return podFix(subject, 'F14.drop-anti-affinity', [{ path: ['spec', 'affinity', 'podAntiAffinity', REQUIRED] }], { recommended: true });
}

function softSpread(subject: PodCase): Fix[] {
  const rules: Fields[] = fieldsIn(subject.pod.spec?.['topologySpreadConstraints']).map(([, each]) => ({ ...each, whenUnsatisfiable: 'ScheduleAnyway' }));
  return rules.length === 0 ? [] : podFix(subject, 'F14.soften-spread', [{ path: ['spec', 'topologySpreadConstraints'], value: rules }], { recommended: true });
}
