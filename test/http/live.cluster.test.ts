// Connections that stay open, into real pods: every way that Podlab speaks itself, and what becomes of them when the pod goes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../shared/contract/http.ts';
import type { LiveProtocol, LiveState, LiveTarget } from '../../shared/contract/live.ts';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { openScene, pod, service, toPod, type Scene } from '../forwards/scene.ts';
import { buildLiveServer, LIVE_IMAGE } from './live-image.ts';

const contexts = clustersOfRun('kind-kind', 'docker-desktop');
const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 20_000, followRedirects: true, verifyCertificate: true,
};
const { signal } = new AbortController();

beforeAll(() => buildLiveServer(...contexts));

describe.each(contexts)('%s', (context) => {
  let scene: Scene;
  let ways: Record<string, LiveTarget>;
  beforeAll(async () => {
    scene = await openScene(context);
    const container = { image: LIVE_IMAGE, ports: [{ containerPort: 8080, name: 'http' }] };
    await scene.create(pod('live', container), pod('doomed', container), service('live', 'live'));
    for (const name of ['live', 'doomed']) await scene.ready(name);
    const at = { context, namespace: scene.namespace };
    const forward = await scene.start(toPod('live', 8080));
    ways = {
      pod: { ...at, via: 'pod', pod: 'live', port: 8080 }, service: { ...at, via: 'service', service: 'live', port: 'www' }, forward: { via: 'forward', forwardId: forward.id },
      nowhere: { ...at, via: 'pod', pod: 'live', port: 9999 }, doomed: { ...at, via: 'pod', pod: 'doomed', port: 8080 },
    };
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  const open = (protocol: LiveProtocol, way: string, path: string, id = 'one', headers: HttpRequest['headers'] = []) =>
    scene.engine.calls.live.open({ id, protocol, target: ways[way]!, request: { ...plain, path, headers }, subprotocols: [] }, signal);
  async function until(states: AsyncGenerator<LiveState, void, void>, accept: (state: LiveState) => boolean): Promise<LiveState> {
    for (;;) {
      const { value } = await states.next();
      if (!value) throw new Error('it ended');
      if (accept(value)) return value;
    }
  }

  test.each(['pod', 'service', 'forward'])('%s: what is sent comes back, and the pod says goodbye', async (way) => {
    const states = open('websocket', way, '/chat');
    const { servedBy } = await until(states, ({ state }) => state === 'open');
    expect(servedBy?.name).toBe(way === 'forward' ? undefined : 'live');
    await scene.engine.calls.live.send({ id: 'one', text: '안녕' }, signal);
    expect((await until(states, ({ received }) => received === 1)).messages.map(({ from, text }) => `${from} ${text}`)).toEqual(['me 안녕', 'pod 안녕']);
    await scene.engine.calls.live.send({ id: 'one', text: 'bye' }, signal);
    expect(await until(states, ({ state }) => state === 'closed')).toMatchObject({ closed: { code: 4001, reason: 'as you wish' } });
  });

  test('events come, and go on after the last one that is known', async () => {
    const first = open('event-stream', 'service', '/events?most=3');
    expect(await until(first, ({ state }) => state === 'closed')).toMatchObject({ received: 3, lastEventId: '3', messages: [{ event: 'tick', text: 'event 1' }, {}, {}] });
    expect(await first.next()).toMatchObject({ done: true });
    const next = open('event-stream', 'pod', '/events', 'one', [['Last-Event-ID', '3']]);
    expect((await until(next, ({ received }) => received > 0)).messages[0]).toMatchObject({ text: 'event 4' });
    await scene.engine.calls.live.close({ id: 'one' }, signal);
    expect(await until(next, ({ state }) => state === 'closed')).not.toHaveProperty('failure');
  });

  test('what cannot be opened is told as it is', async () => {
    const failure = (protocol: LiveProtocol, way: string, path: string) => until(open(protocol, way, path), () => false);
    await expect(failure('websocket', 'pod', '/')).rejects.toMatchObject({ code: 'NOT_UPGRADED', parameters: { status: 200 } });
    await expect(failure('event-stream', 'pod', '/')).rejects.toMatchObject({ code: 'NOT_EVENT_STREAM' });
    await expect(failure('websocket', 'nowhere', '/chat')).rejects.toMatchObject({ code: expect.stringMatching(/^PORT_REFUSED_(?:IN_POD|LISTENS)$/), parameters: { pod: 'live', port: 9999 } });
  });

  test('when the pod goes, so do its connections', async () => {
    const [chat, events] = [open('websocket', 'doomed', '/chat', 'chat'), open('event-stream', 'doomed', '/events', 'events')];
    await until(chat, ({ state }) => state === 'open');
    await until(events, ({ received }) => received > 0);
    await scene.kubectl('delete', 'pod', 'doomed', '--wait=false');
    const how = async (states: typeof chat) => {
      let last: LiveState | undefined;
      try {
        for await (last of states);
      } catch (error) {
        return (error as { code?: string }).code;
      }
      return last?.closed?.code ?? last?.state;
    };
    // Chunks that lack their end broke off; a WebSocket without a goodbye is told as that, or by what broke it.
    expect([await how(chat), await how(events)]).toEqual([expect.toBeOneOf([1006, 'LIVE_BROKE_OFF']), 'LIVE_BROKE_OFF']);
    for (const id of ['chat', 'events']) await expect(scene.engine.calls.live.close({ id }, signal)).rejects.toMatchObject({ code: 'LIVE_GONE' });
  });
});
