// Which pull policy applies, and whether somebody asked for it. Defaulting: SetDefaults_Container in pkg/apis/core/v1/defaults.go.
import type { PolicyOrigin, PullPolicy } from '../contract/findings.ts';
import { containerIn } from './containers.ts';
import { applyEntries, lastApplied, ownedInContainer, updateEntries } from './field-owners.ts';
import { parseImageReference } from './image-reference.ts';
import type { Container, KubeObject, Pod } from './objects.ts';

/**
 * What the API server fills in where a container says no policy: Always for the tag `latest` (written or implied, also beside a
 * digest), IfNotPresent for every other tag, for a digest alone, and for a name that cannot be read (its tag is then empty).
 */
export function defaultPullPolicy(image: string): PullPolicy {
  const reference = parseImageReference(image);
  return reference.ok && reference.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** Which rule told the origin. */
export type PolicyRule =
  /** The container says no policy at all: a manifest that was not sent yet. */
  | 'not-sent'
  /** The pod differs from its owner's template. */
  | 'template'
  /** The fields owned by server-side apply. */
  | 'apply'
  /** A second manager that owns the field. */
  | 'second-manager'
  /** The annotation of client-side apply. */
  | 'last-applied'
  /** Only the value and the image are known. */
  | 'value';

export interface PolicyOriginResult {
  readonly policy: PullPolicy;
  readonly origin: PolicyOrigin;
  readonly rule: PolicyRule;
  /** false where the value is no default but nobody can tell whether it was set or is left over from an earlier tag. */
  readonly certain: boolean;
  /** The object that proves it, and the path of the field in it. */
  readonly object: { readonly kind: string; readonly name: string };
  readonly path: string;
}

/**
 * How a container of a pod came by its pull policy. `owners` go from the pod's controller to the root; with 'unknown' only the pod is
 * looked at. Where nothing proves that somebody set the policy or did not, the origin is `same-as-default`: nobody can tell.
 */
export function policyOrigin(pod: Pod, containerName: string, owners: readonly KubeObject[] | 'unknown'): PolicyOriginResult {
  const inPod = containerIn({ ...pod, kind: 'Pod' }, containerName);
  const image = inPod?.container.image ?? '';
  const live = asPolicy(inPod?.container.imagePullPolicy);
  const known = owners === 'unknown' ? [] : owners;
  const parent = known.at(0);
  const root: Pod | KubeObject = known.at(-1) ?? pod;
  const policy = live ?? defaultPullPolicy(image);
  const answer = (origin: PolicyOrigin, rule: PolicyRule, object: Pod | KubeObject, certain = true): PolicyOriginResult => ({
    policy, origin, rule, certain,
    object: { kind: object.kind ?? 'Pod', name: object.metadata.name ?? '' },
    path: `${containerIn(object, containerName)?.path ?? inPod?.path ?? 'spec.containers'}.imagePullPolicy`,
  });

  if (live === undefined) return answer(defaultOrigin(policy), 'not-sent', pod);
  if (parent) {
    const template = containerIn(parent, containerName);
    // A container that the template does not have was added on the way in, with its policy.
    if (!template || (template.container.imagePullPolicy ?? live) !== live) return answer('admission', 'template', pod);
    // A pod of an older revision: what the root says today does not describe it.
    const rootTemplate = containerIn(root, containerName);
    if ((rootTemplate?.container.imagePullPolicy ?? live) !== live) return byValue(policy, image, parent, answer);
  }
  return byManagers(root, containerName, policy, image, answer)
    ?? byLastApplied(root, containerName, policy, image, answer)
    ?? byValue(policy, image, root, answer);
}

type Answer = (origin: PolicyOrigin, rule: PolicyRule, object: Pod | KubeObject, certain?: boolean) => PolicyOriginResult;

function byManagers(root: Pod | KubeObject, name: string, policy: PullPolicy, image: string, answer: Answer): PolicyOriginResult | undefined {
  const applied = applyEntries(root).filter((e) => ownedInContainer(root, e, name));
  const setByApply = applied.some((e) => hasPolicy(ownedInContainer(root, e, name)));
  if (setByApply) return answer('set', 'apply', root);
  const updates = updateEntries(root);
  const firstApply = applied.map((e) => e.time ?? '').toSorted()[0];
  // With server-side apply the applier is the creator, unless an update is as old: then that one created it, and proves nothing.
  const creator = updates.find((e) => firstApply === undefined || e.manager === 'before-first-apply' || (e.time ?? '') < firstApply);
  if (updates.some((e) => e !== creator && e.manager !== creator?.manager && hasPolicy(ownedInContainer(root, e, name)))) {
    return answer('changed-later', 'second-manager', root);
  }
  if (applied.length === 0 || creator) return undefined;
  if (policy === defaultPullPolicy(image)) return answer(defaultOrigin(policy), 'apply', root);
  // Not in what was applied, and not what this image would get. A pod's policy never changes after creation, its image may.
  const imageChanged = updates.some((e) => 'f:image' in (ownedInContainer(root, e, name) ?? {}))
    || applied.some((e) => e.time !== undefined && root.metadata.creationTimestamp && e.time > root.metadata.creationTimestamp);
  return imageChanged ? answer('earlier-tag', 'apply', root) : answer('admission', 'apply', root);
}

function byLastApplied(root: Pod | KubeObject, name: string, policy: PullPolicy, image: string, answer: Answer): PolicyOriginResult | undefined {
  const manifest = lastApplied(root);
  const written: Container | undefined = manifest && containerIn(manifest, name)?.container;
  if (!written) return undefined;
  const writtenPolicy = asPolicy(written.imagePullPolicy);
  // A pod's own policy is immutable, so what differs from its manifest was changed on the way in.
  const changed = (root.kind ?? 'Pod') === 'Pod' ? 'admission' : 'changed-later';
  if (writtenPolicy !== undefined) return answer(writtenPolicy === policy ? 'set' : changed, 'last-applied', root);
  if (policy !== defaultPullPolicy(written.image ?? '')) return answer('changed-later', 'last-applied', root);
  if (image !== (written.image ?? '') && policy !== defaultPullPolicy(image)) return answer('earlier-tag', 'last-applied', root);
  return answer(defaultOrigin(policy), 'last-applied', root);
}

/** Nothing says who wrote the value. Never is no default, so somebody set it. */
function byValue(policy: PullPolicy, image: string, object: Pod | KubeObject, answer: Answer): PolicyOriginResult {
  if (policy === defaultPullPolicy(image)) return answer('same-as-default', 'value', object);
  return answer('set', 'value', object, policy === 'Never');
}

function hasPolicy(fields: Readonly<Record<string, unknown>> | undefined): boolean {
  return fields !== undefined && 'f:imagePullPolicy' in fields;
}

function defaultOrigin(policy: PullPolicy): PolicyOrigin {
  return policy === 'Always' ? 'default-latest' : 'default-tag';
}

function asPolicy(text: string | undefined): PullPolicy | undefined {
  return text === 'Always' || text === 'IfNotPresent' || text === 'Never' ? text : undefined;
}
