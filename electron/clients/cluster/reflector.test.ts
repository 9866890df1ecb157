import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { type ClusterConnection, openConnection } from './connection.ts';
import { manualClock } from './manual-clock.ts';
import { type Batch, reflect, type ReflectOptions, type ReflectorState } from './reflector.ts';
import { json, kubeconfigFor, startApiServer } from './test-api-server.ts';
import { happenings } from './test-happenings.ts';

interface Item { readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string; readonly managedFields?: [] }; readonly kind?: string; readonly apiVersion?: string }
const item = (name: string, version: number, uid = `uid-${name}`): Item => ({ metadata: { name, uid, resourceVersion: String(version) } });
const full = (name: string, version: number, uid = `uid-${name}`) => ({ apiVersion: 'v1', kind: 'Pod', ...item(name, version, uid) });
const list = (version: number, items: readonly Item[], next = '') => ({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: String(version), continue: next }, items });
const status = (code: number, reason: string, message = reason) => ({ kind: 'Status', code, reason, message });
const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

interface Watch { readonly query: Record<string, string>; readonly response: ServerResponse; write(...events: string[]): void; cut(): void; end(): void }

/** A reflector on a server that the test plays: each list and each watch waits for the test's answer. */
async function play(options: Partial<ReflectOptions<Item>> = {}) {
  const lists = happenings<{ readonly query: Record<string, string>; answer(code: number, body: unknown): void }>();
  const watches = happenings<Watch & { open(): Watch; refuse(code: number, body: unknown): void }>();
  const happened = happenings<string | Batch<Item>>();
  const states: ReflectorState[] = [];
  const server = await startApiServer(({ url }, response, request) => {
    const query = Object.fromEntries(new URL(url, 'http://x').searchParams);
    if (query['watch'] === undefined) return lists.push({ query, answer: (code, body) => json(response, code, body) });
    const watch: Watch = {
      query, response,
      write: (...events) => { response.write(events.join('')); },
      cut: () => request.socket.destroy(),
      end: () => { response.end(); },
    };
    watches.push({ ...watch, open: () => { response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(); return watch; }, refuse: (code, body) => json(response, code, body) });
  });
  const connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  const clock = manualClock(Date.parse('2026-01-01T00:00:00.000Z'));
  const stop = new AbortController();
  const done = reflect<Item>({
    connection, path: '/api/v1/pods', signal: stop.signal, clock, random: () => 0.5,
    onChange: (batch) => happened.push(batch),
    onState: (state) => { states.push(state); happened.push(`${state.state} ${state.since.slice(11, 19)}${state.cause ? ` ${state.cause.code}` : ''}`); },
    ...options,
  });
  done.catch(() => {});
  return {
    server, connection, clock, lists, watches, happened, states, stop, done,
    /** Plays it to the first live watch. */
    async live(version = 10): Promise<Watch> {
      (await lists.next()).answer(200, list(version, [item('a', 1)]));
      const watch = (await watches.next()).open();
      expect([await happened.next(), await happened.next(), await happened.next()]).toEqual(['connecting 00:00:00', { type: 'snapshot', items: [full('a', 1)] }, 'live 00:00:00']);
      return watch;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done.catch(() => {});
      await connection[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('lists in pages and watches from there; what comes together is one batch', async () => {
  await using it = await play({ pageSize: 2, fieldSelector: 'spec.nodeName=one', labelSelector: 'a=b' });
  const first = await it.lists.next();
  expect(first.query).toEqual({ limit: '2', fieldSelector: 'spec.nodeName=one', labelSelector: 'a=b' });
  first.answer(200, list(10, [item('a', 1), { ...item('b', 2), metadata: { ...item('b', 2).metadata, managedFields: [] } }], 'more'));
  const second = await it.lists.next();
  expect(second.query).toEqual({ limit: '2', continue: 'more', fieldSelector: 'spec.nodeName=one', labelSelector: 'a=b' });
  second.answer(200, list(10, [item('c', 3)]));
  const asked = await it.watches.next();
  expect(asked.query).toEqual({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '10', timeoutSeconds: '320', fieldSelector: 'spec.nodeName=one', labelSelector: 'a=b' });
  expect([await it.happened.next(), await it.happened.next(), it.happened.waiting]).toEqual(['connecting 00:00:00', { type: 'snapshot', items: [full('a', 1), full('b', 2), full('c', 3)] }, 0]);
  const watch = asked.open();
  expect(await it.happened.next()).toBe('live 00:00:00');
  watch.write(
    event('MODIFIED', full('a', 11)), event('DELETED', full('b', 12)), event('ADDED', full('b', 13, 'uid-b2')), event('MODIFIED', full('a', 14)),
    event('ADDED', full('d', 15)), event('DELETED', full('d', 16)),
  );
  expect(await it.happened.next()).toEqual({ type: 'changes', upserted: [full('b', 13, 'uid-b2'), full('a', 14)], deleted: [full('b', 12), full('d', 16)] });
});

test('managed fields are kept for who asks for them', async () => {
  await using it = await play({ keepManagedFields: true });
  const object = { ...item('a', 1), metadata: { ...item('a', 1).metadata, managedFields: [] } };
  (await it.lists.next()).answer(200, list(10, [object as Item]));
  expect([await it.happened.next(), await it.happened.next()]).toEqual(['connecting 00:00:00', { type: 'snapshot', items: [{ apiVersion: 'v1', kind: 'Pod', ...object }] }]);
});

test('a cut watch goes on from the last version that was seen, a bookmark included', async () => {
  await using it = await play();
  const watch = await it.live();
  watch.write(event('MODIFIED', full('a', 11)));
  await it.happened.next();
  watch.write(event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '50' } }), event('ADDED', full('b', 51)), event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '60' } }));
  expect(await it.happened.next()).toEqual({ type: 'changes', upserted: [full('b', 51)], deleted: [] });
  it.clock.advance(1_000);
  watch.cut();
  expect(await it.happened.next()).toBe('reconnecting 00:00:01 CLUSTER_UNREACHABLE');
  const next = await it.watches.next();
  expect(next.query['resourceVersion']).toBe('60');
  next.open().write(event('DELETED', full('b', 61)));
  expect([await it.happened.next(), await it.happened.next()]).toEqual(['live 00:00:01', { type: 'changes', upserted: [], deleted: [full('b', 61)] }]);
});

test('back-off grows to 30 s; stale after 5 s, since it was last live', async () => {
  await using it = await play({ random: () => 0.75 });
  (await it.live()).cut();
  expect(await it.happened.next()).toBe('reconnecting 00:00:00 CLUSTER_UNREACHABLE');
  const waits = [0, 1_100, 2_200, 4_400, 8_800, 17_600, 33_000, 33_000]; // a tenth more than told, by this random number
  for (const wait of waits) {
    if (wait > 0) {
      await it.clock.asleep(wait);
      it.clock.advance(wait);
    }
    (await it.watches.next()).refuse(503, status(503, 'ServiceUnavailable'));
  }
  await it.clock.asleep(33_000);
  it.clock.advance(33_000);
  (await it.watches.next()).open();
  const told: unknown[] = [];
  while (told.at(-1) !== 'live 00:02:13') told.push(await it.happened.next());
  expect(told).toEqual(['reconnecting 00:00:00 API_ERROR', 'stale 00:00:00 API_ERROR', 'live 00:02:13']);
});

test('a server that says when to come back is not asked before', async () => {
  await using it = await play();
  (await it.lists.next()).answer(429, { ...status(429, 'TooManyRequests'), details: { retryAfterSeconds: 17 } });
  await it.clock.asleep(17_000);
  expect([await it.happened.next(), await it.happened.next()]).toEqual(['connecting 00:00:00', 'disconnected 00:00:00 API_ERROR']);
});

test('never connected is disconnected, not stale, and then live', async () => {
  await using it = await play();
  for (const wait of [0, 0, 1_000, 2_000]) {
    if (wait > 0) { await it.clock.asleep(wait); it.clock.advance(wait); }
    (await it.lists.next()).answer(500, status(500, 'InternalError', 'etcd is on fire'));
  }
  await it.clock.asleep(4_000);
  it.clock.advance(4_000);
  (await it.lists.next()).answer(200, list(10, []));
  (await it.watches.next()).open();
  const told: unknown[] = [];
  while (told.at(-1) !== 'live 00:00:07') told.push(await it.happened.next());
  expect(told).toEqual(['connecting 00:00:00', 'disconnected 00:00:00 API_ERROR', { type: 'snapshot', items: [] }, 'live 00:00:07']);
  expect(it.states[1]).toEqual({ state: 'disconnected', since: '2026-01-01T00:00:00.000Z', cause: { code: 'API_ERROR', params: { status: 500, reason: 'InternalError' }, cause: 'etcd is on fire' } });
});

type Asked = Awaited<ReturnType<Awaited<ReturnType<typeof play>>['watches']['next']>>;
test.each<[string, (asked: Asked) => void]>([
  ['410 when the watch is asked for', (asked) => asked.refuse(410, status(410, 'Expired', 'too old resource version: 1 (2)'))],
  ['410 inside the watch', (asked) => asked.open().write(event('ERROR', status(410, 'Expired', 'too old resource version: 1 (2)')))],
  ['a version that is not there yet', (asked) => asked.refuse(504, status(504, 'Timeout', 'Timeout: Too large resource version: 9, current: 1'))],
  ['another error inside the watch', (asked) => asked.open().write(event('ERROR', status(500, 'InternalError', 'lost')))],
])('%s: listed anew', async (_, answer) => {
  await using it = await play();
  (await it.live()).cut();
  await it.happened.next();
  answer(await it.watches.next());
  await it.clock.asleep(1_000);
  it.clock.advance(1_000);
  (await it.lists.next()).answer(200, list(90, [item('z', 80)]));
  const again = await it.watches.next();
  expect(again.query['resourceVersion']).toBe('90');
  again.open();
  const told: unknown[] = [];
  while (told.at(-1) !== 'live 00:00:01') told.push(await it.happened.next());
  expect(told.slice(-2)).toEqual([{ type: 'snapshot', items: [full('z', 80)] }, 'live 00:00:01']);
});

test('a list that expires between two pages is begun again, the third time in one piece', async () => {
  await using it = await play({ pageSize: 1 });
  for (let round = 0; round < 2; round += 1) {
    (await it.lists.next()).answer(200, list(10, [item('a', 1)], 'more'));
    (await it.lists.next()).answer(410, status(410, 'Expired'));
  }
  const whole = await it.lists.next();
  expect(whole.query).toEqual({});
  whole.answer(200, list(20, [item('a', 1), item('b', 2)]));
  expect([await it.happened.next(), await it.happened.next()]).toEqual(['connecting 00:00:00', { type: 'snapshot', items: [full('a', 1), full('b', 2)] }]);
});

test.each([
  ['forbidden', 403, status(403, 'Forbidden', 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" at the cluster scope'), 60_000, 'forbidden 00:00:00 NOT_ALLOWED', 'live 00:01:00'],
  ['unauthorized', 401, status(401, 'Unauthorized'), 30_000, 'unauthorized 00:00:00 CREDENTIALS_REFUSED', 'live 00:00:30'],
])('%s is told and tried again', async (_, code, body, wait, told, then) => {
  await using it = await play();
  (await it.lists.next()).answer(code, body);
  expect([await it.happened.next(), await it.happened.next()]).toEqual(['connecting 00:00:00', told]);
  await it.clock.asleep(wait);
  it.clock.advance(wait);
  (await it.lists.next()).answer(200, list(1, []));
  (await it.watches.next()).open();
  expect([await it.happened.next(), await it.happened.next()]).toEqual([{ type: 'snapshot', items: [] }, then]);
});

test('a watch that the server ends in time is followed by the next one without a word', async () => {
  await using it = await play();
  const watch = await it.live();
  it.clock.advance(320_000);
  watch.end();
  const next = await it.watches.next();
  next.open().write(event('ADDED', full('b', 11)));
  expect(await it.happened.next()).toEqual({ type: 'changes', upserted: [full('b', 11)], deleted: [] });
});

test('if the next one takes more than a moment, it is told', async () => {
  await using it = await play();
  const watch = await it.live();
  it.clock.advance(320_000);
  watch.end();
  const next = await it.watches.next();
  it.clock.advance(1_000);
  expect(await it.happened.next()).toBe('reconnecting 00:05:20');
  next.open();
  expect(await it.happened.next()).toBe('live 00:05:21');
});

test('a watch that the server ends too early is a broken one', async () => {
  await using it = await play();
  (await it.live()).end();
  expect(await it.happened.next()).toBe('reconnecting 00:00:00 CLUSTER_UNREACHABLE');
});

test.each([
  ['a server without bookmarks', [], 335, 'reconnecting 00:00:00 CLUSTER_UNREACHABLE'],
  ['a server that sends bookmarks', [event('BOOKMARK', { metadata: { resourceVersion: '40' } }), event('ADDED', full('b', 41))], 180, 'reconnecting 00:00:00 CLUSTER_UNREACHABLE'],
])('silence of %s is noticed', async (_, events, limit, told) => {
  await using it = await play();
  const watch = await it.live();
  watch.write(...events);
  if (events.length > 0) await it.happened.next();
  let seconds = 0;
  while (it.states.length === 2) {
    await it.clock.asleep(15_000);
    it.clock.advance(15_000);
    seconds += 15;
    await new Promise(setImmediate);
  }
  expect(await it.happened.next()).toBe(told);
  expect({ seconds, cause: it.states.at(-1)?.cause?.cause }).toEqual({ seconds: Math.ceil(limit / 15) * 15, cause: `no sign of life for ${Math.ceil(limit / 15) * 15} s` });
  await it.watches.next();
});

test('a slow reader is waited for', async () => {
  let release = () => {};
  const batches: number[] = [];
  await using it = await play({
    onChange: (batch) => {
      if (batch.type === 'snapshot') return;
      batches.push(batch.upserted.length);
      return new Promise<void>((resolve) => { release = resolve; });
    },
  });
  (await it.lists.next()).answer(200, list(10, []));
  const watch = (await it.watches.next()).open();
  let written = 0;
  const line = (number: number) => event('ADDED', { ...full(`big-${number}`, 11 + number), padding: 'x'.repeat(100_000) });
  const fill = () => { for (let room = true; room && written < 120; written += 1) room = watch.response.write(line(written)); };
  watch.response.on('drain', fill);
  fill();
  while (batches.length === 0) await new Promise(setImmediate);
  for (let before = -1; before !== written;) {
    before = written;
    await it.connection.request({ path: '/api/v1/pods', timeoutMs: 100 }).catch(() => {});
  }
  expect({ batches: batches.length, all: written === 120 }).toEqual({ batches: 1, all: false });
  while (batches.reduce((sum, size) => sum + size, 0) < 120) {
    release();
    await new Promise(setImmediate);
  }
  release();
});

test('an object cut in the middle is a break, an answer that is no list is an error', async () => {
  await using it = await play();
  const watch = await it.live();
  watch.write('{"type":"ADD\n');
  expect(await it.happened.next()).toBe('reconnecting 00:00:00 CLUSTER_UNREACHABLE');
  await using other = await play();
  (await other.lists.next()).answer(200, { hello: 'world' });
  expect([await other.happened.next(), await other.happened.next()]).toEqual(['connecting 00:00:00', 'disconnected 00:00:00 API_ERROR']);
});

test('it ends when it is told to, when its connection closes, and when a callback throws', async () => {
  await using stopped = await play();
  const { response } = await stopped.live();
  const closed = new Promise((resolve) => { response.on('close', resolve); });
  stopped.stop.abort();
  await stopped.done;
  await closed;

  await using disconnected = await play();
  await disconnected.live();
  await (disconnected.connection satisfies ClusterConnection)[Symbol.asyncDispose]();
  await disconnected.done;

  const bug = new Failure('POD_GONE', { pod: 'a' }, 'a bug of ours');
  await using broken = await play({ onChange: () => { throw bug; } });
  (await broken.lists.next()).answer(200, list(1, []));
  expect(await broken.done.catch((error: unknown) => error)).toBe(bug);
});
