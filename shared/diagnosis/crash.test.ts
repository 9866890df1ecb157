import { expect, test } from 'vitest';
import type { Finding, Fix } from '../contract/findings.ts';
import { diagnose } from './diagnose.ts';
import { ago, backOff, crashWorld, deployment, ended, eventOf, looping, owned, revision, runs, runsAgain } from './sample-crash.ts';
import { node } from './sample-worlds.ts';
import type { World } from './world.ts';

/** A fix in a word: `*` recommended, then its key or its action. */
const word = (fix: Fix) => `${fix.recommended ? '*' : ''}${'key' in fix ? fix.key : fix.action}`;
const brief = (findings: Finding[]) => findings.filter(({ id }) => /^(?:CRA|PRB|SVC-09)/.test(id)).map(({ id, confidence, fixes }) => [id, confidence, ...fixes.map(word)].join(' '));
const crash = (exitCode: number, log?: string, rest: Partial<World> = {}, command?: readonly string[]): World =>
  crashWorld({ statuses: [looping(exitCode)], containers: [command ? { command } : {}], world: rest, ...(log === undefined ? {} : { log }) });
const program = ['/app/server'];
const pressed = { ...node('True'), status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'MemoryPressure', status: 'True', message: 'kubelet has insufficient memory available' }] } };
const limited = (memory: string) => ({ resources: { limits: { memory } } });
const oom = looping(137, { reason: 'OOMKilled' });
const shell = ['sh', '-c', 'run'];
const gaveUp = 'CRA-02 strong F20.command recreate';
const service = (ports: number[]) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'db', namespace: 'default' }, spec: { clusterIP: '10.96.0.7', ports: ports.map((port) => ({ port })), selector: { app: 'db' } } });
const endpoints = (ready: boolean) => ({ kind: 'Endpoints', metadata: { name: 'db', namespace: 'default' }, ...(ready && { subsets: [{ addresses: [{ ip: '10.1.0.5' }] }] }) });

/** The world, what is found, and parameters of the sentence that matter. */
const cases: Record<string, [World, string[], Record<string, string | number>?]> = {
  // CRA-01
  'ends well': [crash(0, 'done', {}, program), ['CRA-01 proven *F20.run-once F20.command'], { sub: 'task', crashes: 3, lasted: '3s', next: '40s' }],
  'ends well, of a Deployment': [crashWorld({ statuses: [looping(0)], metadata: owned, world: { owners: [deployment] } }), ['CRA-01 proven *F20.command'], { sub: 'task', owner: 'ReplicaSet' }],
  'a shell without anything to do': [crash(0, undefined, {}, ['/bin/sh']), ['CRA-01 proven *F20.keep-input F20.command F20.run-once'], { sub: 'shell' }],
  'the image\'s command is a shell': [crash(0, undefined, { imageConfigs: { app: { Cmd: ['bash'] } } }), ['CRA-01 proven *F20.keep-input F20.command F20.run-once'], { sub: 'shell' }],
  'a server in the background': [crash(0, undefined, {}, ['nginx']), ['CRA-01 proven *F20.command F20.run-once'], { sub: 'background' }],
  'a server kept in the foreground that ends': [crash(0, undefined, {}, ['nginx', '-g', 'daemon off;']), ['CRA-01 proven *F20.run-once F20.command'], { sub: 'task' }],
  'a task of a pod that is restarted on failure only': [crashWorld({ statuses: [{ name: 'app', restartCount: 0, state: { terminated: ended(0) } }], spec: { restartPolicy: 'OnFailure' } }), []],
  'one of two containers is done, restarts Never': [
    crashWorld({ containers: [{}, {}], statuses: [{ name: 'app', restartCount: 0, state: { terminated: ended(0) } }, { ...runs(60), name: 'side-1', ready: true }], spec: { restartPolicy: 'Never' } }), []],

  // CRA-02
  'code 1, with a word': [crash(1, 'starting\nError: no DATABASE_URL\nbye\n', {}, program), [gaveUp], { line: 'Error: no DATABASE_URL', exitCode: 1 }],
  'code 42, no log': [crash(42, undefined, {}, program), [gaveUp], { line: 'none', exitCode: 42 }],
  'the root of a Java exception': [crash(1, 'Exception in thread "main" java.lang.IllegalStateException: x\n\tat App.main(App.java:3)\nCaused by: java.lang.NullPointerException: y\n\tat App.f(App.java:9)\n\t... 1 more\n'), [gaveUp], { line: 'Caused by: java.lang.NullPointerException: y' }],
  'a log without an error has its last lines': [crash(2, 'a\nb\nc\nd\n'), [gaveUp], { line: 'b\nc\nd' }],
  'colours are taken off': [crash(1, '\u001B[31mfatal: boom\u001B[0m\n'), [gaveUp], { line: 'fatal: boom' }],
  'its termination message, where no log is known': [crashWorld({ statuses: [looping(1, { message: 'could not start: invalid key' })] }), [gaveUp], { line: 'could not start: invalid key' }],
  'code 200 is nobody\'s signal': [crash(200), [gaveUp], { exitCode: 200 }],
  'for good: phase Failed, restarts Never': [
    crashWorld({ statuses: [{ name: 'app', restartCount: 0, state: { terminated: ended(3) } }], spec: { restartPolicy: 'Never' }, status: { phase: 'Failed' } }), [gaveUp], { crashes: 1, next: 'none', lasted: '3s' }],
  'a log of the present run says nothing of the last': [crashWorld({ statuses: [runsAgain(1)], world: { logs: { app: { text: 'Error: not yet', previous: false } } } }), [gaveUp], { line: 'none' }],

  // The frame and the moments between two crashes
  'runs for a moment between two crashes': [crashWorld({ statuses: [runsAgain(1)] }), [gaveUp], { crashes: 2, next: 'none' }],
  'runs for a moment after its first crash, not ready': [crashWorld({ statuses: [runsAgain(1, { restartCount: 1, ready: false })] }), [gaveUp], { crashes: 1 }],
  'crashed once and is ready for a moment': [crashWorld({ statuses: [runsAgain(1, { restartCount: 1, state: { running: { startedAt: ago(4) } } })] }), [gaveUp], { crashes: 1 }],
  'crashed once and is ready': [crashWorld({ statuses: [runsAgain(1, { restartCount: 1 })] }), []],
  'crashed an hour ago': [crashWorld({ statuses: [runsAgain(1, { lastState: { terminated: ended(1, { startedAt: ago(4000), finishedAt: ago(3600) }) } })] }), []],
  'an end without times': [crashWorld({ statuses: [{ name: 'app', restartCount: 0, state: { terminated: { exitCode: 1 } } }] }), [gaveUp], { lasted: 'none', crashes: 1 }],
  'Docker\'s zero time': [crashWorld({ statuses: [looping(1, { startedAt: '0001-01-01T00:00:00Z' })] }), [gaveUp], { lasted: 'none' }],
  'under a second': [crashWorld({ statuses: [looping(1, { startedAt: ago(20) })] }), [gaveUp], { lasted: '<1s' }],
  'its image was changed in place': [crashWorld({ statuses: [runsAgain(137, { ready: false, restartCount: 1 })], world: { events: [eventOf('Killing', 'Container app definition changed, will be restarted')] } }), []],
  'each container its own': [
    crashWorld({ containers: [{}, {}], statuses: [looping(1), looping(0, {}, 'side-1')], log: 'panic: x' }), [gaveUp, 'CRA-01 proven *F20.command']],
  'it is done': [crashWorld({ statuses: [{ name: 'app', restartCount: 0, state: { terminated: ended(0) } }], spec: { restartPolicy: 'Never' }, status: { phase: 'Succeeded' } }), []],

  // CRA-03, CRA-04: a shell's own codes
  'code 126': [crash(126, 'sh: /etc/hosts: Permission denied\n', {}, shell), ['CRA-03 strong *F20.command'], { command: '/etc/hosts' }],
  'code 126 of busybox': [crash(126, 'sh: can\'t execute \'/etc/hosts\': Permission denied\n', {}, shell), ['CRA-03 strong *F20.command'], { command: '/etc/hosts' }],
  'code 126 without a word': [crash(126), ['CRA-03 likely *F20.command'], { command: 'none' }],
  'code 127 of busybox': [crash(127, 'sh: nope: not found\n', {}, shell), ['CRA-04 strong *F20.command'], { command: 'nope' }],
  'code 127 of bash': [crash(127, 'bash: line 1: nope: command not found\n'), ['CRA-04 strong *F20.command'], { command: 'nope' }],
  'code 127 of dash': [crash(127, '/bin/sh: 1: nope: not found\n'), ['CRA-04 strong *F20.command'], { command: 'nope' }],
  'code 127 without a word': [crash(127), ['CRA-04 likely *F20.command'], { command: 'none' }],

  // CRA-05, 08, 09, 11: signals
  'aborted': [crash(134, 'Assertion failed: x > 0', {}, program), ['CRA-05 strong F20.command recreate'], { probably: 'no', signal: 'SIGABRT' }],
  'a shell says aborted': [crash(134, undefined, {}, shell), ['CRA-05 likely F20.command recreate'], { probably: 'yes' }],
  'segmentation fault': [crash(139, undefined, {}, program), ['CRA-08 strong F20.command recreate'], { emulated: 'no' }],
  'segmentation fault under emulation': [
    crash(139, undefined, { nodes: [{ metadata: { name: 'node-1' }, status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { architecture: 'arm64' } } }], imageConfigs: { app: { Architecture: 'amd64' } } }, program),
    ['CRA-08 strong F20.command recreate'], { emulated: 'yes', built: 'amd64', architecture: 'arm64' }],
  'asked to stop': [crash(143, undefined, {}, program), ['CRA-09 strong *recreate'], { probably: 'no' }],
  'interrupted': [crash(130, undefined, {}, program), ['CRA-11 strong F20.command recreate'], { signal: 'SIGINT' }],
  'wrong processor': [crash(132, undefined, {}, shell), ['CRA-11 likely F20.command recreate'], { signal: 'SIGILL', probably: 'yes' }],
  'bus error': [crash(135), ['CRA-11 likely F20.command recreate'], { signal: 'SIGBUS' }],
  'division by zero': [crash(136), ['CRA-11 likely F20.command recreate'], { signal: 'SIGFPE' }],
  'broken pipe': [crash(141), ['CRA-11 likely F20.command recreate'], { signal: 'SIGPIPE' }],
  'quit': [crash(131), ['CRA-11 likely F20.command recreate'], { signal: 'SIGQUIT' }],

  // CRA-06: memory
  'more than its limit': [crashWorld({ statuses: [oom], containers: [limited('32Mi')] }), ['CRA-06 proven *F11.double-memory F11.memory'], { limit: '32Mi' }],
  'no limit': [crashWorld({ statuses: [oom] }), ['CRA-06 likely recreate'], { limit: 'none' }],
  'a limit that half of the node does not allow to grow': [
    crashWorld({ statuses: [oom], containers: [limited('2Gi')], world: { nodes: [{ metadata: { name: 'node-1' }, status: { conditions: [{ type: 'Ready', status: 'True' }], allocatable: { memory: '4000000Ki' } } }] } }), ['CRA-06 proven *F11.memory']],
  'more than its limit, just now': [crashWorld({ statuses: [{ name: 'app', restartCount: 0, state: { terminated: ended(137, { reason: 'OOMKilled' }) } }], containers: [limited('64Mi')] }), ['CRA-06 proven *F11.double-memory F11.memory'], { crashes: 1 }],

  // CRA-07: killed
  'killed from outside': [crash(137, undefined, {}, program), ['CRA-07 likely *recreate'], { sub: 'outside', probably: 'no' }],
  'killed, the node is short of memory': [crash(137, undefined, { nodes: [pressed] }), ['CRA-07 likely recreate'], { sub: 'node' }],
  'a program of a shell was killed, with a limit': [crashWorld({ statuses: [looping(137)], containers: [{ command: shell, ...limited('32Mi') }], log: 'Killed\n' }), ['CRA-07 likely *F11.double-memory F11.memory'], { sub: 'child', limit: '32Mi' }],
  'a limit and no shell': [crashWorld({ statuses: [looping(137)], containers: [{ command: program, ...limited('32Mi') }] }), ['CRA-07 likely *recreate'], { sub: 'outside' }],

  // CRA-12
  'containerd does not know': [crashWorld({ statuses: [looping(255, { reason: 'Unknown' })] }), ['CRA-12 proven *recreate'], { sub: 'lost' }],
  'the kubelet does not know': [crashWorld({ statuses: [looping(137, { reason: 'ContainerStatusUnknown' })] }), ['CRA-12 proven *recreate'], { sub: 'lost' }],
  'code 255 without a word': [crash(255), ['CRA-12 likely *recreate'], { sub: 'perhaps' }],
  'code 255 with a word is the program\'s': [crash(255, 'fatal: no key'), [gaveUp], { line: 'fatal: no key' }],

  // CRA-13
  'Node: the address is taken': [crash(1, 'Error: listen EADDRINUSE: address already in use :::8080\n    at Server.setupListenHandle\n'), ['CRA-13 strong *F20.port'], { port: 8080, sub: 'alone' }],
  'Go, and another container declares the port': [
    crashWorld({ containers: [{}, { ports: [{ containerPort: 80 }] }], statuses: [looping(2), { ...runs(90), name: 'side-1', ready: true }], log: 'listen tcp :80: bind: address already in use' }), ['CRA-13 strong *F20.port'], { port: 80, sub: 'declared', holder: 'side-1' }],
  'busybox, no port in the words': [
    crashWorld({ containers: [{}, {}], statuses: [looping(1), { ...runs(90), name: 'side-1', ready: true }], log: 'httpd: bind: Address in use' }), ['CRA-13 strong *F20.port'], { port: 0, sub: 'other' }],
  'Spring': [crash(1, 'Web server failed to start. Port 8080 was already in use.'), ['CRA-13 strong *F20.port'], { port: 8080 }],
  'address in use, but killed': [crash(137, 'bind: address already in use', {}, program), ['CRA-07 likely *recreate']],

  // CRA-14
  'Go: no such host': [crash(1, 'dial tcp: lookup db on 10.96.0.10:53: no such host', { services: [] }), ['CRA-14 strong *F20.env recreate'], { host: 'db', how: 'unknown_name', sub: 'no_service' }],
  'the services are not known': [crash(1, 'dial tcp: lookup db on 10.96.0.10:53: no such host'), ['CRA-14 strong *recreate F20.env'], { sub: 'external' }],
  'Node: getaddrinfo': [crash(1, 'Error: getaddrinfo ENOTFOUND db.shop.svc.cluster.local', { services: [] }), ['CRA-14 strong *F20.env recreate'], { host: 'db.shop.svc.cluster.local', sub: 'other_namespace' }],
  'Go: refused by a Service without pods': [
    crash(1, '2026/03/01 12:04:00 dial tcp 10.96.0.7:5432: connect: connection refused', { services: [service([5432])], endpoints: [endpoints(false)] }), ['CRA-14 strong *recreate F20.env'], { target: '10.96.0.7:5432', how: 'refused', sub: 'no_endpoints' }],
  'a Service with a ready pod': [crash(1, 'connect to db:5432: Connection refused', { services: [service([5432])], endpoints: [endpoints(true)] }), ['CRA-14 strong *F20.env recreate'], { sub: 'service' }],
  'a port that the Service does not have': [crash(1, 'connect ECONNREFUSED db:5433', { services: [service([5432])] }), ['CRA-14 strong *F20.env recreate'], { sub: 'wrong_port' }],
  'localhost': [crash(1, 'Error: connect ECONNREFUSED 127.0.0.1:5432'), ['CRA-14 strong *F20.env recreate'], { sub: 'local', host: '127.0.0.1', port: 5432 }],
  'psql': [crash(1, 'psql: error: connection to server at "db" (10.96.0.7), port 5432 failed: Connection refused', { services: [] }), ['CRA-14 strong *F20.env recreate'], { target: 'db:5432' }],
  'busybox wget': [crash(1, 'wget: bad address \'db:80\'', { services: [] }), ['CRA-14 strong *F20.env recreate'], { target: 'db:80', sub: 'no_service' }],
  'a host of the internet': [crash(1, 'curl: (6) Could not resolve host: api.example.com', { services: [] }), ['CRA-14 strong *recreate F20.env'], { host: 'api.example.com', sub: 'external' }],
  'Java names no host': [crash(1, 'Caused by: java.net.ConnectException: Connection refused\n\tat sun.nio.ch.Net.pollConnect(Net.java:672)'), [gaveUp]],
  'refused long before the end': [crash(1, `connect ECONNREFUSED db:5432\n${'working\n'.repeat(50)}fatal: bad config`), [gaveUp], { line: 'fatal: bad config' }],

  // SVC-09
  'a name that is almost right': [
    crashWorld({ statuses: [looping(1)], containers: [{ args: ['--db', 'postgres://dbb:5432/dbb-x'], env: [{ name: 'DB', value: 'dbb' }] }], log: 'lookup dbb on 10.96.0.10:53: no such host', world: { services: [service([5432])] } }),
    ['SVC-09 strong *F20.host F20.env'], { host: 'dbb', right: 'db', how: 'near' }],
  'a name that another namespace has': [crash(1, 'Error: getaddrinfo ENOTFOUND db', { services: [], elsewhere: { 'Service/db': ['shop', 'test'] } }), ['SVC-09 strong *F20.env'], { right: 'db.shop', how: 'elsewhere', place: 'shop' }],
  'far from every name': [crash(1, 'Error: getaddrinfo ENOTFOUND orders', { services: [service([5432])], elsewhere: { 'Service/orders': [] } }), ['CRA-14 strong *F20.env recreate']],

  // CRA-15
  'a read-only root': [
    crashWorld({ statuses: [looping(1)], containers: [{ securityContext: { readOnlyRootFilesystem: true } }], log: 'sh: can\'t create /tmp/out: Read-only file system' }), ['CRA-15 strong *F20.scratch F20.security'], { path: '/tmp/out', sub: 'read_only', locked: 'yes' }],
  'a root that nobody may lay a volume over': [crash(1, 'open /etc/app.conf: read-only file system'), ['CRA-15 strong F20.security'], { path: '/etc/app.conf', sub: 'read_only' }],
  'another user': [crash(1, 'Error: EACCES: permission denied, open \'/data/x\''), ['CRA-15 strong *F20.security'], { path: '/data/x', sub: 'user' }],
  'a volume of another user': [
    crashWorld({ statuses: [looping(1)], containers: [{ volumeMounts: [{ name: 'd', mountPath: '/data' }] }], log: 'mkdir /data/x: permission denied' }), ['CRA-15 strong *F20.security'], { sub: 'volume' }],
  'permission denied without a path': [crash(1, 'permission denied for table users'), [gaveUp]],

  // F17
  'a Deployment with an older revision that is ready': [
    crashWorld({ statuses: [looping(1)], metadata: owned, world: { owners: [revision(2, 0), deployment], revisions: [revision(1, 1), revision(2, 0)] } }), ['CRA-02 strong *F17.rollback F20.command recreate']],
  'an older revision without a ready pod': [
    crashWorld({ statuses: [looping(1)], metadata: owned, world: { owners: [revision(2, 0), deployment], revisions: [revision(1, 0), revision(2, 0)] } }), [gaveUp]],
  'a newer revision is no way back': [
    crashWorld({ statuses: [looping(1)], metadata: owned, world: { owners: [revision(2, 0), deployment], revisions: [revision(3, 1), revision(2, 0)] } }), [gaveUp]],
  'an owner that nobody knows': [
    crashWorld({ statuses: [looping(1)], metadata: { ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 't', uid: 't', controller: true }] }, world: { owners: [{ apiVersion: 'example.com/v1', kind: 'Thing', metadata: {} }] } }), ['CRA-02 strong']],
};

test.each(Object.entries(cases))('%s', (_, [world, expected, params = {}]) => {
  const found = diagnose(world);
  expect(brief(found)).toEqual(expected);
  expect(found[0]?.message.params ?? {}).toMatchObject(params);
});

test('the proof: how it ended, for what it waits, and the line of its log', () => {
  const [finding] = diagnose(crash(1, 'fatal: boom'));
  expect(finding?.evidence.map(({ kind, path, value }) => [kind, path, value])).toEqual([
    ['status', 'status.containerStatuses[0].lastState.terminated', 'Error'],
    ['status', 'status.containerStatuses[0].state.waiting', backOff().waiting.message],
    ['log', 'app', 'fatal: boom'],
  ]);
  expect(finding?.raw).toBe(backOff().waiting.message);
});

test('the way back is the older template without the label of its ReplicaSet', () => {
  const [finding] = diagnose(crashWorld({ statuses: [looping(1)], metadata: owned, world: { owners: [revision(2, 0), deployment], revisions: [revision(1, 1), revision(2, 0)] } }));
  expect(finding?.fixes[0]).toMatchObject({
    action: 'change', key: 'F17.rollback',
    parts: [{
      on: 'object', object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' },
      edits: [{ path: ['spec', 'template'], value: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app:1' }] } } }],
    }],
  });
});

test('an empty directory where the program writes', () => {
  const [finding] = diagnose(crashWorld({ statuses: [looping(1)], log: 'sh: can\'t create /var/cache/app/out: Read-only file system' }));
  expect(finding?.fixes[0]).toMatchObject({ key: 'F20.scratch', parts: [{ on: 'pod', edits: [
    { path: ['spec', 'volumes', { name: 'writable-var-cache-app' }, 'emptyDir'], value: {} },
    { path: ['spec', 'containers', { name: 'app' }, 'volumeMounts', { name: 'writable-var-cache-app' }, 'mountPath'], value: '/var/cache/app' },
  ] }] });
});

test.each(['StartError', 'ContainerCannotRun'])('a program that never ran (%s) did not crash', (reason) => {
  expect(diagnose(crashWorld({ statuses: [looping(128, { reason })] })).filter(({ id }) => id.startsWith('CRA'))).toEqual([]);
});
