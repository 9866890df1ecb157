// The way over the API server, against one that the test plays: where the request is put, whose credentials go with it, and who the server has to be.
import { afterAll, expect, test, vi } from 'vitest';
import type { HttpRequest, HttpTarget } from '../../../shared/contract/http.ts';
import type { ClusterEntry, UserEntry } from '../../clients/cluster/kubeconfig.ts';
import { base64, json, kubeconfigFor, startApiServer, type Answer } from '../../clients/cluster/test-api-server.ts';
import { caCert, clientCert, clientKey, otherCaCert } from '../../clients/cluster/test-certificates.ts';
import { openPermissions } from '../cluster/permissions.ts';
import { openSession } from '../cluster/session.ts';
import { openDocker } from '../docker.ts';
import { askApiServer } from './ways.ts';

vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
const docker = openDocker();
afterAll(() => docker[Symbol.asyncDispose]());

type ApiServerTarget = Extract<HttpTarget, { via: 'api-server' }>;
const pod: ApiServerTarget = { via: 'api-server', context: 'test', namespace: 'dev', kind: 'Pod', name: 'web', port: '8080' };
const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/a?b=c', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5000, followRedirects: false, verifyCertificate: true,
};

interface Played {
  readonly target?: Partial<ApiServerTarget>;
  readonly request?: Partial<HttpRequest>;
  readonly user?: Partial<UserEntry>;
  readonly cluster?: Partial<ClusterEntry>;
  readonly base?: string;
  readonly host?: string;
  readonly answer?: Answer;
}

/** One request over an API server with the test certificate; what that was asked for the program, and what became of it. */
async function ask({ target, request, user, cluster = { caData: base64(caCert) }, base = '', host = '127.0.0.1', answer }: Played) {
  await using server = await startApiServer((asked, response, incoming) => {
    if (asked.url.includes('/proxy')) return answer ? answer(asked, response, incoming) : void response.end('from the pod');
    if (asked.url.includes('watch=true')) return void response.writeHead(200).write('\n');
    json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] });
  }, { requestCert: true, rejectUnauthorized: false, ca: caCert });
  const session = openSession('test', kubeconfigFor(`https://${host}:${server.port}${base}`, user, cluster), docker, openPermissions());
  try {
    const result = await askApiServer(session, { ...pod, ...target }, { ...plain, ...request }, AbortSignal.timeout(10_000))
      .then(({ status, body }) => ({ status, body }), (error: unknown) => ({ error }));
    return { result, asked: server.asked.find(({ url }) => url.includes('/proxy')) };
  } finally {
    await session.close();
  }
}

test.each<[string, Played, string]>([
  ['a pod', {}, '/api/v1/namespaces/dev/pods/web:8080/proxy/a?b=c'],
  ['a pod that speaks TLS', { request: { scheme: 'https' } }, '/api/v1/namespaces/dev/pods/https:web:8080/proxy/a?b=c'],
  ['a Service, by the name of its port', { target: { kind: 'Service', port: 'www' } }, '/api/v1/namespaces/dev/services/web:www/proxy/a?b=c'],
  ['a server behind a path', { base: '/k8s/clusters/one' }, '/k8s/clusters/one/api/v1/namespaces/dev/pods/web:8080/proxy/a?b=c'],
])('%s is asked for at its proxy', async (_, played, url) => {
  const { result, asked } = await ask(played);
  expect(result).toEqual({ status: 200, body: 'from the pod' });
  expect(asked?.url).toBe(url);
});

test('the cluster is shown its own credentials, and the person’s own do not take their place', async () => {
  const { asked } = await ask({ user: { token: 'of-the-cluster' }, request: { headers: [['X-Own', 'kept']], auth: { kind: 'bearer', token: 'of-the-person' } } });
  expect(asked?.headers).toMatchObject({ authorization: 'Bearer of-the-cluster', 'x-own': 'kept' });
  const { asked: withCertificate } = await ask({ user: { certData: base64(clientCert), keyData: base64(clientKey) } });
  expect(withCertificate).toMatchObject({ certificate: 'podlab-test-client' });
});

test('the server has to be the cluster’s: what the request says of certificates is about the program', async () => {
  const refused = { result: { error: { code: 'CLUSTER_NOT_TRUSTED', parameters: { context: 'test' } } }, asked: undefined };
  expect(await ask({ cluster: { caData: base64(otherCaCert) }, request: { verifyCertificate: false } })).toMatchObject(refused);
  expect(await ask({ cluster: { caData: base64(caCert), tlsServerName: 'wrong.test' } })).toMatchObject(refused);
  expect((await ask({ cluster: { caData: base64(caCert), tlsServerName: 'named.test' } })).result).toMatchObject({ status: 200 });
});

test.each<[string, Answer, unknown]>([
  ['a Status of the API server is a failure', (_, response) => json(response, 503, { kind: 'Status', status: 'Failure', code: 503, reason: 'ServiceUnavailable', message: 'no endpoints available for service "web"' }),
    { error: { code: 'API_ERROR', parameters: { status: 503 }, raw: expect.stringContaining('no endpoints available') } }],
  ['an error of the program is its answer', (_, response) => void response.writeHead(503).end('out of order'), { status: 503, body: 'out of order' }],
])('%s', async (_, answer, expected) => {
  expect((await ask({ answer })).result).toMatchObject(expected as object);
});
