// The repairs of the image family, as data; the recommended one first. Recreating a pod that a controller owns changes the template of its root
// owner; where nobody knows how that owner makes its pods, only what changes the node's images is offered.
import type { Fix, PullPolicy } from '../contract/findings.ts';
import { defaultPullPolicy } from '../kubernetes/pull-policy.ts';
import { isWorkloadKind } from '../kubernetes/workload-kinds.ts';
import { canLoad, isForced } from './image-case.ts';
import type { ImageCase } from './image-case.ts';

/** IMG-01: the image is here, the policy is in the way. An older build on the node is replaced first where that can be done. */
export function useLocalImage(c: ImageCase): Fix[] {
  if (isForced(c)) return [];
  const renew = c.presence.presence === 'older-build' && canLoad(c);
  if (isOpaque(c)) return renew ? [load(c, false)] : [];
  return [...(renew ? [loadAndRecreate(c, 'IfNotPresent', true)] : []), recreate('IfNotPresent', !renew), recreate('Never', false)];
}

/** IMG-02, and IMG-18 where Docker has the image: load first, policy second. It replaces Always also where somebody set that. */
export function bringImage(c: ImageCase, policy: PullPolicy): Fix[] {
  if (!canLoad(c) || isForced(c)) return [];
  // Under Always a loaded image is not looked at.
  if (isOpaque(c)) return [load(c, c.policy.policy !== 'Always')];
  return [loadAndRecreate(c, policy, true), load(c, false)];
}

/** The image is on the node by now: a new pod looks at once, the old one only at its next try. */
export function hurry(c: ImageCase): Fix[] {
  return isOpaque(c) ? [] : [{ action: 'recreate', recommended: true, danger: 'y' }];
}

/**
 * IMG-16: what was built last is brought to the node, or only started. The policy stays, but for Always: what is only here is in no registry.
 * A load alone changes nothing for the pod.
 */
export function renewBuild(c: ImageCase, where: 'not-loaded' | 'not-restarted'): Fix[] {
  if (where === 'not-loaded') return bringImage(c, c.policy.policy === 'Never' ? 'Never' : 'IfNotPresent');
  if (isForced(c)) return [];
  return c.policy.policy === 'Always' && !isOpaque(c) ? [recreate('IfNotPresent', true)] : hurry(c);
}

/** IMG-03, and wherever a near name exists: take that image, with a policy that does not ask a registry for it. */
export function useNearName(c: ImageCase): Fix[] {
  if (isOpaque(c)) return [];
  return c.near.map(({ name }, index) => {
    const { policy, origin } = c.policy;
    const kept = origin === 'set' || origin === 'changed-later' || origin === 'earlier-tag';
    const next = kept ? policy : defaultPullPolicy(name);
    return { action: 'recreate', image: name, ...(next === 'Always' && { policy: 'IfNotPresent' as const }), recommended: index === 0, danger: 'y' };
  });
}

/** IMG-18 where nothing is known of the image here: let Kubernetes download it. */
export function allowDownload(c: ImageCase, recommended: boolean): Fix[] {
  return isOpaque(c) ? [] : [recreate('IfNotPresent', recommended)];
}

/** Whether the pod's root owner, or the nearest that is known, is of a kind that may make its pods in any way. */
function isOpaque({ controller, world: { owners } }: ImageCase): boolean {
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  return controller !== undefined && !isWorkloadKind(root ?? controller);
}

function recreate(policy: PullPolicy, recommended: boolean): Fix {
  return { action: 'recreate', policy, recommended, danger: 'y' };
}

function load(c: ImageCase, recommended: boolean): Fix {
  return { action: 'load', image: c.image, recommended, danger: 'g' };
}

function loadAndRecreate(c: ImageCase, policy: PullPolicy, recommended: boolean): Fix {
  return { action: 'load-and-recreate', image: c.image, policy, recommended, danger: 'y' };
}
