// An API server with config maps, pods of a few rules and namespaces, for the tests of this room; and a client that speaks to it over HTTPS.
import { request as send, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createCertificate } from '../certificate.ts';
import { realClock } from '../clock.ts';
import type { Kind, KindContext } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { openSchema } from '../schema/open-schema.ts';
import { createStore } from '../store/store.ts';
import { createObjectsApi } from './rest.ts';
import { listenApi } from './server.ts';
import type { SubresourceHandlers } from './subresources.ts';

const ALL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const NAME = { name: 'Name', type: 'string', format: 'name', description: 'Its name.', priority: 0 } as const;
const named = (object: KubeObject) => [object.metadata.name ?? ''];
const field = (object: KubeObject, part: string, name: string): string => (object[part] as Record<string, string> | undefined)?.[name] ?? '';

const core = { group: '', version: 'v1', columns: [NAME], cells: named, subresources: [] } as const;
const status = { name: 'status', verbs: ['get', 'patch', 'update'] } as const;

const review = { ...core, version: 'v1', group: 'authorization.k8s.io', shortNames: [], namespaced: false, verbs: ['create'] } as const;

export const KINDS: readonly Kind[] = [
  { ...review, kind: 'SelfSubjectAccessReview', resource: 'selfsubjectaccessreviews', singular: '', type: 'SelfSubjectAccessReview' },
  { ...core, kind: 'ConfigMap', resource: 'configmaps', singular: 'configmap', shortNames: ['cm'], namespaced: true, verbs: ALL, type: 'ConfigMap' },
  {
    ...core,
    kind: 'Namespace',
    resource: 'namespaces',
    singular: 'namespace',
    shortNames: ['ns'],
    namespaced: false,
    verbs: ALL.filter((verb) => verb !== 'deletecollection'),
    subresources: [{ ...status, kind: 'Namespace' }],
    type: 'Namespace',
    nameRule: 'label',
  },
  {
    ...core,
    kind: 'Pod',
    resource: 'pods',
    singular: 'pod',
    shortNames: ['po'],
    categories: ['all'],
    namespaced: true,
    verbs: ALL,
    subresources: [
      { ...status, kind: 'Pod' },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
      { name: 'eviction', kind: 'Eviction', verbs: ['create'] },
    ],
    type: 'Pod',
    prepareForCreate: (object) => (object['status'] = { phase: 'Pending' }),
    grace: (object, asked) => (field(object, 'spec', 'nodeName') ? (asked ?? 30) : 0),
    columns: [NAME, { name: 'Status', type: 'string', description: 'Its phase.', priority: 0 }],
    cells: (object) => [...named(object), field(object, 'status', 'phase')],
    fieldSelectors: {
      'spec.nodeName': (object) => field(object, 'spec', 'nodeName'),
      'status.phase': (object) => field(object, 'status', 'phase'),
    },
  },
];

const certificate = createCertificate();
export const TOKEN = 'the-token';

/** With the namespace `default`. @param minor of the Kubernetes that it is. */
export async function serveApi(minor = 34, subresources: SubresourceHandlers = {}) {
  const store = createStore();
  const context: KindContext = { store, clock: realClock(), minor };
  const schema = openSchema(minor);
  const objects = createObjectsApi({ context, schema, kinds: KINDS });
  const tls = await certificate;
  const server = await listenApi({ context, schema, kinds: KINDS, objects, tls, token: TOKEN, subresources });
  const kind = (resource: string): Kind => {
    const found = KINDS.find((candidate) => candidate.resource === resource);
    if (!found) throw new Error(`the test has no ${resource}`);
    return found;
  };
  objects.create(kind('namespaces'), '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }, { manager: 'test' });

  const open = (method: string, path: string, { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const options: RequestOptions = { host: '127.0.0.1', port: server.port, method, path, ca: tls.cert, servername: 'localhost', agent: false };
      const length = body === undefined || headers['transfer-encoding'] ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const asked = send({ ...options, headers: { authorization: `Bearer ${TOKEN}`, 'user-agent': 'tester/1.0', ...length, ...headers } }, resolve);
      asked.once('error', reject);
      asked.end(body);
    });

  return {
    store,
    objects,
    kind,
    server,
    certificate: tls,
    /** An answer whose body is still to be read. */
    open,
    /** A whole answer; the body as JSON where it is that. */
    async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const response = await open(method, path, { headers: { ...type, ...headers }, ...(sent === undefined ? {} : { body: sent }) });
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
      const json = response.headers['content-type']?.startsWith('application/json');
      return { code: response.statusCode, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
    },
    close: () => server.close(),
  };
}

export type TestApi = Awaited<ReturnType<typeof serveApi>>;

/** The events of a watch, one by one. */
export async function* eventsOf(response: IncomingMessage): AsyncGenerator<{ type: string; object: KubeObject }> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as { type: string; object: KubeObject };
  }
}
