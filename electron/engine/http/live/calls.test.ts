// The calls over a forward's port, which a server of the test has; the forward's cluster is not a local one.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { ForwardRow } from '../../../../shared/contract/forwards.ts';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveProtocol, LiveState } from '../../../../shared/contract/live.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import { kubeconfigFor } from '../../../clients/cluster/test-api-server.ts';
import { createActivity, type Activity } from '../../activity/activity.ts';
import { openSessions, type Sessions } from '../../cluster/sessions.ts';
import { openDocker } from '../../docker.ts';
import type { Forwards } from '../../forwards/calls.ts';
import { createTopic } from '../../topic.ts';
import { liveCalls } from './calls.ts';

const context = 'test';
const request: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true, verifyCertificate: true,
};
let server: Server;
let docker: ReturnType<typeof openDocker>;
let sessions: Sessions;
let activity: Activity;
let calls: ReturnType<typeof liveCalls>;
let lastError: ForwardRow['lastError'];
const sockets = new Set<Socket>();
const heard: string[] = [];
beforeAll(async () => {
  const chat = new WebSocketServer({ noServer: true });
  chat.on('connection', (socket) => socket.on('message', (data) => {
    heard.push((data as Buffer).toString());
    socket.send('yes');
  }));
  server = createServer((asked, response) => {
    if (asked.url === '/hang-up') {
      lastError = { at: new Date().toISOString(), ...new Failure('PORT_REFUSED_IN_POD', { pod: 'web', port: 80 }, 'refused').toData() };
      return void asked.socket.destroy();
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    asked.on('data', (body: Buffer) => response.write(`data: ${asked.method} ${body.toString()}\n\n`));
  });
  server.on('upgrade', (asked, socket, head) => chat.handleUpgrade(asked, socket, head, (open) => chat.emit('connection', open, asked)));
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {}).once('close', () => sockets.delete(socket))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  docker = openDocker();
  // Nothing listens there: a forward is asked about nothing of its cluster but whether changes are allowed.
  const kubeconfig = kubeconfigFor('https://127.0.0.1:1');
  sessions = openSessions(createTopic({ ...kubeconfig, contexts: kubeconfig.contexts.map((each) => ({ ...each, isLocal: false })) }), docker);
  activity = createActivity();
  const row = () => ({ context, localPort: (server.address() as AddressInfo).port, listensOn: ['127.0.0.1'], ...(lastError ? { lastError } : {}) }) as ForwardRow;
  calls = liveCalls(sessions, { row } as Partial<Forwards> as Forwards, activity);
});
afterAll(async () => {
  await sessions[Symbol.asyncDispose]();
  await docker[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const open = (protocol: LiveProtocol, change: Partial<HttpRequest> = {}, signal = new AbortController().signal) =>
  calls.open({ id: 'one', protocol, target: { via: 'forward', forwardId: 'f' }, request: { ...request, ...change }, subprotocols: [] }, signal);
function allow(isAllowed: boolean): void {
  using held = sessions.hold(context);
  held.session.changesAllowed.set(isAllowed);
}
async function until(states: AsyncGenerator<LiveState, void, void>, accept: (state: LiveState) => boolean): Promise<LiveState> {
  for (;;) {
    const { value } = await states.next();
    if (!value) throw new Error('it ended');
    if (accept(value)) return value;
  }
}

test('opening asks, and what is sent then waits until changes are allowed; it ends when it is closed', async () => {
  const { signal } = new AbortController();
  const states = open('websocket');
  await until(states, ({ state }) => state === 'open');
  await expect(calls.send({ id: 'one', text: 'stop' }, signal)).rejects.toMatchObject({ code: 'CHANGES_LOCKED' });
  allow(true);
  await calls.send({ id: 'one', text: 'go' }, signal);
  allow(false);
  const last = await until(states, ({ received }) => received === 1);
  expect([heard, last.messages.map(({ from, text }) => `${from} ${text}`)]).toEqual([['go'], ['me go', 'pod yes']]);
  await calls.close({ id: 'one' }, signal);
  expect(await until(states, ({ state }) => state === 'closed')).toMatchObject({ closed: { code: 1000 } });
  expect(await states.next()).toMatchObject({ done: true });
  await expect(calls.send({ id: 'one', text: 'more' }, signal)).rejects.toMatchObject({ code: 'LIVE_GONE' });
  expect(activity.entries.value.at(-1)).toMatchObject({ title: { key: 'activity.http-live', params: { protocol: 'websocket' } }, commands: [expect.stringMatching(/^curl -i -N ws:\/\/localhost:\d+\/$/)] });
});

test('a body is sent for events, which may change something', async () => {
  const post: Partial<HttpRequest> = { method: 'POST', body: { kind: 'text', text: 'question' } };
  await expect(open('event-stream', post).next()).rejects.toMatchObject({ code: 'CHANGES_LOCKED' });
  allow(true);
  const states = open('event-stream', post);
  expect((await until(states, ({ received }) => received === 1)).messages[0]?.text).toBe('POST question');
  await states.return();
  allow(false);
  expect(activity.entries.value.at(-1)?.commands[0]).toMatch(/^curl -i -N -H 'Accept: text\/event-stream' -X POST .*--data-raw question http:/);
});

test('whoever reads no more, or gives up, leaves nothing open', async () => {
  const left = open('websocket');
  await until(left, ({ state }) => state === 'open');
  await left.return();
  const aborting = new AbortController();
  const aborted = open('websocket', {}, aborting.signal);
  await until(aborted, ({ state }) => state === 'open');
  aborting.abort();
  for (let step = await aborted.next().catch(() => undefined); step && !step.done; step = await aborted.next().catch(() => undefined));
  await expect.poll(() => sockets.size).toBe(0);
  await expect(calls.close({ id: 'one' }, new AbortController().signal)).rejects.toMatchObject({ code: 'LIVE_GONE' });
});

test('while nothing is said, nothing is told', async () => {
  const states = open('websocket');
  await until(states, ({ state }) => state === 'open');
  const next = states.next();
  const silence = new Promise((resolve) => setTimeout(() => resolve('nothing'), 600));
  expect(await Promise.race([next, silence])).toBe('nothing');
  await calls.close({ id: 'one' }, new AbortController().signal);
  expect((await next).value).toMatchObject({ state: 'closed' });
});

test('a forward that hangs up knows why', async () => {
  const events = open('event-stream', { path: '/hang-up' });
  await expect(until(events, () => false)).rejects.toMatchObject({ code: 'PORT_REFUSED_IN_POD' });
});
