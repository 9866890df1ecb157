// What Build, load and recreate will do, said beforehand. Pure.
import type { Message } from '../../../shared/contract/findings.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';

export interface PlanFacts {
  readonly context: string;
  /** As it was written. */
  readonly image: string;
  /** Of all namespaces; undefined where they are not known. */
  readonly pods: readonly Pick<PodRow, 'namespace' | 'name' | 'owner' | 'containers'>[] | undefined;
}

/** More names than these are counted. */
const NAMED = 4;

/** The owners of pods, nearest to them, that Kubernetes itself has. */
const KNOWN_OWNERS: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job']);

/** Sentences, the first one after "Build, load and recreate:". A pod is said to be recreated only where the engine will do it. */
export function planOf({ context, image, pods }: PlanFacts): Message[] {
  const reference = parseImageReference(image.trim());
  if (!reference.ok || !pods) return [{ key: 'builds.rollout.describe-any', params: { context, image: reference.ok ? familiarName(reference) : '' } }];
  const uses = (container: PodRow['containers'][number]) => container.normalized === reference.normalized;
  const users = pods.filter(({ containers }) => containers.some(uses));
  const renewed = users.filter(({ owner }) => !owner || KNOWN_OWNERS.has(owner.kind));
  const left = users.filter((user) => !renewed.includes(user));
  const first = { context, image: familiarName(reference) };
  if (users.length === 0) return [{ key: 'builds.rollout.describe-none', params: first }];
  const asksAlways = renewed.some(({ containers }) => containers.some((container) => uses(container) && container.policy === 'Always'));
  return [
    renewed.length > 0 ? { key: 'builds.rollout.describe', params: { ...first, ...namesOf(renewed) } } : { key: 'builds.rollout.describe-brings', params: first },
    ...(asksAlways ? [{ key: 'builds.rollout.describe-policy', params: {} }] : []),
    ...(renewed.some(({ owner }) => owner) ? [{ key: 'builds.rollout.describe-workloads', params: {} }] : []),
    ...(left.length > 0 ? [{ key: 'builds.rollout.describe-owned', params: namesOf(left) }] : []),
  ];
}

function namesOf(pods: readonly Pick<PodRow, 'namespace' | 'name'>[]): Message['params'] {
  const names = pods.slice(0, NAMED).map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  return { count: pods.length, names, more: Math.max(0, pods.length - NAMED) };
}
