// Every way of the HTTP tester on the real clusters: one whose node is the Docker host (dockershim), and kind (containerd).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse, HttpTarget } from '../../shared/contract/http.ts';
import type { Compared } from '../../electron/engine/http/compare.ts';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { docker, putOnNode } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { BARE_IMAGE, buildServer, openScene, pod, service, toPod, type Scene } from '../forwards/scene.ts';

const CURL_IMAGE = 'podlab-test-http-curl:1';
const contexts = clustersOfRun('kind-kind', 'docker-desktop');
const signal = new AbortController().signal;
const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 20_000, followRedirects: true, verifyCertificate: true,
};
/** It listens on 127.0.0.1 only, where the kubelet does not probe. */
const inward = { env: [{ name: 'LISTEN', value: '127.0.0.1:8080' }], readinessProbe: undefined };

beforeAll(async () => {
  await buildServer(...contexts);
  await using folder = await springServerFolder('Hello from curl');
  await docker('build', '-q', '-t', CURL_IMAGE, folder.path);
  for (const context of contexts) await putOnNode(context, CURL_IMAGE);
});

describe.each(contexts)('%s', (context) => {
  let scene: Scene;
  let at: { context: string; namespace: string };
  const send = (target: HttpTarget, change: Partial<HttpRequest> = {}): Promise<HttpResponse> => scene.engine.calls.http.send({ ...plain, ...change, target }, signal);
  const compare = async (target: { kind: 'Pod' | 'Service'; name: string; port: string }, forwardId?: string): Promise<Compared> => {
    let last: Compared | undefined;
    for await (const state of scene.engine.calls.http.compare({ ...at, target, request: plain, ...(forwardId ? { forwardId } : {}) }, signal)) last = state;
    return last!;
  };
  beforeAll(async () => {
    scene = await openScene(context);
    at = { context, namespace: scene.namespace };
    const asks = { image: CURL_IMAGE, readinessProbe: undefined, command: undefined };
    await scene.create(
      pod('web'), pod('curl', asks), pod('bare', { image: BARE_IMAGE }), pod('inward', inward),
      service('web', 'web'), service('wrong', 'web', [{ port: 80, targetPort: 8088 }]), service('empty', 'nobody'),
    );
    for (const name of ['web', 'curl', 'bare', 'inward']) await scene.ready(name);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  test('the same answer comes every way, and each says how it came', async () => {
    const forward = await scene.start(toPod('web', 8080));
    const answers = {
      forward: await send({ via: 'forward', forwardId: forward.id }),
      pod: await send({ ...at, via: 'pod', pod: 'web', port: 8080 }),
      service: await send({ ...at, via: 'service', service: 'web', port: 'www' }),
      'api-server to the pod': await send({ ...at, via: 'api-server', kind: 'Pod', name: 'web', port: '8080' }),
      'api-server to the Service': await send({ ...at, via: 'api-server', kind: 'Service', name: 'web', port: 'www' }),
      inside: await send({ ...at, via: 'inside', pod: 'web', container: '', port: 8080 }),
    };
    for (const [way, { status, body, incomplete }] of Object.entries(answers)) expect([way, status, body, incomplete]).toEqual([way, 200, 'web', undefined]);
    const phases = Object.fromEntries(Object.entries(answers).map(([way, answer]) => [way, answer.phases.map(({ phase }) => phase).join(' ')]));
    console.log(Object.entries(answers).map(([way, { milliseconds }]) => `${way}: ${milliseconds} ms`).join(', '));
    expect(phases).toMatchObject({
      forward: 'connect send wait download', pod: 'resolve tunnel send wait download', service: 'resolve tunnel send wait download', inside: 'exec',
      'api-server to the pod': expect.stringMatching(/^(?:connect tls )?send wait download$/),
    });
    expect([answers.forward.servedBy?.name, answers.pod.servedBy?.name, answers.service.servedBy?.name]).toEqual(['web', 'web', 'web']);
  });

  test('inside: whichever program the image has asks, with any method and body that it can', async () => {
    expect(await send({ ...at, via: 'inside', pod: 'web', container: 'c', port: 8080 })).toMatchObject({ program: 'nc', status: 200 });
    expect(await send({ ...at, via: 'inside', pod: 'web', container: '', port: 8080 }, { path: '/zeros?bytes=3000000' })).toMatchObject({ program: 'nc', status: 200, truncated: true });
    expect(await send({ ...at, via: 'inside', pod: 'curl', container: '', port: 8080 })).toMatchObject({ program: 'curl', status: 200, body: 'Hello from curl\n' });
    expect(await send({ ...at, via: 'inside', pod: 'curl', container: '', port: 8080 }, { path: '/missing' })).toMatchObject({ program: 'curl', status: 404 });
    expect(await send({ ...at, via: 'inside', pod: 'web', container: '', port: 8080 }, { method: 'POST', body: { kind: 'json', text: '{"a":"가"}' } })).toMatchObject({ status: 200, body: 'web' });
    await expect(send({ ...at, via: 'inside', pod: 'web', container: '', port: 8080 }, { scheme: 'https', method: 'PUT' })).rejects.toMatchObject({ code: 'NOT_FROM_INSIDE' });
    await expect(send({ ...at, via: 'inside', pod: 'bare', container: '', port: 8080 })).rejects.toMatchObject({ code: 'NO_HTTP_PROGRAM', parameters: { pod: 'bare', container: 'c' } });
    await expect(send({ ...at, via: 'inside', pod: 'nobody', container: '', port: 8080 })).rejects.toMatchObject({ code: 'POD_GONE' });
    await expect(send({ ...at, via: 'inside', pod: 'web', container: '', port: 9999 })).rejects.toMatchObject({ code: 'PORT_REFUSED_LISTENS', parameters: { listens: expect.stringContaining('8080') } });
  });

  test('where the way ends before the program, it is said so', async () => {
    await expect(send({ ...at, via: 'pod', pod: 'web', port: 9999 })).rejects.toMatchObject({ code: 'PORT_REFUSED_LISTENS', parameters: { pod: 'web', port: 9999 } });
    await expect(send({ ...at, via: 'service', service: 'empty', port: '80' })).rejects.toMatchObject({ code: 'NO_READY_POD' });
    await expect(send({ ...at, via: 'api-server', kind: 'Service', name: 'empty', port: '80' })).rejects.toMatchObject({ code: 'API_ERROR', parameters: { status: 503 }, raw: expect.stringContaining('no endpoints') });
    await expect(send({ ...at, via: 'api-server', kind: 'Pod', name: 'inward', port: '8080' })).rejects.toMatchObject({ code: 'API_ERROR', raw: expect.stringContaining('connection refused') });
    // Plain TCP that echoes: what comes back is no HTTP.
    await expect(send({ ...at, via: 'pod', pod: 'web', port: 9000 })).rejects.toMatchObject({ code: 'RESPONSE_NOT_HTTP' });
  });

  test('compare: all fine', async () => {
    const forward = await scene.start({ kind: 'Service', name: 'web', port: 'www' });
    const { ways, conclusion } = await compare({ kind: 'Service', name: 'web', port: 'www' }, forward.id);
    expect(ways.map(({ via, state, status }) => `${via} ${state} ${status}`)).toEqual(['inside answered 200', 'pod answered 200', 'service answered 200', 'api-server answered 200', 'forward answered 200']);
    expect(conclusion).toEqual({ key: 'http.compare.all-same', params: { status: 200, count: 5 } });
  });

  test('compare: a program on 127.0.0.1 only answers inside and over the tunnel, and at no address of the pod', async () => {
    const { ways, conclusion } = await compare({ kind: 'Pod', name: 'inward', port: '8080' });
    expect(ways.map(({ via, state }) => `${via} ${state}`)).toEqual(['inside answered', 'pod answered', 'api-server failed', 'forward skipped']);
    expect(conclusion?.key).toBe('http.compare.localhost-only');
  });

  test('compare: a Service with a wrong targetPort, one without pods, a pod where nothing listens', async () => {
    const wrong = await compare({ kind: 'Service', name: 'wrong', port: '80' });
    expect(wrong.ways.find(({ via }) => via === 'service')).toMatchObject({ state: 'failed', failure: { code: 'PORT_REFUSED_LISTENS' } });
    expect(wrong.conclusion).toMatchObject({ key: 'http.compare.other-port', params: { listens: '8080, 9000, 9001, 9002, 9003' } });
    expect((await compare({ kind: 'Service', name: 'empty', port: '80' })).conclusion?.key).toBe('http.compare.no-pod');
    expect((await compare({ kind: 'Pod', name: 'bare', port: '9999' })).conclusion?.key).toBe('http.compare.refused');
  });

  test('bad input changes nothing and is sent nowhere', async () => {
    const target: HttpTarget = { ...at, via: 'pod', pod: 'web', port: 8080 };
    await expect(send(target, { path: '/a b' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(send(target, { headers: [['X', 'a\r\nEvil: 1']] })).rejects.toMatchObject({ code: 'HEADER_INVALID' });
    await expect(send(target, { method: 'POST', body: { kind: 'file', file: '/does/not/exist' } })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(send({ via: 'forward', forwardId: 'nobody' })).rejects.toMatchObject({ code: 'FORWARD_GONE' });
    await expect(compare({ kind: 'Pod', name: 'web', port: '8080' }).then(() => scene.engine.calls.http.compare({ ...at, target: toPod('web', 8080), request: { ...plain, method: 'POST' } }, signal).next())).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('a cancelled request ends at once, and leaves no tunnel', async () => {
    // The API server keeps connections of its own from before.
    const before = await openIn();
    const aborting = new AbortController();
    const sent = scene.engine.calls.http.send({ ...plain, path: '/zeros?bytes=100000000000', target: { ...at, via: 'pod', pod: 'web', port: 8080 } }, aborting.signal);
    await expect.poll(openIn, { timeout: 10_000 }).toBeGreaterThan(before);
    const from = performance.now();
    aborting.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    console.log(`ended ${Math.round(performance.now() - from)} ms after it was cancelled`);
    await expect.poll(openIn, { timeout: 10_000 }).toBeLessThanOrEqual(before);
  });

  /** Connections of the pod's port 8080 (1F90), in state ESTABLISHED (01). */
  async function openIn(): Promise<number> {
    const table = await scene.kubectl('exec', 'web', '--', 'cat', '/proc/net/tcp', '/proc/net/tcp6');
    return [...table.matchAll(/^\s*\d+: [0-9A-F]+:1F90 \S+ 01 /gm)].length;
  }
});
