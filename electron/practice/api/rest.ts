// Reading and writing objects under the API server's rules: defaults, admission, metadata, validation, conflicts, deletion, in its order
// (apiserver, pkg/endpoints/handlers and pkg/registry/generic/registry/store.go). HTTP is not known here.
import { timestamp } from '../clock.ts';
import { applyServerSide } from '../fields/apply.ts';
import { afterUpdate } from '../fields/managed-fields.ts';
import { storeName, type Kind, type KindContext } from '../kinds/kind.ts';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import type { Schema } from '../schema/schema.ts';
import { alreadyExists, ApiError, badRequest, conflict, forbidden, invalid, modified, notFound, type FieldError, type GroupResource } from './api-error.ts';
import { checkPreconditions, endsWithUpdate, planDeletion } from './deletion.ts';
import { generatedName, inOrder, validateMetadata, validateMetadataUpdate } from './metadata-rules.ts';
import type { ObjectsApi, WriteOptions } from './objects-api.ts';

export interface ApplyOptions extends WriteOptions {
  /** Takes fields from other managers instead of a conflict. */
  readonly force: boolean;
}

/** What the server's handlers need beside what everybody may call. */
export interface RestApi extends ObjectsApi {
  /** Server-side apply. @throws ApiError Conflict and what create and update throw. */
  apply(
    kind: Kind,
    subresource: string,
    namespace: string,
    name: string,
    patch: KubeObject,
    options: ApplyOptions,
  ): { object: KubeObject; created: boolean };
}

export const groupVersion = ({ group, version }: Pick<Kind, 'group' | 'version'>): string => (group ? `${group}/${version}` : version);
export const groupResource = ({ group, resource }: Pick<Kind, 'group' | 'resource'>): GroupResource => ({ group, name: resource });
const groupKind = ({ group, kind }: Kind): string => (group ? `${kind}.${group}` : kind);

/** They cannot be deleted: admission plugin NamespaceLifecycle. */
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

export function createObjectsApi({ context, schema }: { context: KindContext; schema: Schema; kinds: readonly Kind[] }): RestApi {
  const { store, clock, minor } = context;

  const fieldChange = (kind: Kind, subresource: string, manager: string) => {
    return { schema, type: kind.type, manager, subresource, apiVersion: groupVersion(kind), now: clock.now() };
  };

  /** An ordinary write: who made it owns what it changed. */
  function owned(kind: Kind, subresource: string, before: KubeObject | undefined, after: KubeObject, manager: string): KubeObject {
    return withOwners(after, afterUpdate({ ...fieldChange(kind, subresource, manager), before, after }));
  }

  function applied(kind: Kind, subresource: string, live: KubeObject | undefined, patch: KubeObject, options: ApplyOptions): KubeObject {
    const { object, managedFields } = applyServerSide({
      ...fieldChange(kind, subresource, options.manager),
      live,
      applied: patch,
      force: options.force,
    });
    return withOwners(object, managedFields);
  }

  function find(kind: Kind, namespace: string, name: string): KubeObject {
    const found = store.get(storeName(kind), namespace, name);
    if (!found) throw notFound(groupResource(kind), name);
    return found;
  }

  function refuse(kind: Kind, name: string, errors: readonly FieldError[]): void {
    const seen = new Set<string>();
    const different = errors.filter(({ field, detail }) => !seen.has(`${field}: ${detail}`) && seen.add(`${field}: ${detail}`));
    if (different.length > 0) throw invalid(groupKind(kind), name, different);
  }

  /** Admission plugin NamespaceLifecycle. */
  function admitInto(kind: Kind, namespace: string, name: string): void {
    if (!kind.namespaced) return;
    const found = store.get('namespaces', '', namespace);
    if (!found) throw notFound({ group: '', name: 'namespaces' }, namespace);
    if (!found.metadata.deletionTimestamp) return;
    const error = forbidden(groupResource(kind), name, `unable to create new content in namespace ${namespace} because it is being terminated`);
    const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
    throw new ApiError(403, 'Forbidden', error.message, { ...error.status.details, causes: [cause] });
  }

  function create(kind: Kind, namespace: string, given: KubeObject, options: WriteOptions, byApply = false): KubeObject {
    let object = copyOf(kind, namespace, given);
    kind.setDefaults?.(object, context);
    if (!byApply) object = owned(kind, '', undefined, object, options.manager);
    object = { ...object, metadata: { ...object.metadata } };
    const { metadata } = object;
    admitInto(kind, namespace, metadata.name ?? '');

    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    if (!metadata.name && metadata.generateName) {
      do metadata.name = generatedName(metadata.generateName);
      while (store.get(storeName(kind), namespace, metadata.name));
    }
    metadata.uid = crypto.randomUUID();
    metadata.creationTimestamp = timestamp(clock.now());
    if (hasGeneration(kind, minor)) metadata.generation = 1;
    kind.prepareForCreate?.(object, context);
    const name = metadata.name ?? '';
    refuse(kind, name, [...validateMetadata(object, kind.nameRule ?? 'subdomain'), ...(kind.validate?.(object, context) ?? [])]);
    // An apply creates by the way of updates (store.Update, GuaranteedUpdate), which takes the revision off unseen.
    if (byApply) delete metadata.resourceVersion;
    if (metadata.resourceVersion && metadata.resourceVersion !== '0') throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
    if (store.get(storeName(kind), namespace, name)) throw alreadyExists(groupResource(kind), name);
    const ready = inOrder(object);
    if (!options.dryRun) return store.create(storeName(kind), ready);
    delete ready.metadata.resourceVersion;
    return ready;
  }

  function update(
    kind: Kind,
    subresource: string,
    namespace: string,
    name: string,
    change: (current: KubeObject) => KubeObject,
    options: WriteOptions,
    byApply = false,
  ): KubeObject {
    const current = find(kind, namespace, name);
    const changed = change(current);
    if (changed === current) return current;
    const asked = changed.metadata.resourceVersion;
    if (asked && !/^\d+$/.test(asked)) throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`);
    if (changed.metadata.uid && changed.metadata.uid !== current.metadata.uid) throw otherUid(kind, namespace, name, changed.metadata.uid, current.metadata.uid ?? '');
    if (asked && asked !== '0' && asked !== current.metadata.resourceVersion) throw modified(groupResource(kind), name);

    let object = copyOf(kind, namespace, changed);
    kind.setDefaults?.(object, context);
    object = keepOther(object, current, kind, subresource);
    // Nobody owns what a binding wrote (its handler knows no managers).
    if (!byApply && subresource !== 'binding') object = owned(kind, subresource, current, object, options.manager);
    object = { ...object, metadata: { ...object.metadata } };
    const { metadata } = object;
    const old = current.metadata;
    metadata.uid ||= old.uid ?? '';
    metadata.resourceVersion = old.resourceVersion ?? '';
    if (old.creationTimestamp) metadata.creationTimestamp = old.creationTimestamp;
    if (old.deletionTimestamp) metadata.deletionTimestamp = old.deletionTimestamp;
    if (old.deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
    if (old.generation !== undefined) metadata.generation = old.generation;
    else delete metadata.generation;

    if (subresource === '') kind.prepareForUpdate?.(object, current, context);
    if (subresource !== 'status' && hasGeneration(kind, minor) && !sameJson(object['spec'], current['spec'])) metadata.generation = (old.generation ?? 0) + 1;
    const errors = [...validateMetadataUpdate(object, current), ...validateMetadata(object, kind.nameRule ?? 'subdomain')];
    if (subresource !== 'status') errors.push(...(kind.validate?.(object, context) ?? []));
    if (subresource === '') errors.push(...(kind.validateUpdate?.(object, current, context) ?? []));
    refuse(kind, name, errors);

    const ready = inOrder(object);
    if (options.dryRun) return ready;
    if (endsWithUpdate(ready, current)) {
      store.remove(storeName(kind), namespace, name);
      return ready;
    }
    return store.update(storeName(kind), ready);
  }

  return {
    create: (kind, namespace, object, options) => create(kind, namespace, object, options),
    update: (kind, subresource, namespace, name, change, options) => update(kind, subresource, namespace, name, change, options),
    apply(kind, subresource, namespace, name, patch, options) {
      const live = store.get(storeName(kind), namespace, name);
      if (!live && subresource !== '') throw notFound(groupResource(kind), name);
      if (live) {
        const merged = (current: KubeObject) => applied(kind, subresource, current, patch, options);
        return { object: update(kind, subresource, namespace, name, merged, options, true), created: false };
      }
      if (patch.metadata.uid) throw otherUid(kind, namespace, name, patch.metadata.uid, '');
      const made = applied(kind, subresource, undefined, patch, options);
      return { object: create(kind, namespace, made, options, true), created: true };
    },
    delete(kind, namespace, name, options) {
      if (kind.group === '' && kind.resource === 'namespaces' && IMMORTAL.has(name)) {
        throw forbidden(groupResource(kind), name, 'this namespace may not be deleted');
      }
      const current = find(kind, namespace, name);
      if (options.preconditions) checkPreconditions(kind, current, options.preconditions);
      const plan = planDeletion(kind, current, options, clock.now());
      if (plan.step === 'none') return { object: current, gone: false };
      if (options.dryRun) return { object: plan.step === 'mark' ? plan.object : current, gone: plan.step === 'remove' || plan.remove };
      const marked = plan.step === 'mark' ? store.update(storeName(kind), plan.object) : current;
      if (plan.step === 'mark' && !plan.remove) return { object: marked, gone: false };
      // Who saw the mark may have removed it already.
      const last = store.remove(storeName(kind), namespace, name);
      // The answer carries the deletion's revision since 1.26 (etcd3 store, conditionalDelete).
      return { object: minor >= 26 && last ? last : marked, gone: true };
    },
  };
}

/** A copy that may be changed, named as the kind and the path have it. @throws ApiError BadRequest */
function copyOf(kind: Kind, namespace: string, given: KubeObject): KubeObject {
  const object = copyJson(given);
  object.apiVersion = groupVersion(kind);
  object.kind = kind.kind;
  object.metadata ??= {};
  if (!kind.namespaced) delete object.metadata.namespace;
  else if (!object.metadata.namespace) object.metadata.namespace = namespace;
  else if (object.metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return object;
}

/** As structuredClone, several times as fast for what is JSON: every write makes one. */
function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyJson) as T;
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    // A client may name a field so; assigning it would set the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: copyJson(item), enumerable: true, configurable: true, writable: true });
    else if (item !== undefined) copy[name] = copyJson(item as unknown);
  }
  return copy as T;
}

function withOwners(object: KubeObject, managedFields: ManagedFieldsEntry[]): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata };
}

/** A write to the object leaves its status alone, one to a subresource all but its own part. */
function keepOther(object: KubeObject, current: KubeObject, kind: Kind, subresource: string): KubeObject {
  const has = (name: string) => kind.subresources.some((candidate) => candidate.name === name);
  const { status, ...rest } = object;
  const oldStatus = current['status'] === undefined ? {} : { status: current['status'] };
  if (subresource === '') return has('status') ? { ...rest, ...oldStatus } : object;
  if (subresource === 'status') {
    const { ownerReferences: _, ...metadata } = object.metadata;
    const owners = current.metadata.ownerReferences ? { ownerReferences: current.metadata.ownerReferences } : {};
    return { ...current, metadata: { ...metadata, ...owners }, ...(status === undefined ? oldStatus : { status }) };
  }
  if (subresource === 'ephemeralcontainers') {
    const { ephemeralContainers } = object['spec'] as { ephemeralContainers?: unknown };
    return { ...current, metadata: object.metadata, spec: { ...(current['spec'] as object), ephemeralContainers } };
  }
  return object;
}

function otherUid(kind: Kind, namespace: string, name: string, asked: string, present: string): ApiError {
  const key = `/registry/${kind.resource}/${namespace ? `${namespace}/` : ''}${name}`;
  const why =
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, ` +
    `AdditionalErrorMsg: Precondition failed: UID in precondition: ${asked}, UID in object meta: ${present}`;
  return conflict(groupResource(kind), name, why);
}

const WITH_GENERATION = new Set(['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'ingresses', 'networkpolicies', 'poddisruptionbudgets', 'endpointslices']);

/** Which kinds count the changes of their spec; pods since 1.34 (PodObservedGenerationTracking). */
const hasGeneration = ({ group, resource }: Kind, minor: number): boolean =>
  group === '' ? resource === 'pods' && minor >= 34 : WITH_GENERATION.has(resource);

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
