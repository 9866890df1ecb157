// For the kubelet's own tests alone: a store with the least of an API over it, a clock that is turned by hand, and a stand-in for the
// runtime whose programs do what a test tells them. The practice cluster itself uses none of this.
import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { PassThrough, type Duplex } from 'node:stream';
import type { ObjectsApi } from '../api/objects-api.ts';
import { timestamp, type Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import { storeName } from '../kinds/kind.ts';
import type { Container, KubeObject, Pod } from '../objects.ts';
import { fullName } from '../runtime/image-name.ts';
import type { ContainerConfig, Image, ImageStore, Runtime, RuntimeContainer, Sandbox, StoredImage } from '../runtime/runtime.ts';
import { createStore, type Store } from '../store/store.ts';
import { startKubelet, type Kubelet } from './kubelet.ts';

/** Time stands until a test turns it; what is due runs in its order, with everything in between. */
export function createTestClock(): Clock & { turn(milliseconds: number): Promise<void> } {
  let now = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const rest = async () => {
    for (let round = 0; round < 6; round += 1) await new Promise(setImmediate);
  };
  const clock: Clock & { turn(milliseconds: number): Promise<void> } = {
    speed: 1,
    now: () => new Date(Date.UTC(2026, 0, 1) + now),
    elapsed: () => now,
    after(milliseconds, call) {
      const timer = { at: now + Math.max(0, milliseconds), call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const cancel = clock.after(milliseconds, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason as Error);
        });
      }),
    async turn(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        await rest();
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.call();
      }
      now = end;
      await rest();
    },
  };
  return clock;
}

const kind = (resource: string, name: string, group = '', namespaced = true): Kind => ({
  group,
  version: 'v1',
  kind: name,
  resource,
  singular: name.toLowerCase(),
  shortNames: [],
  namespaced,
  verbs: [],
  subresources: [],
  type: name,
  columns: [],
  cells: () => [],
});

export const testKinds = [
  kind('pods', 'Pod'),
  kind('events', 'Event'),
  kind('nodes', 'Node', '', false),
  kind('leases', 'Lease', 'coordination.k8s.io'),
];

/** Stores what it is given: no rules but those of deletion. */
export function createTestApi(store: Store, clock: Clock): ObjectsApi {
  return {
    create(of, namespace, object) {
      const metadata = { uid: randomUUID(), creationTimestamp: timestamp(clock.now()), ...object.metadata, ...(of.namespaced ? { namespace } : {}) };
      return store.create(storeName(of), { ...object, metadata });
    },
    update(of, _subresource, namespace, name, change) {
      const current = store.get(storeName(of), namespace, name);
      if (!current) throw new Error(`${of.resource} "${name}" not found`);
      return store.update(storeName(of), change(current));
    },
    delete(of, namespace, name, { gracePeriodSeconds }) {
      const current = store.get(storeName(of), namespace, name) as Pod | undefined;
      if (!current) throw new Error(`${of.resource} "${name}" not found`);
      const grace = gracePeriodSeconds ?? current.spec.terminationGracePeriodSeconds ?? 30;
      const metadata = { ...current.metadata, deletionTimestamp: timestamp(clock.now()), deletionGracePeriodSeconds: grace };
      if (grace > 0 || (metadata.finalizers?.length ?? 0) > 0) return { object: store.update(storeName(of), { ...current, metadata }), gone: false };
      return { object: store.remove(storeName(of), namespace, name, { ...current, metadata }) ?? current, gone: true };
    },
  };
}

/** What a container does once it runs: it may end itself, answer exec, listen. */
interface TestProgram {
  start?(container: TestContainer): void;
  exec?(argv: readonly string[], container: TestContainer): { code: number; output?: string };
  /** Rejects the start with these words. */
  failure?: string;
  ignoresTerm?: boolean;
}

export interface TestContainer extends RuntimeContainer {
  exitWith(code: number, reason?: string): void;
}

interface TestRuntime extends Runtime {
  readonly made: TestContainer[];
  readonly programs: Map<string, TestProgram>;
  /** What a pull answers; without it, `not found`. */
  registry: Map<string, Image>;
  pulls: number;
  /** HTTP over the pod's network: what a port answers. Without it a connection is refused. */
  serve: ((ip: string, port: number) => Duplex) | undefined;
  addImage(name: string, config?: Image['config']): Image;
}

export function createTestRuntime(clock: Clock, runtimeKind: Runtime['kind'] = 'docker'): TestRuntime {
  const stored: StoredImage[] = [];
  const changes = new EventEmitter();
  const made: TestContainer[] = [];
  let sandboxes = 0;
  const images: ImageStore = {
    list: () => stored,
    find: (reference) => stored.find(({ names }) => names.includes(fullName(reference))),
    add: () => undefined,
    untag: () => undefined,
    remove: () => undefined,
    save: () => new PassThrough(),
    load: () => Promise.resolve([]),
    onChange: () => () => undefined,
  };
  const runtime: TestRuntime = {
    kind: runtimeKind,
    version: `${runtimeKind}://1`,
    images,
    made,
    programs: new Map(),
    registry: new Map(),
    pulls: 0,
    serve: undefined,
    addImage(name, config = {}) {
      const image: Image = {
        id: `sha256:${randomBytes(32).toString('hex')}`,
        architecture: 'amd64',
        os: 'linux',
        created: '',
        config,
        configJson: Buffer.from('{}'),
        layers: [],
        size: 1000,
      };
      stored.push({ image, names: [fullName(name)], digests: [] });
      return image;
    },
    imageStatus: (image) => ({ image: 'image', imageID: `docker://${image.id}` }),
    async pull(reference) {
      runtime.pulls += 1;
      await Promise.resolve();
      const image = runtime.registry.get(reference);
      if (!image) throw new Error(`Error response from daemon: manifest for ${reference} not found`);
      return { image, bytes: 1 };
    },
    runSandbox: (pod, hostname): Sandbox => ({ id: randomUUID(), pod, hostname, ip: `10.244.0.${++sandboxes}`, createdAt: clock.now() }),
    removeSandbox: () => undefined,
    createContainer: (sandbox, config) => Promise.resolve(createContainer(sandbox, config)),
    containers: () => made,
    container: (id) => made.find((one) => one.id === id),
    onChange(listener) {
      changes.on('change', listener);
      return () => changes.off('change', listener);
    },
    connect: (ip, port) =>
      runtime.serve ? Promise.resolve(runtime.serve(ip, port)) : Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
  };

  function createContainer(sandbox: Sandbox, config: ContainerConfig): TestContainer {
    const program = runtime.programs.get(config.name) ?? {};
    const image = stored.find((one) => one.image.id === config.image)?.image ?? [...runtime.registry.values()].find(({ id }) => id === config.image);
    let resolveEnded: () => void;
    const ended = new Promise<void>((resolve) => (resolveEnded = resolve));
    type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
    const container: Mutable<TestContainer> = {
      id: randomBytes(32).toString('hex'),
      sandbox,
      config,
      image: image as Image,
      state: 'created',
      createdAt: clock.now(),
      startedAt: undefined,
      finishedAt: undefined,
      exitCode: undefined,
      reason: undefined,
      message: undefined,
      terminationMessage: '',
      log: { entries: [], read: async function* () {} },
      ended,
      exitWith(code: number, reason = code === 0 ? 'Completed' : 'Error') {
        if (container.state === 'exited') return;
        Object.assign(container, { state: 'exited', exitCode: code, reason, finishedAt: clock.now() });
        changes.emit('change', container, 'die');
        resolveEnded();
      },
      start: () => {
        if (program.failure !== undefined) {
          container.exitWith(127, 'ContainerCannotRun');
          return Promise.reject(new Error(program.failure.replace('ID', container.id)));
        }
        container.state = 'running';
        container.startedAt = clock.now();
        program.start?.(container);
        return Promise.resolve();
      },
      async stop(grace: number) {
        if (!program.ignoresTerm) container.exitWith(143);
        else clock.after(grace, () => container.exitWith(137));
        await ended;
      },
      remove: () => {
        made.splice(made.indexOf(container), 1);
      },
      exec(argv: readonly string[]) {
        const { code, output = '' } = program.exec?.(argv, container) ?? { code: 0 };
        const stdout = new PassThrough();
        stdout.end(output);
        const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
        return Promise.resolve({ ...streams, resize: () => undefined, kill: () => undefined, exit: Promise.resolve(code) });
      },
      attach: () => {
        throw new Error('not attached in tests');
      },
    };
    made.push(container);
    return container;
  }
  return runtime;
}

interface TestCluster extends Disposable {
  readonly store: Store;
  readonly clock: ReturnType<typeof createTestClock>;
  readonly runtime: TestRuntime;
  readonly api: ObjectsApi;
  readonly kubelet: Kubelet;
  readonly faults: unknown[];
  createPod(name: string, spec: Partial<Pod['spec']> & { containers: Container[] }, metadata?: object): Pod;
  pod(name: string): Pod;
  deletePod(name: string, gracePeriodSeconds?: number): void;
  /** Every status that the pod has had, oldest first. */
  history(name: string): Pod[];
  /** `reason: message` of the pod's events, as often as they were told. */
  events(name: string): string[];
}

interface TestClusterOptions {
  readonly minor?: number;
  readonly kind?: Runtime['kind'];
  readonly maxPods?: number;
}

export function createTestCluster({ minor = 34, kind: runtimeKind, maxPods = 110 }: TestClusterOptions = {}): TestCluster {
  const store = createStore();
  const clock = createTestClock();
  const runtime = createTestRuntime(clock, runtimeKind);
  const api = createTestApi(store, clock);
  const faults: unknown[] = [];
  const changes: Pod[] = [];
  store.watch('pods', store.revision, ({ object }) => changes.push(object as Pod));
  const kubelet = startKubelet({
    store,
    api,
    kinds: testKinds,
    clock,
    minor,
    runtime,
    nodeName: 'node',
    nodeIp: '192.0.2.2',
    maxPods,
    report: (error) => faults.push(error),
  });
  const podKind = testKinds[0]!;
  return {
    store,
    clock,
    runtime,
    api,
    kubelet,
    faults,
    createPod: (name, spec, metadata = {}) =>
      api.create(
        podKind,
        'default',
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, ...metadata },
          spec: { nodeName: 'node', ...spec },
          status: { phase: 'Pending', qosClass: 'BestEffort' },
        },
        { manager: 'test' },
      ) as Pod,
    pod: (name) => store.get('pods', 'default', name) as Pod,
    deletePod(name, gracePeriodSeconds) {
      api.delete(podKind, 'default', name, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
    },
    history: (name) => changes.filter(({ metadata }) => metadata.name === name),
    events: (name) =>
      (store.list('events', 'default') as (KubeObject & { involvedObject: { name: string }; reason: string; message: string; count: number })[])
        .filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ reason, message, count }) => `${reason}: ${message}${count > 1 ? ` x${count}` : ''}`),
    [Symbol.dispose]: () => kubelet[Symbol.dispose](),
  };
}
