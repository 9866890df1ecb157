import { createServer, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestCluster } from './test-cluster.ts';

let server: Server;
let status: number;
const asked: string[] = [];
beforeEach(() => {
  status = 200;
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']} ${String(request.headers['x-probe'] ?? '')}`.trim());
    response.writeHead(status).end('answer');
  });
});
afterEach(() => server.close());

/** A cluster whose pods serve what `server` answers, over the pod network. */
function serving(options: Parameters<typeof createTestCluster>[0] = {}) {
  const cluster = createTestCluster(options);
  cluster.runtime.addImage('app:1');
  cluster.runtime.serve = () => {
    const [ours, theirs] = duplexPair();
    server.emit('connection', theirs);
    return ours;
  };
  return cluster;
}
/** Lets real connections be answered between the turns of the clock. */
async function turn(cluster: ReturnType<typeof createTestCluster>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await cluster.clock.turn(1000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await cluster.clock.turn(0);
}
const of = (more: object) => [{ name: 'c', image: 'app:1', ...more }];
const first = (cluster: ReturnType<typeof createTestCluster>) => cluster.pod('web').status.containerStatuses?.[0];

describe('readiness', () => {
  test('an answer below 400 makes it ready, with the headers of the kubelet', async () => {
    using cluster = serving();
    const httpGet = { path: '/healthz', port: 'web', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] };
    cluster.createPod('web', { containers: of({ ports: [{ name: 'web', containerPort: 8080 }], readinessProbe: { httpGet, periodSeconds: 2 } }) });
    await cluster.clock.turn(700);
    expect(first(cluster)).toMatchObject({ ready: false, started: true });
    await turn(cluster, 3);
    expect(first(cluster)?.ready).toBe(true);
    expect(asked[0]).toBe('GET /healthz 10.244.0.1:8080 kube-probe/1.34 yes');
    expect(cluster.events('web').filter((event) => event.startsWith('Unhealthy'))).toEqual([]);
  });

  test.each([
    [404, { httpGet: { path: '/', port: 8080 } }, 'Readiness probe failed: HTTP probe failed with statuscode: 404'],
    [200, { httpGet: { path: '/', port: 'nope' } }, 'Readiness probe errored: strconv.Atoi: parsing "nope": invalid syntax'],
  ])('%s for %j: %s', async (answer, handler, message) => {
    using cluster = serving({ minor: 20 });
    status = answer;
    cluster.createPod('web', { containers: of({ readinessProbe: { ...handler, periodSeconds: 3 } }) });
    await turn(cluster, 3);
    expect(cluster.events('web').find((event) => event.startsWith('Unhealthy'))).toContain(message);
    expect(first(cluster)?.ready).toBe(false);
    expect(cluster.pod('web').status.phase).toBe('Running');
  });

  test('a port where nobody listens is refused in Go\'s words', async () => {
    using cluster = serving();
    cluster.runtime.serve = undefined;
    cluster.createPod('web', {
      containers: [
        { name: 'a', image: 'app:1', readinessProbe: { httpGet: { path: '/x', port: 9 } } },
        { name: 'b', image: 'app:1', readinessProbe: { tcpSocket: { port: 9 } } },
      ],
    });
    await turn(cluster, 3);
    const unhealthy = cluster.events('web').filter((event) => event.startsWith('Unhealthy'));
    expect(unhealthy).toEqual([
      'Unhealthy: Readiness probe failed: Get "http://10.244.0.1:9/x": dial tcp 10.244.0.1:9: connect: connection refused',
      'Unhealthy: Readiness probe failed: dial tcp 10.244.0.1:9: connect: connection refused',
    ]);
  });

  test('lost and found again', async () => {
    using cluster = serving();
    cluster.createPod('web', { containers: of({ readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1, failureThreshold: 2 } }) });
    await turn(cluster, 4);
    expect(first(cluster)?.ready).toBe(true);
    status = 500;
    await turn(cluster, 4);
    expect(first(cluster)?.ready).toBe(false);
    status = 200;
    await turn(cluster, 3);
    expect(first(cluster)?.ready).toBe(true);
  });

  test('a command\'s output is what a failure says', async () => {
    using cluster = serving();
    cluster.runtime.programs.set('c', { exec: () => ({ code: 1, output: 'bad\n' }) });
    cluster.createPod('web', { containers: of({ readinessProbe: { exec: { command: ['check'] } } }) });
    await turn(cluster, 3);
    expect(cluster.events('web').at(-1)).toBe('Unhealthy: Readiness probe failed: bad\n');
  });
});

test('a liveness probe that fails often enough has the container restarted, and the restarts back off', async () => {
  using cluster = serving();
  status = 404;
  cluster.createPod('web', {
    terminationGracePeriodSeconds: 2,
    containers: of({ livenessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 2, failureThreshold: 2 } }),
  });
  await turn(cluster, 4);
  expect(cluster.events('web').map((event) => event.replace(/ x\d+$/, ''))).toEqual(
    expect.arrayContaining([
      'Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404',
      'Killing: Container c failed liveness probe, will be restarted',
    ]),
  );
  expect(first(cluster)).toMatchObject({ restartCount: 1, ready: true, state: { running: {} }, lastState: { terminated: { exitCode: 143 } } });
  await turn(cluster, 15);
  expect(first(cluster)?.state.waiting?.reason).toBe('CrashLoopBackOff');
});

test('a startup probe holds back readiness, and its failure restarts the container', async () => {
  using cluster = serving();
  status = 503;
  const httpGet = { path: '/', port: 8080 };
  cluster.createPod('web', {
    containers: of({ startupProbe: { httpGet, periodSeconds: 2, failureThreshold: 3 }, readinessProbe: { httpGet, periodSeconds: 1 } }),
  });
  await turn(cluster, 4);
  expect(first(cluster)).toMatchObject({ started: false, ready: false });
  expect(cluster.events('web').some((event) => event.includes('Readiness'))).toBe(false);
  status = 200;
  await turn(cluster, 4);
  expect(first(cluster)).toMatchObject({ started: true, ready: true, restartCount: 0 });
});

test('a probe that nobody answers ends at its timeout', async () => {
  using cluster = createTestCluster();
  cluster.runtime.addImage('app:1');
  cluster.runtime.serve = () => duplexPair()[0];
  cluster.createPod('web', { containers: of({ readinessProbe: { httpGet: { path: '/', port: 8080 }, timeoutSeconds: 3 } }) });
  await turn(cluster, 7);
  expect(cluster.events('web').at(-1)).toBe(
    'Unhealthy: Readiness probe failed: Get "http://10.244.0.1:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  );
});
