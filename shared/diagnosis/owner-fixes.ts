// What can be done for a workload whose pods are not made. Its template is changed where Kubernetes lets it be: a Job's is fixed.
import type { ChangePart, Edit, Fix, PathStep } from '../contract/findings.ts';
import { podSpecPath } from '../kubernetes/containers.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { quantityValue } from '../kubernetes/quantity.ts';
import { isWorkloadKind } from '../kubernetes/workload-kinds.ts';
import { changeFix, podCase, writeFix, type FixParts } from './cause.ts';
import type { Bound } from './owner-texts.ts';
import type { OwnerWorld } from './owner-world.ts';
import { rollbackFix } from './rollback.ts';
import { fieldsAt, fieldsIn, textIn, type Fields } from './spec-fields.ts';

/** None for what something else makes again as it was: a controlled object, or one of a kind that Podlab does not know. */
export function changeOwner({ owner }: OwnerWorld, key: string, edits: readonly Edit[], options: FixParts): Fix[] {
  if (!isRoot(owner) || edits.length === 0) return [];
  const { name = '', namespace } = owner.metadata;
  const object = { apiVersion: owner.apiVersion ?? '', kind: owner.kind ?? '', name, ...(namespace === undefined ? {} : { namespace }) };
  return [changeFix(key, [{ on: 'object', object, edits: [...edits] }], { ...options, params: { kind: object.kind, name, ...options.params } })];
}

function isRoot(owner: KubeObject): boolean {
  return isWorkloadKind(owner) && !owner.metadata.ownerReferences?.some(({ controller }) => controller);
}

/** `path` begins at the pod. */
export function writeTemplate({ owner }: OwnerWorld, key: string, path: string): Fix[] {
  return isRoot(owner) && owner.kind !== 'Job' ? [writeFix(key, { path }, { params: { kind: owner.kind ?? '', name: owner.metadata.name ?? '', path } })] : [];
}

/** F19: an object that others share, opened as it is. */
export function writeObject(object: KubeObject | undefined, key: string): Fix[] {
  if (!object) return [];
  const { name = '', namespace } = object.metadata;
  const manifest = { apiVersion: object.apiVersion ?? 'v1', kind: object.kind ?? '', metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, spec: object['spec'] };
  return [writeFix(key, { manifest }, { danger: 'r', params: { name, namespace: namespace ?? '' } })];
}

/**
 * The account, and a change of the workload that makes its controller try at once: else the next try may be a quarter of an hour away, since the pause between
 * tries doubles (client-go/util/workqueue, DefaultControllerRateLimiter).
 */
export function createAccount(world: OwnerWorld, name: string): Fix[] {
  const { namespace = 'default' } = world.owner.metadata;
  const account = { on: 'new' as const, object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } } };
  return [changeFix('F20.account', [account, ...tryAgain(world)], { recommended: true, danger: 'g', params: { account: name, namespace } })];
}

export function tryNow(world: OwnerWorld): Fix[] {
  const { kind = '', metadata: { name = '' } } = world.owner;
  const parts = tryAgain(world);
  return parts.length === 0 ? [] : [changeFix('F20.try-now', parts, { recommended: true, danger: 'g', params: { kind, name } })];
}

/** As `kubectl rollout restart` does it, to the minute, so that the fix is the same at each look. A Job's template cannot be changed, and a CronJob tries again at its time. */
function tryAgain({ now, owner }: OwnerWorld): ChangePart[] {
  if (!isRoot(owner) || owner.kind === 'CronJob') return [];
  const { name = '', namespace } = owner.metadata;
  const above = owner.kind === 'Job' || owner.kind === 'ReplicaSet' ? ['metadata'] : ['spec', 'template', 'metadata'];
  const object = { apiVersion: owner.apiVersion ?? '', kind: owner.kind ?? '', name, ...(namespace === undefined ? {} : { namespace }) };
  return [{ on: 'object', object, edits: [{ path: [...above, 'annotations', 'kubectl.kubernetes.io/restartedAt'], value: `${now.toISOString().slice(0, 16)}:00Z` }] }];
}

/** F17, where an older revision of the Deployment has a ready pod. */
export function rollbackOwner({ now, owner, children }: OwnerWorld): Fix[] {
  if (children === 'unknown' || !isRoot(owner)) return [];
  const revision = ({ metadata }: KubeObject) => Number(metadata.annotations?.['deployment.kubernetes.io/revision']) || 0;
  const current = children.toSorted((a, b) => revision(b) - revision(a))[0];
  if (current?.metadata.uid === undefined) return [];
  const { uid, name = '' } = current.metadata;
  const pod = { metadata: { ownerReferences: [{ kind: 'ReplicaSet', name, uid, controller: true }] } };
  const rest = { events: [], nodes: [], stores: [], hostImages: [], nodeImages: [], memory: {} } as const;
  return rollbackFix(podCase({ now, pod, owners: [current, owner], revisions: children, ...rest }), true);
}

/** What is asked for where nothing is known of the program: little, and a limit well above it. */
const modest: Readonly<Record<string, string>> = {
  'requests.cpu': '100m', 'requests.memory': '64Mi', 'requests.ephemeral-storage': '64Mi', 'limits.cpu': '500m', 'limits.memory': '256Mi', 'limits.ephemeral-storage': '1Gi',
};

/** F11: every container states what a quota wants to be stated. @param wanted `limits.cpu`, `memory` (which is a request) */
export function addResources(world: OwnerWorld, wanted: readonly string[]): Fix[] {
  const names = wanted.map((name) => (name.includes('.') ? name : `requests.${name}`));
  if (world.owner.kind === 'Job' || names.some((name) => modest[name] === undefined)) return [];
  const edits = containersIn(world.owner).flatMap(({ path, resources }) => names.flatMap((name): Edit[] => {
    const [list = '', resource = ''] = name.split('.');
    if (textIn(fieldsAt(resources, list), resource) !== '') return [];
    const other = textIn(fieldsAt(resources, list === 'limits' ? 'requests' : 'limits'), resource);
    return [{ path: [...path, 'resources', list, resource], value: fitting(list, modest[name] ?? '', other) }];
  }));
  return changeOwner(world, 'F11.add-requests', edits, { recommended: true, params: { wanted: wanted.join(', ') } });
}

/** A request is never above its limit. */
function fitting(list: string, value: string, other: string): string {
  const [own, theirs] = [quantityValue(value), quantityValue(other)];
  if (own === undefined || theirs === undefined) return value;
  return (list === 'limits' ? theirs > own : theirs < own) ? other : value;
}

/** F11: every container within the LimitRange. What is bounded per pod is for a person to share out. */
export function clampResources(world: OwnerWorld, bounds: readonly Bound[]): Fix[] {
  if (world.owner.kind === 'Job' || bounds.some(({ per }) => per !== 'Container')) return [];
  const edits = containersIn(world.owner).flatMap(({ path, resources }) => bounds.flatMap(({ bound, resource, limit }): Edit[] => ['requests', 'limits'].flatMap((list): Edit[] => {
    const own = textIn(fieldsAt(resources, list), resource);
    const isStated = own !== '' || (bound === 'maximum' ? list === 'limits' : list === 'requests');
    const [value, edge] = [quantityValue(own), quantityValue(limit)];
    const isOut = own === '' || (value !== undefined && edge !== undefined && (bound === 'maximum' ? value > edge : value < edge));
    return isStated && isOut ? [{ path: [...path, 'resources', list, resource], value: limit }] : [];
  })));
  const [first] = bounds;
  return changeOwner(world, 'F11.clamp', edits, { recommended: true, params: { resource: first?.resource ?? '', limit: first?.limit ?? '', count: bounds.length } });
}

function containersIn(owner: KubeObject): { readonly path: PathStep[]; readonly resources: Fields }[] {
  const above = podSpecPath(owner.kind);
  const spec = fieldsAt(owner, ...above);
  return ['initContainers', 'containers'].flatMap((list) => fieldsIn(spec[list]).map(([, container]) => ({ path: [...above, list, { name: textIn(container, 'name') }], resources: fieldsAt(container, 'resources') })));
}
