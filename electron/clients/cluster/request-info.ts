export interface RequestInfo {
  readonly verb: string;
  /** With its subresource, as RBAC writes it: `pods/exec`. Empty for a path that is no resource. */
  readonly resource: string;
  /** Empty at the cluster scope. */
  readonly namespace: string;
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** What RBAC is asked about for a request: apiserver's RequestInfoFactory (k8s.io/apiserver/pkg/endpoints/request/requestinfo.go), the cases we use. */
export function requestInfo(method: string, path: string, watch: boolean): RequestInfo {
  const parts = path.split('?')[0]!.split('/').filter((part) => part !== '');
  const rest = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : [];
  // `/api/v1/namespaces/NAME` itself is a namespace; deeper is something inside one.
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name, subresource] = inNamespace ? rest.slice(2) : rest;
  const read = name !== undefined ? 'get' : watch ? 'watch' : resource === '' ? 'get' : 'list';
  return {
    verb: verbs[method] ?? read,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: inNamespace ? rest[1]! : '',
  };
}
