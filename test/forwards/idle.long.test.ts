// P11 at its length: a connection and a forward that rest for half an hour, on the real kind cluster. `.ci/run` has the same for a minute.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { contexts } from '../fixtures/command-line.ts';
import { buildServer, openScene, outcome, pod, toPod } from './scene.ts';

const IDLE_MS = 30 * 60_000;

test('idle for 30 minutes, the next byte works: on a connection that was open all the time, and on a new one', async () => {
  await buildServer(contexts[1]);
  await using scene = await openScene(contexts[1]);
  await scene.create(pod('web'));
  await scene.ready('web');
  const http = await scene.start(toPod('web', 8080));
  const echo = await scene.start(toPod('web', 9000));
  const socket = connect(echo.localPort, '127.0.0.1').on('error', () => {});
  const say = async (text: string) => {
    socket.write(text);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return String(chunk);
  };
  expect(await say('before')).toBe('before');
  expect(await outcome(http.localPort)).toBe('web');
  const rss = process.memoryUsage().rss;
  await sleep(IDLE_MS);
  expect(await outcome(http.localPort)).toBe('web');
  // The kubelet ends a stream that rests for four hours (streamingConnectionIdleTimeout), and nothing before it does.
  expect(await say('after')).toBe('after');
  expect(await scene.row(echo.id)).toMatchObject({ state: 'connected', open: 1, failed: 0, total: 1 });
  console.log(`memory after 30 minutes: ${((process.memoryUsage().rss - rss) / 1024 / 1024).toFixed(1)} MiB more`);
  socket.destroy();
}, IDLE_MS + 5 * 60_000);
