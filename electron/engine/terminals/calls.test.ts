// The calls, on an API server of the test whose cluster is not a local one: what is refused, what is told, and that nothing is thrown past the list.
import { expect, onTestFinished, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TerminalRow } from '../../../shared/contract/terminals.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import { json, kubeconfigFor, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { createActivity } from '../activity/activity.ts';
import { openSessions } from '../cluster/sessions.ts';
import { openDocker } from '../docker.ts';
import { createTopic } from '../topic.ts';
import { openTerminals } from './calls.ts';

const context = 'test';
const never = new AbortController().signal;
const place = { context, namespace: 'default', pod: 'web', uid: 'u', container: 'app' };
const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
const mark = `${ESC}]podlab-shell;12;345;/bin/sh${BEL}`;
const pod = {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', uid: 'u' },
  spec: { containers: [{ name: 'app', image: 'x:1' }] }, status: { containerStatuses: [{ name: 'app', containerID: 'c1', state: { running: {} } }] },
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Played {
  /** How the server answers the upgrade of an exec; else it is accepted. */
  readonly refusal?: { readonly status: number; readonly body: object };
  /** What the shell does when it is there. */
  readonly run?: (socket: WebSocket) => void;
  readonly uid?: string;
}

async function play({ refusal, run = (socket) => socket.send(Buffer.concat([Buffer.from([1]), Buffer.from(`${mark}$ `)])), uid = 'u' }: Played = {}) {
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  const server = await startApiServer(({ url }, response) => {
    if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
    if (url.endsWith('/pods/web')) return json(response, 200, { ...pod, metadata: { ...pod.metadata, uid } });
    json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] });
  });
  const accept = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  const heard: Buffer[] = [];
  const execs: string[] = [];
  server.server.on('upgrade', (request, socket, head) => {
    execs.push(request.url ?? '');
    if (refusal) {
      const body = JSON.stringify(refusal.body);
      return void socket.end(`HTTP/1.1 ${refusal.status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
    accept.handleUpgrade(request, socket, head, (opened) => {
      if (request.url?.includes('SIGHUP') || !request.url?.includes('tty=true')) {
        opened.send(Buffer.concat([Buffer.from([1]), Buffer.from('0\n')]));
        opened.send(Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Success"}')]));
        return opened.close();
      }
      opened.on('message', (message) => { if ((message as Buffer)[0] === 0) heard.push((message as Buffer).subarray(1)); });
      run(opened);
    });
  });
  const docker = openDocker();
  const entries = kubeconfigFor(`http://127.0.0.1:${server.port}`);
  const kubeconfig = createTopic<Kubeconfig>({ ...entries, contexts: entries.contexts.map((each) => ({ ...each, isLocal: false })) });
  const sessions = openSessions(kubeconfig, docker);
  const activity = createActivity();
  const terminals = openTerminals(sessions, activity);
  onTestFinished(async () => {
    await terminals[Symbol.asyncDispose]();
    await sessions[Symbol.asyncDispose]();
    await docker[Symbol.asyncDispose]();
    accept.close();
    await server[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  });
  const { calls } = terminals;
  return {
    calls, heard, execs, kubeconfig,
    entries: () => activity.entries.value,
    allow(isAllowed: boolean) {
      using held = sessions.hold(context);
      held.session.changesAllowed.set(isAllowed);
    },
    open: (id = 'one') => calls.open({ ...place, id, way: { kind: 'shell' }, columns: 80, rows: 24 }, never),
    async row(is: (row: TerminalRow) => boolean, id = 'one'): Promise<TerminalRow> {
      let last: TerminalRow | undefined;
      for await (const { terminals: all } of calls.watch({}, AbortSignal.timeout(10_000))) {
        last = all.find((row) => row.id === id);
        if (last && is(last)) return last;
      }
      throw new Error(`it did not become so: ${JSON.stringify(last)}`);
    },
  };
}

test('opening is refused while changes are locked, and what is typed too once they are again; reading and closing go on', async () => {
  const played = await play();
  await expect(played.open()).rejects.toMatchObject({ code: 'CHANGES_LOCKED' });
  expect(played.execs).toEqual([]);
  expect(played.entries()).toEqual([]);
  played.allow(true);
  await played.open();
  expect(await played.row(({ state }) => state === 'open')).toMatchObject({ program: '/bin/sh', commands: ['kubectl --context test -n default exec -it web -c app -- /bin/sh'] });
  await expect.poll(played.entries).toMatchObject([{
    title: { key: 'activity.terminal-shell', params: { pod: 'web', container: 'app' } }, state: 'done', undo: 'none',
    commands: ['kubectl --context test -n default exec -it web -c app -- /bin/sh'], subject: { context, namespace: 'default', pod: 'web' },
  }]);
  await played.calls.write({ id: 'one', data: base64('ls\r') }, never);
  await expect.poll(() => Buffer.concat(played.heard).toString()).toBe('ls\r');
  played.allow(false);
  await expect(played.calls.write({ id: 'one', data: base64('rm\r') }, never)).rejects.toMatchObject({ code: 'CHANGES_LOCKED' });
  await expect(played.calls.endInput({ id: 'one' }, never)).rejects.toMatchObject({ code: 'CHANGES_LOCKED' });
  const first = await played.calls.output({ id: 'one' }, never).next();
  expect(Buffer.from(first.value?.data ?? '', 'base64').toString()).toBe('$ ');
  await played.calls.close({ id: 'one' }, never);
  expect(Buffer.concat(played.heard).toString()).toBe('ls\r');
  await expect(played.calls.write({ id: 'one', data: '' }, never)).rejects.toMatchObject({ code: 'TERMINAL_GONE' });
});

test.each<[string, Played, object]>([
  ['exec is forbidden', { refusal: { status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'pods "web" is forbidden: User "u" cannot create resource "pods/exec" in API group "" in the namespace "default"' } } },
    { code: 'NOT_ALLOWED', params: { verb: 'create', resource: 'pods/exec', namespace: 'default' } }],
  ['the server is at fault', { refusal: { status: 500, body: { kind: 'Status', message: 'error dialing backend' } } }, { code: 'API_ERROR', cause: 'error dialing backend' }],
  ['the name is another pod by now', { uid: 'another' }, { code: 'POD_REPLACED' }],
  ['the connection breaks while it is opened', { run: (socket) => socket.terminate() }, { code: 'TERMINAL_LOST' }],
  ['what came is no message of this protocol', { run: (socket) => { socket.send(Buffer.from([3, 123])); socket.close(); } }, { code: 'TERMINAL_LOST' }],
])('why it did not open is told: %s', async (_, how, failure) => {
  const played = await play(how);
  played.allow(true);
  await played.open();
  expect((await played.row(({ state }) => state === 'ended')).failure).toMatchObject(failure);
  await expect.poll(played.entries).toMatchObject([{ state: 'failed', failure, commands: [expect.stringContaining(' exec -it web ')] }]);
  await played.calls.close({ id: 'one' }, never);
});

test('a context that goes ends its terminals, with that as the reason', async () => {
  const played = await play();
  played.allow(true);
  await played.open();
  await played.row(({ state }) => state === 'open');
  played.kubeconfig.set({ files: [], contexts: [], clusters: new Map(), users: new Map() });
  expect((await played.row(({ state }) => state === 'ended')).failure).toMatchObject({ code: 'CONTEXT_NOT_FOUND', params: { context } });
});

test('32 terminals, and the next is refused until one is closed; an id is one terminal', async () => {
  const played = await play();
  played.allow(true);
  await Promise.all(Array.from({ length: 32 }, (_, index) => played.open(`t${index}`)));
  await expect(played.open('t33')).rejects.toMatchObject({ code: 'TERMINALS_FULL', parameters: { most: 32 } });
  await played.row(({ state }) => state === 'open', 't0');
  await played.calls.close({ id: 't0' }, never);
  await expect(played.open('t1')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await played.open('t33');
  await played.row(({ state }) => state === 'open', 't33');
});

test('one that is closed while it is opened is cancelled in Activity', async () => {
  const played = await play({ run: () => {} });
  played.allow(true);
  await played.open();
  await expect.poll(() => played.execs.length).toBe(1);
  void played.calls.close({ id: 'one' }, never);
  await expect.poll(played.entries).toMatchObject([{ state: 'cancelled' }]);
});
