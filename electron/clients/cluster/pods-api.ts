// The calls about pods that the engine makes, as raw JSON: an object that was read can be written back with every field it had.
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeEvent, KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from './api-error.ts';
import type { ClusterConnection, Query } from './connection.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  /** Everything happens on the server but the writing. */
  readonly dryRun?: boolean | undefined;
  /** `podlab` when absent. */
  readonly fieldManager?: string | undefined;
  /** Heard since 1.25 only; older servers ignore it. */
  readonly fieldValidation?: FieldValidation;
  readonly signal?: AbortSignal | undefined;
}

export interface Written {
  readonly pod: Pod;
  readonly warnings: readonly string[];
}

const FIELD_MANAGER = 'podlab';
const podsPath = (namespace: string) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
const podPath = (namespace: string, name: string) => `${podsPath(namespace)}/${encodeURIComponent(name)}`;

/** Fails as POD_GONE when there is none of that name. */
export async function getPod(connection: ClusterConnection, namespace: string, name: string, signal?: AbortSignal): Promise<Pod> {
  return (await goneAsFailure(name, () => connection.request<Pod>({ path: podPath(namespace, name), signal }))).json;
}

/** The events about one object, oldest first as the server has them: by uid, since an older pod may have had the same name. */
export async function listEvents(connection: ClusterConnection, namespace: string, uid: string, signal?: AbortSignal): Promise<KubeEvent[]> {
  const { json } = await connection.request<{ items: KubeEvent[] | null }>({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, query: { fieldSelector: `involvedObject.uid=${uid}` }, signal,
  });
  return json.items ?? [];
}

/**
 * Deletes a pod; with `uid`, that one and not another of its name; with `resourceVersion`, only as it was read. Gives the pod while it still terminates,
 * undefined when it is gone at once. Fails as POD_GONE, as POD_REPLACED when the name belongs to another pod by now, as POD_CHANGED when it is not as it was read.
 */
export async function deletePod(
  connection: ClusterConnection, namespace: string, name: string,
  { uid, resourceVersion, gracePeriodSeconds, dryRun = false, signal }: { readonly uid?: string; readonly resourceVersion?: string | undefined; readonly gracePeriodSeconds?: number; readonly dryRun?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<Pod | undefined> {
  try {
    const { json } = await goneAsFailure(name, () => connection.request<Pod>({
      method: 'DELETE',
      path: podPath(namespace, name),
      body: {
        apiVersion: 'v1', kind: 'DeleteOptions',
        ...(uid === undefined ? {} : { preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) } }),
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(dryRun ? { dryRun: ['All'] } : {}),
      },
      signal,
    }));
    return json.kind === 'Pod' ? json : undefined;
  } catch (error) {
    if (uid !== undefined && error instanceof ApiError && error.status === 409 && /precondition/i.test(error.message)) {
      // The uid is compared first (ValidateDeleteOptions' preconditions, k8s.io/apiserver/pkg/registry/generic/registry/store.go and storage/interfaces.go).
      throw new Failure(/the ResourceVersion|ResourceVersion in precondition/i.test(error.message) ? 'POD_CHANGED' : 'POD_REPLACED', { pod: name }, error);
    }
    throw error;
  }
}

/**
 * Server-side apply: https://kubernetes.io/docs/reference/using-api/server-side-apply/. The server then knows which fields were set (by `fieldManager`)
 * and which it defaulted. A field that it does not know is refused on every server: see unknown-field.ts.
 *
 * Applying to a name that is taken changes that pod. With `createOnly` it never does, without a race: the object is sent with a resource version that no
 * object has. Creating pays no attention to it (measured on 1.20: 201); updating compares it and is refused as a conflict (the generic registry's Update,
 * k8s.io/apiserver/pkg/registry/generic/registry/store.go). That refusal, for a pod that is there, is POD_EXISTS. `metadata.uid` would not do: on a
 * name that is free the server answers "uid mismatch".
 *
 * Two items of one list with the same key (an environment variable twice, a port with two names) are allowed in a pod, and apply takes none such: with
 * `createOnly` the pod is then created by a plain POST. Not where `fieldValidation` is asked for, since that one may drop what it does not know.
 */
export async function applyPod(
  connection: ClusterConnection, namespace: string, object: Pod | KubeObject,
  { dryRun, force, createOnly = false, fieldManager, fieldValidation, signal }: WriteOptions & { readonly force?: boolean; readonly createOnly?: boolean } = {},
): Promise<Written & { readonly created: boolean }> {
  const name = object.metadata.name ?? '';
  // Apply must not carry managedFields; the rest of the object goes as it is.
  const { managedFields: _, resourceVersion, ...metadata } = object.metadata;
  const body = { ...object, metadata: { ...metadata, ...(createOnly ? { resourceVersion: '1' } : resourceVersion === undefined ? {} : { resourceVersion }) } };
  try {
    const { status, json, warnings } = await connection.request<Pod>({
      method: 'PATCH',
      path: podPath(namespace, name),
      contentType: 'application/apply-patch+yaml', // JSON is YAML
      query: { ...writeQuery({ dryRun, fieldManager, fieldValidation }), force },
      body,
      signal,
    });
    return { pod: json, created: status === 201, warnings };
  } catch (error) {
    if (createOnly && error instanceof ApiError && error.reason === 'Conflict' && await exists(connection, namespace, name, signal)) throw new Failure('POD_EXISTS', { pod: name, namespace }, error);
    if (createOnly && fieldValidation === undefined && error instanceof ApiError && SAME_KEY.test(error.message)) {
      return { ...(await createPod(connection, namespace, { ...object, metadata }, { dryRun, fieldManager, signal })), created: true };
    }
    throw error;
  }
}

/** Apply's refusal of a list that has a key twice. sigs.k8s.io/structured-merge-diff: typed/validate.go, typed/helpers.go. */
export const SAME_KEY = /duplicate entries for key/;

/** A plain POST. Servers before 1.25 drop fields that they do not know without a word: apply tells. Fails as POD_EXISTS. */
export async function createPod(connection: ClusterConnection, namespace: string, object: Pod | KubeObject, { signal, ...options }: WriteOptions = {}): Promise<Written> {
  try {
    const { json, warnings } = await connection.request<Pod>({ method: 'POST', path: podsPath(namespace), query: writeQuery(options), body: object, signal });
    return { pod: json, warnings };
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'AlreadyExists') throw new Failure('POD_EXISTS', { pod: object.metadata.name ?? '', namespace }, error);
    throw error;
  }
}

export interface AccessReview {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly group?: string;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly name?: string;
}

/** May this user do that? The server's own answer (authorization.k8s.io/v1 SelfSubjectAccessReview). */
export async function selfSubjectAccessReview(connection: ClusterConnection, review: AccessReview, signal?: AbortSignal): Promise<{ allowed: boolean; reason?: string }> {
  const { json } = await connection.request<{ status?: { allowed?: boolean; reason?: string } }>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: review } },
    signal,
  });
  return { allowed: json.status?.allowed === true, ...(json.status?.reason ? { reason: json.status.reason } : {}) };
}

/** Names of all namespaces. Fails as NOT_ALLOWED where listing them is: then only those that the person names are known. */
export async function listNamespaces(connection: ClusterConnection, signal?: AbortSignal): Promise<string[]> {
  const { json } = await connection.request<{ items: KubeObject[] | null }>({ path: '/api/v1/namespaces', signal });
  return (json.items ?? []).map((namespace) => namespace.metadata.name ?? '');
}

export interface ServerVersion {
  readonly major: string;
  /** May carry a sign, as `27+`. */
  readonly minor: string;
  readonly gitVersion: string;
}

export async function serverVersion(connection: ClusterConnection, signal?: AbortSignal): Promise<ServerVersion> {
  const { json: { major, minor, gitVersion } } = await connection.request<ServerVersion>({ path: '/version', signal });
  return { major, minor, gitVersion };
}

export interface PodsTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly namespace: string; readonly name: string; readonly cells: readonly unknown[] }[];
}

/** The columns that `kubectl get pods` prints, computed by the server (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables). */
export async function podsTable(connection: ClusterConnection, namespace: string | undefined, signal?: AbortSignal): Promise<PodsTable> {
  const { json } = await connection.request<{ columnDefinitions: { name: string }[]; rows: { cells: unknown[]; object: KubeObject }[] | null }>({
    path: namespace === undefined ? '/api/v1/pods' : podsPath(namespace),
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    signal,
  });
  return {
    columns: json.columnDefinitions.map((column) => column.name),
    rows: (json.rows ?? []).map(({ cells, object: { metadata } }) => ({ namespace: metadata.namespace ?? '', name: metadata.name ?? '', cells })),
  };
}

function writeQuery({ dryRun = false, fieldManager = FIELD_MANAGER, fieldValidation }: { dryRun?: boolean | undefined; fieldManager?: string | undefined; fieldValidation?: FieldValidation | undefined }): Query {
  return { fieldManager, fieldValidation, dryRun: dryRun ? 'All' : undefined };
}

async function exists(connection: ClusterConnection, namespace: string, name: string, signal: AbortSignal | undefined): Promise<boolean> {
  return getPod(connection, namespace, name, signal).then(() => true, (error: unknown) => {
    if (error instanceof Failure && error.code === 'POD_GONE') return false;
    throw error;
  });
}

/** "Not found" about the pod itself. A namespace that is missing is another matter and stays an ApiError. */
async function goneAsFailure<Value>(pod: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound' && error.body?.details?.kind === 'pods') throw new Failure('POD_GONE', { pod }, error);
    throw error;
  }
}
