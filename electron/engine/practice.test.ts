// The switch between the computer's own world and the practice cluster, on a host that starts something small in the practice cluster's place.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { EnvironmentState } from '../../shared/contract/environment.ts';
import { json, startApiServer, type TestApiServer } from '../clients/cluster/test-api-server.ts';
import { openEngine, type EngineOptions } from './engine.ts';
import type { PracticeOptions, PracticeProcess } from './practice.ts';

const folder = await mkdtemp(join(tmpdir(), 'podlab-switch-'));
const own = join(folder, 'own');
const servers: TestApiServer[] = [];
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  vi.stubEnv('KUBECONFIG', join(folder, 'nothing'));
});

/** A cluster with one pod in the namespace default. */
async function cluster(pod: string): Promise<string> {
  const server = await startApiServer(({ url }, response) => {
    if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
    const items = /\/pods(\?|$)/.test(url) ? [{ metadata: { name: pod, namespace: 'default', uid: `uid-${pod}` } }] : [];
    json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
  });
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const kubeconfig = (server: string, ...contexts: string[]) => JSON.stringify({
  apiVersion: 'v1', kind: 'Config', 'current-context': contexts[0], users: [{ name: 'u', user: {} }], clusters: [{ name: 'c', cluster: { server } }],
  contexts: contexts.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
});

interface Started {
  readonly options: PracticeOptions;
  end(why: string): void;
  isStopped: boolean;
}

/** A host whose practice cluster is the one with the pod `practised`. */
function host(server: string) {
  const started: Started[] = [];
  const startPractice = async (options: PracticeOptions, signal: AbortSignal): Promise<PracticeProcess> => {
    const file = join(folder, `practice-${started.length}`);
    await writeFile(file, kubeconfig(server, 'practice', 'practice-kind'));
    signal.throwIfAborted();
    const ended = Promise.withResolvers<string>();
    const one: Started = { options, end: ended.resolve, isStopped: false };
    started.push(one);
    return {
      kubeconfig: file, dockerHost: 'unix:///nowhere/practice.sock', contexts: ['practice', 'practice-kind'], speed: options.speed ?? 1, version: 'v1.34.0',
      ended: ended.promise,
      stop: async () => {
        one.isStopped = true;
        ended.resolve('it was told to');
      },
    };
  };
  return { started, startPractice };
}

async function open(options: EngineOptions) {
  const engine = await openEngine({ stateDirectory: folder, ...options });
  const life = new AbortController();
  const { signal } = life;
  /** The first state that is as the test waits for. */
  const until = async (fits: (state: EnvironmentState) => boolean): Promise<EnvironmentState> => {
    for await (const state of engine.calls.environment.watch(undefined, AbortSignal.any([signal, AbortSignal.timeout(10_000)]))) if (fits(state)) return state;
    throw new Error('this state never came');
  };
  return {
    calls: engine.calls,
    signal,
    until,
    is: (state: EnvironmentState['practice']['state']) => until(({ practice }) => practice.state === state),
    async [Symbol.asyncDispose]() {
      life.abort();
      await engine[Symbol.asyncDispose]();
    },
  };
}
const names = ({ contexts }: EnvironmentState) => contexts.map(({ name }) => name);

/** The first pods that are seen there. */
async function podsOf({ calls, signal }: Awaited<ReturnType<typeof open>>, context: string): Promise<string[]> {
  for await (const event of calls.pods.watch({ context, namespace: 'default' }, signal)) {
    const rows = event.type === 'snapshot' ? event.rows : event.upserted;
    if (rows.length > 0) return rows.map(({ name }) => name);
  }
  throw new Error('the stream ended');
}

test('asked for, it is all there is; left, the computer\'s own is back and its process has ended', async () => {
  await writeFile(own, kubeconfig(await cluster('mine'), 'mine'));
  vi.stubEnv('KUBECONFIG', own);
  const { started, startPractice } = host(await cluster('practised'));
  await using it = await open({ startPractice, practice: { speed: 10 }, context: 'practice-kind' });

  const on = await it.is('on');
  expect({ names: names(on), asked: on.askedContext, practice: on.practice }).toEqual({
    names: ['practice', 'practice-kind'], asked: 'practice-kind',
    practice: { state: 'on', speed: 10, version: 'v1.34.0', contexts: ['practice', 'practice-kind'] },
  });
  const docker = await it.until(({ docker: { state } }) => state !== 'connecting');
  expect(docker.docker.cause?.params).toEqual({ endpoint: 'unix:///nowhere/practice.sock' });
  expect(await podsOf(it, 'practice')).toEqual(['practised']);

  await it.calls.environment.stopPractice(undefined, it.signal);
  const off = await it.is('off');
  expect({ names: names(off), asked: off.askedContext, docker: off.docker.cause?.params }).toEqual({
    names: ['mine'], asked: undefined, docker: { endpoint: 'unix:///nowhere/docker.sock' },
  });
  expect(started.map(({ isStopped }) => isStopped)).toEqual([true]);
  expect(await podsOf(it, 'mine')).toEqual(['mine']);
});

/** Whether the practice cluster is there by itself once it is known what the computer has. */
async function beginsByItself(options: EngineOptions): Promise<boolean> {
  const { started, startPractice } = host('http://127.0.0.1:1');
  await using it = await open({ startPractice, ...options });
  const { practice } = await it.until(({ docker, practice: { state } }) => docker.state !== 'connecting' && state !== 'starting');
  expect(started).toHaveLength(practice.state === 'on' ? 1 : 0);
  return practice.state === 'on';
}

test('with no Docker and no kubeconfig file it begins by itself', async () => {
  expect(await beginsByItself({})).toBe(true);
});

test.for<[string, string, EngineOptions]>([
  ['a kubeconfig with a context', kubeconfig('http://127.0.0.1:1', 'mine'), {}],
  ['an empty kubeconfig', '', {}],
  ['a kubeconfig that cannot be read', 'clusters: [', {}],
  ['--kubeconfig, though there is no such file', '', { kubeconfig: join(folder, 'nothing') }],
  ['--context', '', { context: 'mine' }],
])('it does not begin by itself with %s', async ([, text, options]) => {
  if (options.kubeconfig === undefined && options.context === undefined) {
    await writeFile(own, text);
    vi.stubEnv('KUBECONFIG', own);
  }
  expect(await beginsByItself(options)).toBe(false);
});

test('it does not begin by itself with a Docker', async () => {
  const socket = join(folder, 'docker.sock');
  const docker = createServer(({ url = '' }, response) => {
    if (url.includes('/events')) return void response.writeHead(200).flushHeaders();
    json(response, 200, url.includes('/version') ? { Version: '27.0.0', ApiVersion: '1.46' } : url.includes('_ping') ? 'OK' : []);
  }).listen(socket);
  await once(docker, 'listening');
  vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
  expect(await beginsByItself({})).toBe(false);
  docker.closeAllConnections();
  docker.close();
});

test('a host that cannot start it, or a start that fails: the reason is told, and the computer\'s own stays', async () => {
  await writeFile(own, kubeconfig('http://127.0.0.1:1', 'mine'));
  vi.stubEnv('KUBECONFIG', own);
  await using it = await open({ startPractice: () => Promise.reject(new Error('no room')) });
  await expect(it.calls.environment.startPractice({}, it.signal)).rejects.toMatchObject({ code: 'PRACTICE_FAILED', raw: 'no room' });
  const failed = await it.is('failed');
  expect([names(failed), failed.practice.cause]).toEqual([['mine'], { code: 'PRACTICE_FAILED', params: {}, cause: 'no room' }]);
});

test('started twice at once it is one; left while it starts, it never comes', async () => {
  const { started, startPractice } = host('http://127.0.0.1:1');
  await using it = await open({ startPractice, kubeconfig: join(folder, 'nothing') });
  await Promise.all([it.calls.environment.startPractice({}, it.signal), it.calls.environment.startPractice({ speed: 10 }, it.signal)]);
  expect(started.map(({ options }) => options)).toEqual([{}]);
  await it.calls.environment.stopPractice(undefined, it.signal);

  const coming = it.calls.environment.startPractice({}, it.signal).then(() => 'came', () => 'did not come');
  await it.calls.environment.stopPractice(undefined, it.signal);
  expect([await coming, (await it.is('off')).contexts]).toEqual(['did not come', []]);
});

test('started again while the one before still ends, it waits for that, says so, and can be left', async () => {
  const { started, startPractice } = host(await cluster('practised'));
  const stopping = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const slow: typeof startPractice = async (options, signal) => {
    const process = await startPractice(options, signal);
    most = Math.max(most, ++running);
    const stop = async () => {
      await stopping.promise;
      await process.stop();
      running--;
    };
    return { ...process, stop };
  };
  await using it = await open({ startPractice: slow, kubeconfig: join(folder, 'nothing') });
  await it.calls.environment.startPractice({}, it.signal);
  const leaving = it.calls.environment.stopPractice(undefined, it.signal);
  await it.is('off');
  const unwanted = it.calls.environment.startPractice({ speed: 5 }, it.signal).then(() => 'came', () => 'did not come');
  await it.is('starting');
  const leavingAgain = it.calls.environment.stopPractice(undefined, it.signal);
  await it.is('off');
  const wanted = it.calls.environment.startPractice({ speed: 7 }, it.signal);
  expect((await it.is('starting')).practice.speed).toBe(7);

  stopping.resolve();
  await Promise.all([leaving, leavingAgain, wanted]);
  expect([await unwanted, (await it.is('on')).practice.speed, most]).toEqual(['did not come', 7, 1]);
  expect(started.map(({ options }) => options)).toEqual([{}, { speed: 7 }]);
});

test('when its process ends, nothing is shown: not the computer\'s own either, until the person leaves', async () => {
  await writeFile(own, kubeconfig('http://127.0.0.1:1', 'mine'));
  vi.stubEnv('KUBECONFIG', own);
  const { started, startPractice } = host(await cluster('practised'));
  await using it = await open({ startPractice, practice: {} });
  await it.is('on');
  expect(await podsOf(it, 'practice')).toEqual(['practised']);
  const { localPort } = await it.calls.forwards.start({ context: 'practice', namespace: 'default', target: { kind: 'Pod', name: 'practised', port: '80' }, localPort: 0 }, it.signal);

  started[0]?.end('out of memory');
  const ended = await it.is('ended');
  expect([names(ended), ended.practice.cause]).toEqual([[], { code: 'PRACTICE_ENDED', params: {}, cause: 'out of memory' }]);
  await vi.waitFor(async () => {
    const socket = createConnection(localPort, '127.0.0.1');
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
  await expect(podsOf(it, 'practice')).rejects.toMatchObject({ code: 'CONTEXT_NOT_FOUND' });

  // The place is kept while it comes again: the computer's own is not shown in between.
  const again = it.calls.environment.startPractice({ speed: 2 }, it.signal);
  expect(names(await it.until(({ practice }) => practice.state === 'ended' && practice.restarting === true))).toEqual([]);
  await again;
  expect((await it.is('on')).practice.speed).toBe(2);
  expect(await podsOf(it, 'practice')).toEqual(['practised']);
  await it.calls.environment.stopPractice(undefined, it.signal);
  expect(names(await it.is('off'))).toEqual(['mine']);
});

test('a context of the same name elsewhere is another one: its pods and its forwards stay apart', async () => {
  await writeFile(own, kubeconfig(await cluster('mine'), 'practice'));
  vi.stubEnv('KUBECONFIG', own);
  const { startPractice } = host(await cluster('practised'));
  await using it = await open({ startPractice });
  await it.is('off');
  const seen: string[][] = [];
  const following = (async () => {
    // One stream over all of it: each world begins with a snapshot.
    for await (const event of it.calls.pods.watch({ context: 'practice', namespace: 'default' }, it.signal)) {
      const rows = event.type === 'snapshot' ? event.rows : event.upserted;
      if (rows.length > 0) seen.push(rows.map(({ name }) => name));
    }
  })();
  const { localPort } = await it.calls.forwards.start({ context: 'practice', namespace: 'default', target: { kind: 'Pod', name: 'mine', port: '80' }, localPort: 0 }, it.signal);
  await vi.waitFor(() => expect(seen).toEqual([['mine']]));

  await it.calls.environment.startPractice({}, it.signal);
  await vi.waitFor(() => expect(seen).toEqual([['mine'], ['practised']]));
  for await (const { rows } of it.calls.forwards.watch(undefined, it.signal)) {
    expect(rows).toEqual([]);
    break;
  }
  await vi.waitFor(async () => {
    const again = await it.calls.forwards.start({ context: 'practice', namespace: 'default', target: { kind: 'Pod', name: 'practised', port: '80' }, localPort }, it.signal);
    expect(again.target.name).toBe('practised');
  });

  await it.calls.environment.stopPractice(undefined, it.signal);
  await vi.waitFor(() => expect(seen).toEqual([['mine'], ['practised'], ['mine']]));
  for await (const { rows } of it.calls.forwards.watch(undefined, it.signal)) {
    // Its port was given back, and it is there to be started again.
    expect(rows).toMatchObject([{ target: { name: 'mine' }, localPort, state: 'stopped', listensOn: [] }]);
    break;
  }
  void following;
});
