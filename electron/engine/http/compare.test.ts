import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import type { HttpRequest, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import { compareCalls, type Compared, type CompareParts } from './compare.ts';

const request: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1_000, followRedirects: true, verifyCertificate: true,
};
const answer = (change: Partial<HttpResponse> = {}): HttpResponse => ({
  url: '', redirects: [], informational: [], httpVersion: '1.1', status: 200, statusText: 'OK', headers: [], trailers: [], body: 'hello', bodyEncoding: 'text', bodyBytes: 5,
  decodedBytes: 5, truncated: false, milliseconds: 1, phases: [], ...change,
});
const at = { context: 'kind', namespace: 'shop' };
const service = { kind: 'Service', name: 'web', port: 'www' } as const;
const single = { kind: 'Pod', name: 'web-1', port: '8080' } as const;
const signalOf = (aborting = new AbortController()) => aborting.signal;

interface Asked {
  target?: { kind: 'Pod' | 'Deployment' | 'StatefulSet' | 'Service'; name: string; port: string };
  forwardId?: string;
  send?: CompareParts['send'];
  readyPod?: CompareParts['readyPod'];
  signal?: AbortSignal;
}

const run = ({ target = service, forwardId, send = async () => answer(), readyPod = async () => ({ name: 'web-1', uid: '1', port: 8080 }), signal = signalOf() }: Asked = {}) =>
  compareCalls({ ...at, target, request, ...(forwardId === undefined ? {} : { forwardId }) }, { readyPod, send }, signal);

async function statesOf(asked?: Asked): Promise<Compared[]> {
  const states: Compared[] = [];
  for await (const state of run(asked)) states.push(state);
  return states;
}
const lastOf = async (asked?: Asked): Promise<Compared> => (await statesOf(asked)).at(-1)!;
const inShort = ({ ways }: Compared) => ways.map(({ via, state }) => `${via} ${state}`);
const noPod = (failure: Failure): CompareParts['readyPod'] => async () => {
  throw failure;
};

test('each way is asked once, in its order, and goes to the same pod', async () => {
  const targets: HttpTarget[] = [];
  const last = await lastOf({ forwardId: 'f1', send: async (target, sent) => {
    expect(sent).toEqual(request);
    targets.push(target);
    return answer();
  } });
  expect(targets).toEqual([
    { ...at, via: 'inside', pod: 'web-1', container: '', port: 8080 },
    { ...at, via: 'pod', pod: 'web-1', port: 8080 },
    { ...at, via: 'service', service: 'web', port: 'www' },
    { ...at, via: 'api-server', kind: 'Service', name: 'web', port: 'www' },
    { via: 'forward', forwardId: 'f1' },
  ]);
  expect(last.conclusion).toEqual({ key: 'http.compare.all-same', params: { status: 200, count: 5 } });
});

test('the whole list is told after each change, with at most one way running, and its meaning only at the end', async () => {
  const states = await statesOf({ target: single });
  expect(states.map(inShort)).toEqual([
    ['inside waiting', 'pod waiting', 'api-server waiting', 'forward skipped'],
    ['inside running', 'pod waiting', 'api-server waiting', 'forward skipped'],
    ['inside answered', 'pod waiting', 'api-server waiting', 'forward skipped'],
    ['inside answered', 'pod running', 'api-server waiting', 'forward skipped'],
    ['inside answered', 'pod answered', 'api-server waiting', 'forward skipped'],
    ['inside answered', 'pod answered', 'api-server running', 'forward skipped'],
    ['inside answered', 'pod answered', 'api-server answered', 'forward skipped'],
    ['inside answered', 'pod answered', 'api-server answered', 'forward skipped'],
  ]);
  expect(states.map(({ conclusion }) => conclusion !== undefined)).toEqual([false, false, false, false, false, false, false, true]);
});

test('what a way answers is told, and with it what was wrong with the body', async () => {
  const broken = new Failure('RESPONSE_BROKE_OFF', { received: 5 }, 'aborted').toData();
  const { ways } = await lastOf({ send: async ({ via }) => (via === 'service' ? answer({ status: 404, servedBy: { name: 'web-2', uid: '2' }, incomplete: broken }) : answer()) });
  expect(ways.find(({ via }) => via === 'service')).toEqual({ via: 'service', state: 'answered', status: 404, bodyBytes: 5, pod: 'web-2', failure: broken, milliseconds: expect.any(Number) });
});

test('a way that fails is told as data, and the next one is tried', async () => {
  const refused = new Failure('PORT_REFUSED_IN_POD', { pod: 'web-1', port: 8080 }, 'connection refused');
  const last = await lastOf({ target: single, send: async ({ via }) => {
    if (via === 'pod') throw refused;
    return answer();
  } });
  expect(inShort(last)).toEqual(['inside answered', 'pod failed', 'api-server answered', 'forward skipped']);
  expect(last.ways[1]).toMatchObject({ failure: refused.toData() });
  expect(last.conclusion?.key).toBe('http.compare.tunnel-fails');
});

test('a workload is asked at one of its pods; that it is no Service is why that way is not tried', async () => {
  const targets: HttpTarget[] = [];
  const last = await lastOf({ target: { kind: 'Deployment', name: 'web', port: 'www' }, send: async (target) => {
    targets.push(target);
    return answer();
  } });
  expect(inShort(last)).toEqual(['inside answered', 'pod answered', 'service skipped', 'api-server answered', 'forward skipped']);
  expect(last.ways[2]?.skipped?.key).toBe('http.compare.skipped.no-service');
  expect(targets.at(-1)).toEqual({ ...at, via: 'api-server', kind: 'Pod', name: 'web-1', port: '8080' });
});

test.each<[string, Failure, string, string]>([
  ['no pod is Ready', new Failure('NO_READY_POD', { kind: 'Deployment', name: 'web', seconds: 0 }, 'it has no pods'), 'no-pod', 'no-pod'],
  ['the cluster does not answer', new Failure('CLUSTER_UNREACHABLE', { context: 'kind', server: 'https://k' }, 'ECONNREFUSED'), 'pod-unknown', 'no-cluster'],
  ['the pods may not be read', new Failure('NOT_ALLOWED', { verb: 'list', resource: 'pods', namespace: 'shop' }, 'forbidden'), 'pod-unknown', 'none-allowed'],
  ['the port has no such name', new Failure('PORT_NAME_UNKNOWN', { port: 'www', kind: 'Deployment', name: 'web' }, 'no port'), 'pod-unknown', 'port-unknown'],
  ['the workload is gone', new Failure('OBJECT_GONE', { kind: 'Deployment', name: 'web' }, 'no Deployment of this name'), 'pod-unknown', 'no-target'],
])('where %s, no pod is asked, and the reason is told', async (_, failure, skipped, conclusion) => {
  const last = await lastOf({ target: { kind: 'Deployment', name: 'web', port: 'www' }, readyPod: noPod(failure), send: () => expect.unreachable('nothing can be sent') });
  expect(inShort(last)).toEqual(['inside skipped', 'pod skipped', 'service skipped', 'api-server skipped', 'forward skipped']);
  for (const way of [last.ways[0], last.ways[1], last.ways[3]]) expect(way).toMatchObject({ skipped: { key: `http.compare.skipped.${skipped}` }, failure: failure.toData() });
  expect(last.conclusion?.key).toBe(`http.compare.${conclusion}`);
});

test('a Service whose pods are not known is asked through the API server and the forward all the same', async () => {
  const last = await lastOf({ forwardId: 'f1', readyPod: noPod(new Failure('SERVICE_WITHOUT_SELECTOR', { service: 'web' }, 'spec.selector is empty')) });
  expect(inShort(last)).toEqual(['inside skipped', 'pod skipped', 'service answered', 'api-server answered', 'forward answered']);
});

test('who has enough is told the reason at once, and nothing more is sent', async () => {
  const aborting = new AbortController();
  const sent: string[] = [];
  const states = run({ signal: aborting.signal, send: ({ via }, _, signal) => {
    sent.push(via);
    return via === 'inside' ? Promise.resolve(answer()) : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Failure('REQUEST_FAILED', { url: '' }, 'hung up'))));
  } });
  const seen: string[][] = [];
  await expect((async () => {
    for await (const state of states) {
      seen.push(inShort(state));
      if (state.ways[1]?.state === 'running') setTimeout(() => aborting.abort(new Error('enough')), 5);
    }
  })()).rejects.toThrow('enough');
  expect(sent).toEqual(['inside', 'pod']);
  expect(seen.at(-1)?.[1]).toBe('pod running');
});

test('who has enough before a pod is found sees no way at all', async () => {
  const aborting = new AbortController();
  const states = run({ signal: aborting.signal, readyPod: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) });
  setTimeout(() => aborting.abort(new Error('enough')), 5);
  await expect(states.next()).rejects.toThrow('enough');
  expect((await states.next()).done).toBe(true);
});

test('a fault of ours is no outcome of a way', async () => {
  await expect(lastOf({ send: async () => { throw new TypeError('ours'); } })).rejects.toThrow(TypeError);
  await expect(lastOf({ readyPod: async () => { throw new TypeError('ours'); } })).rejects.toThrow(TypeError);
});
