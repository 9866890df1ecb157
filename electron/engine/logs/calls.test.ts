// Logs over a server of the test whose streams are cut in the middle, whose container has not started, and that forbids.
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogState, LogTarget } from '../../../shared/contract/logs.ts';
import { json, kubeconfigFor, startApiServer, type TestApiServer } from '../../clients/cluster/test-api-server.ts';
import { openSessions, type Sessions } from '../cluster/sessions.ts';
import { openDocker } from '../docker.ts';
import { createTopic } from '../topic.ts';
import { logCalls } from './calls.ts';

vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
const docker = openDocker();
const filter = { text: '', isRegex: false, matchesCase: false, isNegated: false, severities: [] };
const web = (state: object, restartCount = 0) => ({
  metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: JSON.stringify(state), creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { restartPolicy: 'Always', containers: [{ name: 'c' }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'c', restartCount, containerID: `docker://${restartCount}`, state }] },
});
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };

let server: TestApiServer;
let sessions: Sessions;
let calls: ReturnType<typeof logCalls>;
let pod: ReturnType<typeof web>;
let watches: ServerResponse[];
let serveLog: (query: URLSearchParams, response: ServerResponse) => void;

beforeEach(async () => {
  pod = web(running);
  watches = [];
  server = await startApiServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://server');
    if (pathname.endsWith('/log')) return serveLog(searchParams, response);
    if (searchParams.get('watch') === 'true') {
      response.writeHead(200).write('\n');
      if (pathname === '/api/v1/pods') watches.push(response);
      return undefined;
    }
    if (pathname.endsWith('/pods/web')) return json(response, 200, pod);
    return json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: pathname === '/api/v1/pods' ? [pod] : [] });
  });
  sessions = openSessions(createTopic(kubeconfigFor(`http://127.0.0.1:${server.port}`)), docker);
  calls = logCalls(sessions);
});
afterEach(async () => {
  await sessions[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
afterAll(async () => {
  await docker[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

const { signal } = new AbortController();
const open = (until: AbortSignal, target: LogTarget = { of: 'pod', name: 'web' }) =>
  calls.open({ id: 'one', context: 'test', namespace: 'default', target, previous: false, filter }, until);
async function until(states: AsyncGenerator<LogState, void, void>, accept: (state: LogState) => boolean): Promise<LogState> {
  for (;;) {
    const { value } = await states.next();
    if (!value) throw new Error('it ended');
    if (accept(value)) return value;
  }
}
const texts = async (state: LogState) => (await calls.read({ id: 'one', filter: 0, from: state.shown.first, count: 5_000 }, signal)).lines.map(({ text }) => text);
const change = (next: typeof pod) => {
  pod = next;
  for (const watch of watches) watch.write(`${JSON.stringify({ type: 'MODIFIED', object: next })}\n`);
};

test('streams that are cut anywhere, also in the middle of a time: each line once, in its order', async () => {
  const lines = Array.from({ length: 2_000 }, (_, at) => {
    const second = Math.floor(at / 500);
    // Ten lines of each nanosecond, and many of them alike.
    return { second, line: `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(Math.floor(at / 10) % 50).padStart(9, '0')}Z ${at % 3 === 0 ? 'again' : `line ${at}`}\n` };
  });
  let asked = 0;
  serveLog = (query, response) => {
    asked += 1;
    const since = Date.parse(query.get('sinceTime') ?? '2026-01-01T00:00:00Z');
    const text = lines.filter(({ second }) => Date.parse(`2026-01-01T00:00:0${second}Z`) >= since).map(({ line }) => line).join('');
    response.writeHead(200);
    const cut = asked > 8 ? Infinity : Math.floor(text.length * (0.3 + (asked * 7919 % 69) / 100));
    if (cut >= text.length) return void (query.get('follow') === 'true' ? response.write(text) : response.end(text));
    response.write(text.slice(0, cut), () => response.destroy());
  };
  const closing = new AbortController();
  const states = open(closing.signal);
  const state = await until(states, ({ read, sources: [one] }) => read >= 2_000 && one?.state === 'following' && asked > 1);
  expect(await texts(state)).toEqual(lines.map(({ line }) => line.slice(31, -1)));
  expect(asked).toBeGreaterThan(3);
  closing.abort();
});

test('a container that waits is followed when its pod says that it runs, and nothing is asked meanwhile', async () => {
  let asked = 0;
  serveLog = (_, response) => {
    asked += 1;
    response.writeHead(200).write('2026-01-01T00:00:00.000000001Z hello\n');
  };
  pod = web({ waiting: { reason: 'ContainerCreating' } });
  const closing = new AbortController();
  const states = open(closing.signal);
  await until(states, ({ sources: [one] }) => one?.state === 'waiting');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(asked).toBe(0);
  change(web(running));
  await vi.waitFor(() => expect(asked).toBeGreaterThan(0), 10_000);
  closing.abort();
});

test('of the newest lines it is told when they are read, and whether there may be older ones', async () => {
  const stamped = (line: string) => `2026-01-01T00:00:00.000000001Z ${line}\n`;
  const asked: (string | null)[] = [];
  let lines: string[] = [];
  serveLog = (query, response) => {
    asked.push(query.get('tailLines'));
    response.writeHead(200);
    if (query.get('follow') === 'true') return void response.flushHeaders();
    return void response.end(lines.slice(-Number(query.get('tailLines') ?? lines.length)).map(stamped).join(''));
  };
  const settled = async (tail?: number) => {
    const closing = new AbortController();
    const states = calls.open({ id: 'one', context: 'test', namespace: 'default', target: { of: 'pod', name: 'web' }, previous: false, filter, ...(tail === undefined ? {} : { tail }) }, closing.signal);
    const { read, mayHaveOlder } = await until(states, ({ isReading }) => !isReading);
    closing.abort();
    return [read, mayHaveOlder];
  };
  lines = ['a', 'b', 'c'];
  expect(await settled(4)).toEqual([3, false]);
  expect(await settled(3)).toEqual([3, true]);
  expect(await settled()).toEqual([3, false]);
  expect(new Set(asked)).toEqual(new Set(['4', '3', null]));
  // A kubelet counts this one as three.
  lines = ['x'.repeat(40_000), 'b'];
  expect(await settled(4)).toEqual([2, true]);
  expect(await settled(5)).toEqual([2, false]);
});

test('what a container writes that starts later comes whole, whatever was asked for of the others', async () => {
  const asked: (string | null)[] = [];
  serveLog = (query, response) => {
    asked.push(query.get('tailLines'));
    response.writeHead(200).end('2026-01-01T00:00:00.000000001Z hello\n');
  };
  pod = web({ waiting: { reason: 'ContainerCreating' } });
  const closing = new AbortController();
  const states = calls.open({ id: 'one', context: 'test', namespace: 'default', target: { of: 'pod', name: 'web' }, previous: false, filter, tail: 1 }, closing.signal);
  await until(states, ({ isReading }) => !isReading);
  await vi.waitFor(() => expect(watches).toHaveLength(1));
  change(web(running));
  await until(states, ({ read }) => read === 1);
  expect(asked[0]).toBeNull();
  closing.abort();
});

test('a log that may not be read has failed, and is not asked for again', async () => {
  let asked = 0;
  serveLog = (_, response) => {
    asked += 1;
    const message = 'pods "web" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "default"';
    json(response, 403, { kind: 'Status', status: 'Failure', message, reason: 'Forbidden', code: 403 });
  };
  const closing = new AbortController();
  const { sources } = await until(open(closing.signal), ({ sources: [one] }) => one?.state === 'failed');
  expect(sources[0]?.failure).toMatchObject({ code: 'NOT_ALLOWED', params: { verb: 'get', resource: 'pods/log' } });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(asked).toBe(1);
  closing.abort();
});

test('what is not open cannot be asked, and a bad expression leaves the filter as it is', async () => {
  serveLog = (_, response) => void response.writeHead(200).write('2026-01-01T00:00:00.000000001Z hello\n');
  await expect(calls.read({ id: 'one', filter: 0, from: 0, count: 1 }, signal)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  const states = open(signal);
  await until(states, ({ sources: [one] }) => one?.state === 'following');
  await expect(calls.filter({ id: 'one', filter: { ...filter, text: '(', isRegex: true } }, signal)).rejects.toMatchObject({ code: 'LOG_PATTERN_INVALID' });
  expect((await calls.filter({ id: 'one', filter: { ...filter, text: 'x' } }, signal)).shown).toEqual({ filter: 1, first: 0, end: 0 });
  expect(await calls.read({ id: 'one', filter: 0, from: 0, count: 1 }, signal)).toEqual({ filter: 1, lines: [] });
  await states.return();
  await expect(calls.rowOf({ id: 'one', filter: 1, number: 0 }, signal)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
});
