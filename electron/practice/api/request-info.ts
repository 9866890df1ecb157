// What a request is about, from its path: apiserver, pkg/endpoints/request/requestinfo.go.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface ResourceRequest {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** '' for all, or for what is in none. */
  readonly namespace: string;
  /** '' for a collection. */
  readonly name: string;
  /** What follows the subresource, still encoded. */
  readonly rest: string;
}

/** Subresources of namespaces themselves: every other word after a namespace's name is a resource in it. */
const OF_NAMESPACES = new Set(['status', 'finalize']);

/** @returns nothing for a path that names no resource: discovery, health, openapi and what nobody serves. */
export function parseResourcePath(path: string): ResourceRequest | undefined {
  const raw = path.split('/').slice(1);
  const parts: string[] = [];
  for (const part of raw) {
    const decoded = decode(part);
    if (decoded === undefined) return undefined;
    parts.push(decoded);
  }
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const [group, version] = core ? ['', parts[1]] : [parts[1], parts[2]];
  let at = core ? 2 : 3;
  if (group === undefined || !version || !parts[at]) return undefined;

  let namespace = '';
  if (parts[at] === 'namespaces' && parts[at + 1] && parts[at + 2] && !OF_NAMESPACES.has(parts[at + 2] ?? '')) {
    namespace = parts[at + 1] ?? '';
    at += 2;
  }
  const [resource = '', name = '', subresource = ''] = parts.slice(at);
  const after = raw.slice(at + 3);
  return { group, version, resource, subresource, namespace, name, rest: after.length > 0 ? `/${after.join('/')}` : '' };
}

/** @returns nothing for a method that the API does not have. */
export function verbOf(method: string, named: boolean, watch: boolean): Verb | undefined {
  switch (method) {
    case 'GET':
      return named ? 'get' : watch ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

/** Anything but `false` and `0` is true, as Convert_Slice_string_To_bool reads it; an absent one is false. */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
