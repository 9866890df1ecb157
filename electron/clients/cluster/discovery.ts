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
const indexes = new WeakMap<ClusterConnection, Promise<Index>>();
const parts = new WeakMap<ClusterConnection, Map<string, Promise<OpenApi>>>();

/**
 * What the server serves, found by asking and never by its version: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api.
 * Asked once for each connection; a failure is not kept. Fails as `connection.request` does.
 */
export function discover(connection: ClusterConnection): Promise<Discovery> {
  return once(discoveries, connection, readDiscovery);
}

const discoveredAt = new WeakMap<ClusterConnection, number>();

/** What was asked longer ago than this is forgotten, so that kinds that came since (a CRD) are found. @returns whether anything was */
export function forgetDiscovery(connection: ClusterConnection, olderThanMs: number): boolean {
  if (performance.now() - (discoveredAt.get(connection) ?? -Infinity) < olderThanMs) return false;
  discoveries.delete(connection);
  indexes.delete(connection);
  parts.delete(connection);
  return true;
}

type Index = { readonly version: 'v3'; readonly index: unknown; readonly urls: ReadonlyMap<string, string> } | { readonly version: 'v2'; readonly document: unknown };

/**
 * The schema of the kinds of one group version: `/openapi/v3` with that document if the server has it, else all of `/openapi/v2`. Asked once for
 * each connection. A group version that the server does not describe has the document `{}`.
 */
export async function openapi(connection: ClusterConnection, groupVersion = 'v1'): Promise<OpenApi> {
  const index = await once(indexes, connection, readIndex);
  if (index.version === 'v2') return index;
  const known = parts.get(connection) ?? new Map<string, Promise<OpenApi>>();
  parts.set(connection, known);
  let part = known.get(groupVersion);
  if (!part) {
    const url = index.urls.get(groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`);
    part = url === undefined
      ? Promise.resolve({ version: 'v3', index: index.index, document: {} })
      : connection.request({ path: url, timeoutMs: 60_000 }).then(({ json }) => ({ version: 'v3', index: index.index, document: json }));
    known.set(groupVersion, part);
    part.catch(() => known.delete(groupVersion));
  }
  return part;
}

async function readDiscovery(connection: ClusterConnection): Promise<Discovery> {
  discoveredAt.set(connection, performance.now());
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

async function readIndex(connection: ClusterConnection): Promise<Index> {
  try {
    const { json: index } = await connection.request<{ paths?: Record<string, { serverRelativeURL?: string }> }>({ path: '/openapi/v3' });
    const urls = new Map(Object.entries(index.paths ?? {}).flatMap(([path, { serverRelativeURL }]) => (serverRelativeURL === undefined ? [] : [[path, serverRelativeURL] as const])));
    // The alpha of 1.23 had an index without addresses.
    if (urls.has('api/v1')) return { version: 'v3', index, urls };
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
