import { ApiError } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';

export interface ApiResource {
  /** `v1`, `apps/v1`. */
  readonly groupVersion: string;
  /** `pods`, `pods/ephemeralcontainers`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface Discovery {
  /** Every group version that is served, the preferred one of a group first. */
  readonly groupVersions: readonly string[];
  readonly resources: readonly ApiResource[];
  /** Group versions that are announced but whose list could not be had (an aggregated server that is down). */
  readonly failed: readonly string[];
  has(groupVersion: string, resource: string): boolean;
}

/** OpenAPI v3 (1.27, beta from 1.24) by parts; before that v2, one document for everything. */
export type OpenApi =
  | { readonly version: 'v3'; readonly index: unknown; readonly document: unknown }
  | { readonly version: 'v2'; readonly document: unknown };

interface GroupList { readonly groups: readonly { readonly preferredVersion?: { readonly groupVersion: string }; readonly versions: readonly { readonly groupVersion: string }[] }[] }
interface ResourceList { readonly groupVersion: string; readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean; readonly verbs: readonly string[] | null }[] }

const discoveries = new WeakMap<ClusterConnection, Promise<Discovery>>();
const documents = new WeakMap<ClusterConnection, Promise<OpenApi>>();

/**
 * What the server serves, found by asking and never by its version: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api.
 * Asked once for each connection; a failure is not kept. Fails as `connection.request` does.
 */
export function discover(connection: ClusterConnection): Promise<Discovery> {
  return once(discoveries, connection, readDiscovery);
}

/** The schema of the core kinds: `/openapi/v3` with its `api/v1` document if the server has it, else `/openapi/v2`. Asked once for each connection. */
export function openapi(connection: ClusterConnection): Promise<OpenApi> {
  return once(documents, connection, readOpenApi);
}

async function readDiscovery(connection: ClusterConnection): Promise<Discovery> {
  const [core, { json: { groups } }] = await Promise.all([
    connection.request<{ versions: string[] }>({ path: '/api' }),
    connection.request<GroupList>({ path: '/apis' }),
  ]);
  const groupVersions = [...core.json.versions, ...groups.flatMap(({ preferredVersion, versions }) => {
    const all = versions.map((version) => version.groupVersion);
    return preferredVersion ? [preferredVersion.groupVersion, ...all.filter((version) => version !== preferredVersion.groupVersion)] : all;
  })];
  const failed: string[] = [];
  const lists = await Promise.all(groupVersions.map(async (groupVersion): Promise<ApiResource[]> => {
    try {
      const { json } = await connection.request<ResourceList>({ path: `${groupVersion.includes('/') ? '/apis' : '/api'}/${groupVersion}` });
      return json.resources.map(({ name, kind, namespaced, verbs }) => ({ groupVersion, name, kind, namespaced, verbs: verbs ?? [] }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.push(groupVersion);
      return [];
    }
  }));
  const resources = lists.flat();
  const known = new Set(resources.map(({ groupVersion, name }) => `${groupVersion} ${name}`));
  return { groupVersions, resources, failed, has: (groupVersion, resource) => known.has(`${groupVersion} ${resource}`) };
}

async function readOpenApi(connection: ClusterConnection): Promise<OpenApi> {
  try {
    const { json: index } = await connection.request<{ paths?: Record<string, { serverRelativeURL?: string }> }>({ path: '/openapi/v3' });
    const url = index.paths?.['api/v1']?.serverRelativeURL;
    if (url !== undefined) return { version: 'v3', index, document: (await connection.request({ path: url, timeoutMs: 60_000 })).json };
  } catch (error) {
    if (!(error instanceof ApiError && (error.status === 404 || error.status === 406))) throw error;
  }
  return { version: 'v2', document: (await connection.request({ path: '/openapi/v2', timeoutMs: 60_000 })).json };
}

function once<Value>(cache: WeakMap<ClusterConnection, Promise<Value>>, connection: ClusterConnection, read: (connection: ClusterConnection) => Promise<Value>): Promise<Value> {
  let value = cache.get(connection);
  if (!value) {
    value = read(connection);
    cache.set(connection, value);
    value.catch(() => cache.delete(connection));
  }
  return value;
}
