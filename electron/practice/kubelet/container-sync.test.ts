import { describe, expect, test } from 'vitest';
import { createTestCluster, type TestContainer } from './test-cluster.ts';

const of = (name: string, more: object = {}) => ({ name, image: 'app:1', ...more });
const made = (cluster: ReturnType<typeof createTestCluster>) => cluster.runtime.made.map(({ config }) => config.name);
const condition = (cluster: ReturnType<typeof createTestCluster>, type: string, name = 'web') =>
  cluster.pod(name).status.conditions?.find((one) => one.type === type);

function withImage(options: Parameters<typeof createTestCluster>[0] = {}) {
  const cluster = createTestCluster(options);
  cluster.runtime.addImage('app:1');
  return cluster;
}
const find = (cluster: ReturnType<typeof createTestCluster>, name: string): TestContainer => {
  const found = cluster.runtime.made.findLast(({ config }) => config.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
};

describe('init containers', () => {
  test('run one after the other before the others', async () => {
    using cluster = withImage();
    cluster.createPod('web', { initContainers: [of('i1'), of('i2')], containers: [of('c')] });
    await cluster.clock.turn(2000);
    expect(made(cluster)).toEqual(['i1']);
    expect(cluster.pod('web').status.phase).toBe('Pending');
    expect(cluster.pod('web').status.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'PodInitializing' } });
    expect(condition(cluster, 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [i1 i2]',
    });
    find(cluster, 'i1').exitWith(0);
    await cluster.clock.turn(2000);
    expect(condition(cluster, 'Initialized')?.message).toBe('containers with incomplete status: [i2]');
    find(cluster, 'i2').exitWith(0);
    await cluster.clock.turn(2000);
    expect(made(cluster)).toEqual(['i1', 'i2', 'c']);
    expect(cluster.pod('web').status).toMatchObject({ phase: 'Running', initContainerStatuses: [{ ready: true }, { ready: true }] });
    expect(condition(cluster, 'Initialized')).toMatchObject({ status: 'True' });
  });

  test('that fail are tried again, or are the end of a pod that never restarts', async () => {
    using cluster = withImage();
    cluster.runtime.programs.set('i', { start: (container) => container.exitWith(4) });
    cluster.createPod('web', { initContainers: [of('i')], containers: [of('c')] });
    cluster.createPod('never', { initContainers: [of('i')], containers: [of('c')], restartPolicy: 'Never' });
    await cluster.clock.turn(5000);
    expect(cluster.pod('web').status).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [{ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    });
    expect(cluster.pod('never').status).toMatchObject({
      phase: 'Failed',
      initContainerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 4 } } }],
    });
  });
});

describe('sidecars', () => {
  const sidecar = (more: object = {}) => of('s', { restartPolicy: 'Always', ...more });

  test('go on running beside the others, and end after them', async () => {
    using cluster = withImage();
    cluster.createPod('web', { restartPolicy: 'Never', initContainers: [sidecar()], containers: [of('c')] });
    await cluster.clock.turn(2000);
    expect(made(cluster)).toEqual(['s', 'c']);
    expect(cluster.pod('web').status.initContainerStatuses?.[0]).toMatchObject({ started: true, ready: true });
    find(cluster, 'c').exitWith(0);
    await cluster.clock.turn(2000);
    expect(cluster.pod('web').status.phase).toBe('Succeeded');
    expect(find(cluster, 's').state).toBe('exited');
  });

  test('are restarted even where the pod is not', async () => {
    using cluster = withImage();
    cluster.createPod('web', { restartPolicy: 'Never', initContainers: [sidecar()], containers: [of('c')] });
    await cluster.clock.turn(2000);
    find(cluster, 's').exitWith(1);
    await cluster.clock.turn(2000);
    expect(cluster.pod('web').status).toMatchObject({ phase: 'Running', initContainerStatuses: [{ restartCount: 1, started: true }] });
  });

  test('hold back the others until their startup probe has passed', async () => {
    using cluster = withImage();
    let code = 1;
    cluster.runtime.programs.set('s', { exec: () => ({ code }) });
    cluster.createPod('web', {
      initContainers: [sidecar({ startupProbe: { exec: { command: ['check'] }, periodSeconds: 2, failureThreshold: 100 } })],
      containers: [of('c')],
    });
    await cluster.clock.turn(20_000);
    expect(made(cluster)).toEqual(['s']);
    expect(cluster.pod('web').status.phase).toBe('Pending');
    code = 0;
    await cluster.clock.turn(4000);
    expect(made(cluster)).toEqual(['s', 'c']);
  });
});

describe('what cannot be started', () => {
  test.each([
    [{ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'nope', key: 'k' } } }] }, 'configmap "nope" not found'],
    [{ envFrom: [{ secretRef: { name: 'nope' } }] }, 'secret "nope" not found'],
    [{ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'have', key: 'k' } } }] }, "couldn't find key k in ConfigMap default/have"],
  ])('%j: CreateContainerConfigError', async (more, message) => {
    using cluster = withImage();
    cluster.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'have', namespace: 'default' }, data: { a: '1' } });
    cluster.createPod('web', { containers: [of('c', more)] });
    await cluster.clock.turn(2000);
    expect(cluster.pod('web').status.containerStatuses?.[0]?.state.waiting).toEqual({ reason: 'CreateContainerConfigError', message });
    expect(cluster.events('web').find((event) => event.startsWith('Failed'))).toMatch(`Failed: Error: ${message}`);
  });

  test('a config that comes later lets it start by itself', async () => {
    using cluster = withImage();
    cluster.createPod('web', { containers: [of('c', { envFrom: [{ configMapRef: { name: 'late' } }] })] });
    await cluster.clock.turn(30_000);
    cluster.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'default' }, data: { GREETING: 'hello' } });
    await cluster.clock.turn(20_000);
    expect(cluster.pod('web').status.phase).toBe('Running');
    expect(find(cluster, 'c').config.env).toContain('GREETING=hello');
  });

  test('root where the pod forbids it', async () => {
    using cluster = withImage();
    const { uid } = cluster.createPod('web', { containers: [of('c', { securityContext: { runAsNonRoot: true } })] }).metadata;
    await cluster.clock.turn(2000);
    expect(cluster.pod('web').status.containerStatuses?.[0]?.state.waiting?.message).toBe(
      `container has runAsNonRoot and image will run as root (pod: "web_default(${uid})", container: c)`,
    );
  });

  test('a program that is not there: its events name the container, its status the ID', async () => {
    using cluster = withImage({ minor: 20 });
    cluster.runtime.programs.set('c', { failure: 'failed to start container "ID": exec: "nope": executable file not found in $PATH' });
    cluster.createPod('web', { containers: [of('c')] });
    await cluster.clock.turn(100);
    const { id } = find(cluster, 'c');
    await cluster.clock.turn(500);
    expect(cluster.pod('web').status.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      state: { waiting: { reason: 'RunContainerError', message: `failed to start container "${id}": exec: "nope": executable file not found in $PATH` } },
      lastState: { terminated: { exitCode: 127, reason: 'ContainerCannotRun' } },
    });
    expect(cluster.pod('web').status.phase).toBe('Running');
    expect(cluster.events('web').map((event) => event.replace(/ x\d+$/, ''))).toContain(
      'Failed: Error: failed to start container "c": exec: "nope": executable file not found in $PATH',
    );
  });

  test('a volume whose configMap is missing: the pod stays ContainerCreating until it is there', async () => {
    using cluster = withImage();
    cluster.createPod('web', {
      containers: [of('c', { volumeMounts: [{ name: 'v', mountPath: '/etc/conf' }] })],
      volumes: [{ name: 'v', configMap: { name: 'conf' } }],
    });
    await cluster.clock.turn(3000);
    expect(cluster.pod('web').status.containerStatuses?.[0]?.state.waiting?.reason).toBe('ContainerCreating');
    expect(cluster.events('web')[0]).toMatch(/^FailedMount: MountVolume.SetUp failed for volume "v" : configmap "conf" not found x\d$/);
    cluster.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'default' }, data: { 'a.txt': 'hi' } });
    await cluster.clock.turn(10_000);
    expect(cluster.pod('web').status.phase).toBe('Running');
    expect(find(cluster, 'c').config.files?.get('/etc/conf/a.txt')).toBe('hi');
  });
});

test('a memory limit too small to begin with: the sandbox does not come up', async () => {
  using cluster = withImage({ minor: 20 });
  cluster.createPod('web', { containers: [of('c', { resources: { limits: { memory: '1Mi' } } })] });
  await cluster.clock.turn(4000);
  expect(cluster.pod('web').status.containerStatuses?.[0]?.state.waiting?.reason).toBe('ContainerCreating');
  expect(cluster.events('web')[0]).toMatch(
    /^FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod "web": .*container init was OOM-killed/,
  );
});

test('a container that failed to start does not keep the others from it', async () => {
  using cluster = withImage();
  cluster.createPod('web', { containers: [of('bad', { image: 'absent:1', imagePullPolicy: 'Never' }), of('c')] });
  await cluster.clock.turn(2000);
  expect(made(cluster)).toEqual(['c']);
  expect(cluster.pod('web').status.phase).toBe('Pending');
  expect(condition(cluster, 'Ready')?.message).toBe('containers with unready status: [bad]');
});

test('another image for a running container replaces it', async () => {
  using cluster = withImage();
  cluster.runtime.addImage('app:2');
  const pod = cluster.createPod('web', { containers: [of('c')] });
  await cluster.clock.turn(2000);
  const now = cluster.pod('web');
  cluster.store.update('pods', { ...now, spec: { ...now.spec, containers: [of('c', { image: 'app:2' })] } });
  await cluster.clock.turn(2000);
  expect(cluster.events('web')).toContain('Killing: Container c definition changed, will be restarted');
  expect(cluster.pod('web').status.containerStatuses?.[0]?.restartCount).toBe(1);
  expect(cluster.kubelet.container(pod.metadata.uid ?? '', 'c')?.state).toBe('running');
});

test('an ephemeral container starts when it is added, and only once', async () => {
  using cluster = withImage();
  cluster.createPod('web', { containers: [of('c')] });
  await cluster.clock.turn(2000);
  const now = cluster.pod('web');
  cluster.store.update('pods', { ...now, spec: { ...now.spec, ephemeralContainers: [of('debug')] } });
  await cluster.clock.turn(2000);
  expect(cluster.pod('web').status.ephemeralContainerStatuses?.[0]?.state.running).toBeDefined();
  find(cluster, 'debug').exitWith(0);
  await cluster.clock.turn(30_000);
  expect(made(cluster)).toEqual(['c', 'debug']);
  expect(cluster.pod('web').status.phase).toBe('Running');
});

describe('hooks', () => {
  test('a postStart that fails kills the container and is its reason', async () => {
    using cluster = withImage({ minor: 20 });
    cluster.runtime.programs.set('c', { exec: () => ({ code: 1 }) });
    const { uid } = cluster.createPod('web', { containers: [of('c', { lifecycle: { postStart: { exec: { command: ['/bin/false', 'x'] } } } })] }).metadata;
    await cluster.clock.turn(800);
    const message = `Exec lifecycle hook ([/bin/false x]) for Container "c" in Pod "web_default(${uid})" failed - error: command '/bin/false x' exited with 1: , message: ""`;
    expect(cluster.pod('web').status.containerStatuses?.[0]?.state.waiting).toEqual({
      reason: "PostStartHookError: command '/bin/false x' exited with 1: ",
      message,
    });
    const events = cluster.events('web').map((event) => event.replace(/ x\d+$/, ''));
    expect(events).toEqual(expect.arrayContaining([`FailedPostStartHook: ${message}`, 'Killing: FailedPostStartHook']));
  });

  test('a preStop runs before the signal, within the grace', async () => {
    using cluster = withImage();
    const said: string[] = [];
    cluster.runtime.programs.set('c', {
      exec: (argv, container) => {
        said.push(`${argv.join(' ')} while ${container.state}`);
        return { code: 0 };
      },
    });
    cluster.createPod('web', { containers: [of('c', { lifecycle: { preStop: { exec: { command: ['drain'] } } } })] });
    await cluster.clock.turn(2000);
    cluster.deletePod('web');
    await cluster.clock.turn(2000);
    expect(said).toEqual(['drain while running']);
    expect(cluster.pod('web')).toBeUndefined();
  });

  test('a preStop that sleeps longer than the grace is given up', async () => {
    using cluster = withImage();
    cluster.createPod('web', {
      terminationGracePeriodSeconds: 10,
      containers: [of('c', { lifecycle: { preStop: { sleep: { seconds: 100 } } } })],
    });
    await cluster.clock.turn(2000);
    cluster.deletePod('web');
    await cluster.clock.turn(8000);
    expect(cluster.pod('web')).toBeDefined();
    await cluster.clock.turn(5000);
    expect(cluster.pod('web')).toBeUndefined();
  });
});
