// SCH-02: a taint keeps the pod from the node.
import type { Finding, Fix } from '../contract/findings.ts';
import type { KubeNode, Taint } from '../kubernetes/objects.ts';
import { findingOf, podFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { nodeEvidence } from './evidence.ts';
import { changeNode } from './node-fixes.ts';
import { counts } from './refused.ts';
import type { Refused } from './refused.ts';
import { fieldsIn, textIn } from './spec-fields.ts';
import type { Fields } from './spec-fields.ts';

/** By key: what such a taint means. Kubernetes puts and removes all of these itself, but for the first two (well-known labels, annotations and taints). */
const known: Readonly<Record<string, string>> = {
  'node-role.kubernetes.io/control-plane': 'control-plane',
  'node-role.kubernetes.io/master': 'control-plane',
  'node.kubernetes.io/not-ready': 'not-ready',
  'node.kubernetes.io/unreachable': 'unreachable',
  'node.kubernetes.io/disk-pressure': 'pressure',
  'node.kubernetes.io/memory-pressure': 'pressure',
  'node.kubernetes.io/pid-pressure': 'pressure',
  'node.kubernetes.io/network-unavailable': 'network',
  'node.cloudprovider.kubernetes.io/uninitialized': 'uninitialized',
};

/** 1.20: `node(s) had taint {k: v}, that the pod didn't tolerate`; later `had untolerated taint {k: v}`; newest without the taint. */
export function tainted({ subject, message, token, nodes, said }: Refused): Finding | undefined {
  const [, named, namedValue = ''] = /taint(?:\(s\))? \{([^:}]+): ?([^}]*)\}/.exec(token.text) ?? [];
  const places = nodes.flatMap((node) => (node.spec?.taints ?? []).map((taint) => ({ node, taint }))).filter(({ taint }) =>
    (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && (named === undefined ? !isTolerated(subject, taint) : taint.key === named && (taint.value ?? '') === namedValue));
  const place = places[0];
  const key = named ?? place?.taint.key;
  if (key === undefined) return undefined;
  const value = named === undefined ? (place?.taint.value ?? '') : namedValue;
  const meaning = known[key];
  const variant = meaning === undefined ? '' : `-${meaning}`;
  const ours = meaning === undefined || meaning === 'control-plane';
  return findingOf(subject, 'SCH-02', {
    raw: message.raw, confidence: place ? 'proven' : 'strong', sentence: `sentence${variant}`, explanation: ours ? 'explanation' : `explanation${variant}`,
    params: { ...counts(message, token), key, taint: value === '' ? key : `${key}=${value}`, on: place?.node.metadata.name ?? 'none', short: key.split('/').at(-1)?.replaceAll('-', '_') ?? '' },
    evidence: [...said, ...places.map(({ node, taint }) => nodeEvidence(node, 'spec.taints', `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect ?? ''}`))],
    fixes: ours && place ? [...untaint(nodes, place), ...tolerate(subject, place.taint, nodes.length !== 1)] : [],
  });
}

/** Only where the node is the only one: elsewhere a reserved node is there for a reason, and others have room. */
function untaint(nodes: readonly KubeNode[], { node, taint }: { node: KubeNode; taint: Taint }): Fix[] {
  if (nodes.length !== 1) return [];
  const left = (node.spec?.taints ?? []).filter((each) => each !== taint);
  return [changeNode('F13.untaint', node, [{ path: ['spec', 'taints'], ...(left.length > 0 && { value: left }) }], { params: { key: taint.key } })];
}

function tolerate(subject: PodCase, { key, value, effect }: Taint, recommended: boolean): Fix[] {
  const toleration = { key, ...(value ? { operator: 'Equal', value } : { operator: 'Exists' }), ...(effect && { effect }) };
  return podFix(subject, 'F14.toleration', [{ path: ['spec', 'tolerations'], value: [...ownTolerations(subject), toleration] }], { recommended, params: { key } });
}

/** Without the two that the server gives every pod (DefaultTolerationSeconds): they are no part of what was written. */
function ownTolerations({ pod }: PodCase): Fields[] {
  return fieldsIn(pod.spec?.['tolerations']).map(([, each]) => each)
    .filter((each) => !(/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(textIn(each, 'key')) && each['tolerationSeconds'] === 300));
}

/** ToleratesTaint, k8s.io/api/core/v1/toleration.go. */
function isTolerated({ pod }: PodCase, taint: Taint): boolean {
  return fieldsIn(pod.spec?.['tolerations']).some(([, each]) => {
    const effect = textIn(each, 'effect');
    const key = textIn(each, 'key');
    if ((effect !== '' && effect !== taint.effect) || (key !== '' && key !== taint.key)) return false;
    return textIn(each, 'operator') === 'Exists' || textIn(each, 'value') === (taint.value ?? '');
  });
}
