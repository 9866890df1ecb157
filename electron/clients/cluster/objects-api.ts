// Objects of any kind, as raw JSON. Where a kind lives is asked of the server's discovery and never guessed.
import type { Operation } from 'rfc6902';
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';
import { discover, type ApiResource } from './discovery.ts';
import { SAME_KEY, type FieldValidation } from './pods-api.ts';

/** Which object; with `uid` that one, and not another of its name. `namespace` is left out of kinds that have none. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
  /** Takes fields from other managers. */
  readonly force?: boolean;
  /** Never changes an object that is there: OBJECT_EXISTS. How: see `applyPod`. */
  readonly createOnly?: boolean;
  /** `podlab` when absent. */
  readonly fieldManager?: string;
  readonly fieldValidation?: FieldValidation;
  readonly signal?: AbortSignal | undefined;
}

export interface Applied {
  readonly object: KubeObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
}

const FIELD_MANAGER = 'podlab';

/** @throws Failure KIND_UNKNOWN where the server has no such kind. */
export async function resourceOf(connection: ClusterConnection, { apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): Promise<ApiResource> {
  const { resources } = await discover(connection);
  const resource = resources.find((each) => each.groupVersion === apiVersion && each.kind === kind && !each.name.includes('/'));
  if (!resource) throw new Failure('KIND_UNKNOWN', { apiVersion, kind }, `no resource of kind ${kind} in ${apiVersion} on this server`);
  return resource;
}

/** The path of a kind's list, or with a name of the one object. @throws Failure KIND_UNKNOWN */
export async function pathOf(connection: ClusterConnection, ref: Omit<ObjectRef, 'name' | 'uid'> & { readonly name?: string }): Promise<string> {
  const resource = await resourceOf(connection, ref);
  const base = ref.apiVersion.includes('/') ? `/apis/${ref.apiVersion}` : `/api/${ref.apiVersion}`;
  const space = resource.namespaced ? `/namespaces/${encodeURIComponent(ref.namespace || 'default')}` : '';
  return `${base}${space}/${resource.name}${ref.name === undefined ? '' : `/${encodeURIComponent(ref.name)}`}`;
}

/** @throws Failure KIND_UNKNOWN, OBJECT_GONE, and with a uid OBJECT_REPLACED */
export async function getObject(connection: ClusterConnection, ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject> {
  const path = await pathOf(connection, ref);
  const { json } = await goneAsFailure(ref, () => connection.request<KubeObject>({ path, signal }));
  if (ref.uid !== undefined && json.metadata.uid !== ref.uid) {
    throw new Failure('OBJECT_REPLACED', named(ref), `${ref.kind} ${ref.name} has uid ${json.metadata.uid ?? ''} now, not ${ref.uid}`);
  }
  return json;
}

/** Server-side apply of one object. @throws Failure KIND_UNKNOWN; with `createOnly` OBJECT_EXISTS; ApiError Conflict where another manager owns a field. */
export async function applyObject(
  connection: ClusterConnection, object: KubeObject,
  { dryRun = false, force, createOnly = false, fieldManager = FIELD_MANAGER, fieldValidation, signal }: ApplyOptions = {},
): Promise<Applied> {
  const ref = refOf(object);
  const path = await pathOf(connection, ref);
  const { managedFields: _, resourceVersion, ...metadata } = object.metadata;
  try {
    const { status, json, warnings } = await connection.request<KubeObject>({
      method: 'PATCH',
      path,
      contentType: 'application/apply-patch+yaml', // JSON is YAML
      query: { fieldManager, fieldValidation, force, dryRun: dryRun ? 'All' : undefined },
      body: { ...object, metadata: { ...metadata, ...(createOnly ? { resourceVersion: '1' } : resourceVersion === undefined ? {} : { resourceVersion }) } },
      signal,
    });
    return { object: json, created: status === 201, warnings };
  } catch (error) {
    // The services of servers before 1.22 are stored in a way of their own, and creating one minds the resource version (measured on 1.20): so there is none.
    if (createOnly && error instanceof ApiError && /resourceVersion should not be set on objects to be created/.test(error.message)) {
      return applyObject(connection, { ...object, metadata }, { dryRun, fieldManager, ...(fieldValidation ? { fieldValidation } : {}), signal });
    }
    if (createOnly && fieldValidation === undefined && error instanceof ApiError && SAME_KEY.test(error.message)) {
      return { ...(await createObject(connection, { ...object, metadata }, { dryRun, fieldManager, signal })), created: true };
    }
    if (createOnly && error instanceof ApiError && error.reason === 'Conflict' && (await isThere(connection, ref, signal))) throw new Failure('OBJECT_EXISTS', named(ref), error);
    throw error;
  }
}

/** A plain POST, which takes lists that have a key twice, as a pod may; apply does not. @throws Failure KIND_UNKNOWN, OBJECT_EXISTS */
async function createObject(
  connection: ClusterConnection, object: KubeObject, { dryRun, fieldManager, signal }: Pick<ApplyOptions, 'dryRun' | 'fieldManager' | 'signal'>,
): Promise<Pick<Applied, 'object' | 'warnings'>> {
  const { name: _, ...list } = refOf(object);
  const path = await pathOf(connection, list);
  try {
    const { json, warnings } = await connection.request<KubeObject>({ method: 'POST', path, query: { fieldManager, dryRun: dryRun ? 'All' : undefined }, body: object, signal });
    return { object: json, warnings };
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'AlreadyExists') throw new Failure('OBJECT_EXISTS', named(refOf(object)), error);
    throw error;
  }
}

/** A JSON patch (RFC 6902), or a strategic merge patch where it is no list. @throws Failure KIND_UNKNOWN, OBJECT_GONE; ApiError 422 where a `test` fails. */
export async function patchObject(
  connection: ClusterConnection, ref: ObjectRef, patch: readonly Operation[] | Readonly<Record<string, unknown>>,
  { dryRun = false, fieldManager = FIELD_MANAGER, signal }: Pick<ApplyOptions, 'dryRun' | 'fieldManager' | 'signal'> = {},
): Promise<KubeObject> {
  const path = await pathOf(connection, ref);
  const contentType = Array.isArray(patch) ? 'application/json-patch+json' : 'application/strategic-merge-patch+json';
  const query = { fieldManager, dryRun: dryRun ? 'All' : undefined };
  const { json } = await goneAsFailure(ref, () => connection.request<KubeObject>({ method: 'PATCH', path, contentType, query, body: patch, signal }));
  return json;
}

/**
 * Whether a `test` of a JSON patch failed, or a place in it is not there any more. The server says either as 422 "Invalid", before 1.21 or so without a word of
 * which (k8s.io/apiserver/pkg/endpoints/handlers/patch.go, measured on 1.20); where the outcome is not valid, it is 422, too, and names the object.
 */
export function isFailedTest(error: unknown): boolean {
  return error instanceof ApiError && error.status === 422 && !error.body?.details?.name;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Deletes an object; what depends on it follows by the server's garbage collector. @throws Failure KIND_UNKNOWN, OBJECT_GONE, OBJECT_REPLACED */
export async function deleteObject(
  connection: ClusterConnection, ref: ObjectRef, { gracePeriodSeconds, propagationPolicy = 'Background', dryRun = false, signal }: DeleteOptions = {},
): Promise<void> {
  const path = await pathOf(connection, ref);
  const body = {
    apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy,
    ...(ref.uid === undefined ? {} : { preconditions: { uid: ref.uid } }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
  try {
    await goneAsFailure(ref, () => connection.request({ method: 'DELETE', path, body, signal }));
  } catch (error) {
    if (ref.uid !== undefined && error instanceof ApiError && error.status === 409 && /precondition/i.test(error.message)) throw new Failure('OBJECT_REPLACED', named(ref), error);
    throw error;
  }
}

/** The objects of one kind in a namespace, or with '' in all of them. @throws Failure KIND_UNKNOWN */
export async function listObjects(
  connection: ClusterConnection, { apiVersion, kind, namespace }: Omit<ObjectRef, 'name' | 'uid'>, labelSelector?: string, signal?: AbortSignal,
): Promise<KubeObject[]> {
  const resource = await resourceOf(connection, { apiVersion, kind });
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const space = resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const { json } = await connection.request<{ items: KubeObject[] | null }>({ path: `${base}${space}/${resource.name}`, query: { labelSelector }, signal });
  // A list's items do not say what they are.
  return (json.items ?? []).map((item) => ({ ...item, apiVersion, kind }));
}

/** What the object says of itself. */
export function refOf({ apiVersion = '', kind = '', metadata }: KubeObject): ObjectRef {
  const { name = '', namespace, uid } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
}

const named = ({ kind, name }: ObjectRef) => ({ kind, name });

async function isThere(connection: ClusterConnection, { apiVersion, kind, namespace, name }: ObjectRef, signal: AbortSignal | undefined): Promise<boolean> {
  return getObject(connection, { apiVersion, kind, namespace, name }, signal).then(() => true, (error: unknown) => {
    if (error instanceof Failure && error.code === 'OBJECT_GONE') return false;
    throw error;
  });
}

/** "Not found" about the object itself. A namespace that is missing is another matter and stays an ApiError. */
async function goneAsFailure<Value>(ref: ObjectRef, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound' && error.body?.details?.name === ref.name) throw new Failure('OBJECT_GONE', named(ref), error);
    throw error;
  }
}
