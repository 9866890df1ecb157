// The pods that fail for the same reason as one of them and are helped by the same fix.
import type { Finding, Fix } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { controllerOf } from '../cluster/owners.ts';
import { groupKey } from '../workloads/by-workload.ts';

interface Entry {
  readonly pod: Pod;
  readonly findings: readonly Finding[];
}

/**
 * This one first; [] where one change helps them all: then the fix of any one of them does it. Pods that are being deleted, and those whose owner is
 * not known, are not among them.
 */
export function alikeOf(entry: Entry, all: Iterable<Entry>, ownersOf: (pod: Pod) => readonly KubeObject[] | 'unknown'): PodDetail['alike'] {
  const reason = reasonOf(entry);
  if (reason === undefined || keyOf(entry.pod, ownersOf) === undefined) return [];
  const { namespace, uid } = entry.pod.metadata;
  const others = [...all].filter(({ pod: { metadata } }) => metadata.namespace === namespace && metadata.uid !== uid && metadata.deletionTimestamp === undefined);
  const alike = [entry, ...others.filter((other) => reasonOf(other) === reason && keyOf(other.pod, ownersOf) !== undefined)];
  if (new Set(alike.map(({ pod }) => keyOf(pod, ownersOf))).size < 2) return [];
  const [first, ...rest] = alike.map(({ pod: { metadata } }) => ({ namespace: metadata.namespace ?? '', name: metadata.name ?? '', uid: metadata.uid ?? '' }));
  return first ? [first, ...rest.sort((a, b) => (a.name < b.name ? -1 : 1))] : [];
}

/** The cause that speaks for the pod, with what is recommended against it. What names an image is about this pod alone. */
function reasonOf({ findings: [first] }: Entry): string | undefined {
  const fix = first?.fixes.find(({ recommended }) => recommended);
  if (!first || first.severity !== 'error' || !fix || (fix.action !== 'recreate' && fix.action !== 'load-and-recreate')) return undefined;
  return fix.action === 'recreate' && fix.image !== undefined ? undefined : `${first.id} ${kindOf(fix)}`;
}

const kindOf = (fix: Extract<Fix, { action: 'recreate' | 'load-and-recreate' }>) => `${fix.action} ${fix.policy ?? ''}`;

function keyOf(pod: Pod, ownersOf: (pod: Pod) => readonly KubeObject[] | 'unknown'): string | undefined {
  if (!controllerOf(pod)) return pod.metadata.uid ?? '';
  const chain = ownersOf(pod);
  return chain === 'unknown' ? undefined : groupKey(chain);
}
