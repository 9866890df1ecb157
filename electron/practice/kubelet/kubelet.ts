// The kubelet of one practice node: it watches the pods that are bound to the node and gives each one a worker; it keeps the Node object and
// its lease. What streams (logs, exec, attach, port-forward) finds the containers of a pod here.
import type { ObjectsApi } from '../api/objects-api.ts';
import type { Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Pod } from '../objects.ts';
import type { Runtime, RuntimeContainer, Sandbox } from '../runtime/runtime.ts';
import type { Change, Store } from '../store/store.ts';
import { createAllocation } from './allocation.ts';
import { createBackOff } from './back-off.ts';
import { createEventRecorder } from './events.ts';
import { createImageManager } from './image-manager.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { allocatable, nodeLabels, startNodeStatus } from './node-status.ts';
import { createTurns } from './turns.ts';
import { createPodWorker, type PodWorker } from './pod-worker.ts';

export interface KubeletOptions {
  readonly store: Store;
  readonly api: ObjectsApi;
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
  readonly minor: number;
  readonly runtime: Runtime;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly maxPods: number;
  /** As the node tells it; without it `v1.MINOR.0`. */
  readonly version?: string;
  /** Beside those that every node has. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly providerID?: string;
  /** Errors that have no place in the API: a fault of the practice cluster itself. */
  readonly report?: (error: unknown) => void;
}

export interface Kubelet extends Disposable, AsyncDisposable {
  readonly nodeName: string;
  readonly runtime: Runtime;
  /** The newest container of that name, running or not. */
  container(podUid: string, name: string): RuntimeContainer | undefined;
  /** The one before it: what `logs --previous` reads. */
  previousContainer(podUid: string, name: string): RuntimeContainer | undefined;
  /** Where port-forward goes: the pod's network, while it is there. */
  sandbox(podUid: string): Sandbox | undefined;
}

/** @throws Error when a kind that it needs is not among `kinds`. */
export function startKubelet(options: KubeletOptions): Kubelet {
  const { store, api, kinds, clock, minor, runtime, nodeName, nodeIp, maxPods } = options;
  const report = options.report ?? ((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));
  const kind = (resource: string, group = '') => kinds.find((known) => known.resource === resource && known.group === group);
  const needed = (resource: string): Kind => {
    const found = kind(resource);
    if (!found) throw new Error(`the kubelet needs the kind of ${resource}`);
    return found;
  };

  const recorder = createEventRecorder({ api, clock, kind: needed('events'), minor }, { component: 'kubelet', host: nodeName });
  const images = createImageManager({ runtime, clock, recorder, minor });
  const podKind = needed('pods');
  const context: KubeletContext = {
    store,
    api,
    clock,
    minor,
    runtime,
    nodeName,
    nodeIp,
    recorder,
    images,
    restarts: createBackOff(clock),
    podKind,
    turn: createTurns(),
  };
  const room = allocatable(maxPods);
  const allocation = createAllocation(room, nodeLabels(nodeName, options.labels));
  const workers = new Map<string, PodWorker>();
  /** Pods that are done with here and still in the API: somebody's finalizer holds them. */
  const held = new Set<string>();

  function handle(pod: Pod, gone: boolean): void {
    const { uid = '' } = pod.metadata;
    const worker = workers.get(uid);
    if (gone) {
      held.delete(uid);
      worker?.gone(pod);
    } else if (worker) {
      worker.update(pod);
    } else if (pod.spec.nodeName === nodeName && !held.has(uid)) {
      const finished = () => {
        workers.delete(uid);
        if (store.get('pods', pod.metadata.namespace ?? '', pod.metadata.name ?? '')?.metadata.uid === uid) held.add(uid);
      };
      workers.set(uid, createPodWorker(context, pod, { allocation, allocatable: room, finished, report }));
    }
  }

  // Changes are taken in after the write that made them: a listener must not write within another one's change.
  let waiting: Change[] = [];
  function drain(): void {
    const changes = waiting;
    waiting = [];
    for (const { object, type } of changes) {
      try {
        handle(object as Pod, type === 'DELETED');
      } catch (error) {
        report(error);
      }
    }
  }
  const stopWatching = store.watch('pods', store.revision, (change) => {
    if (waiting.push(change) === 1) setImmediate(drain);
  });
  const stopListening = runtime.onChange((container, action) => {
    if (action === 'die') workers.get(container.sandbox.pod.uid)?.containerEnded(container.id);
  });
  const stopNode = startNodeStatus({
    ...options,
    version: options.version ?? `v1.${minor}.0`,
    recorder,
    report,
    kinds: { nodes: needed('nodes'), leases: kind('leases', 'coordination.k8s.io') },
  });
  for (const pod of store.list('pods', '') as Pod[]) handle(pod, false);

  function dispose(): void {
    stopWatching();
    stopListening();
    stopNode();
    for (const worker of workers.values()) worker.dispose();
    workers.clear();
  }
  const slot = (podUid: string, name: string) => workers.get(podUid)?.slots.find(({ spec }) => spec.name === name);
  return {
    nodeName,
    runtime,
    container: (podUid, name) => slot(podUid, name)?.current,
    previousContainer: (podUid, name) => slot(podUid, name)?.previous,
    sandbox: (podUid) => workers.get(podUid)?.sandbox,
    [Symbol.dispose]: dispose,
    [Symbol.asyncDispose]: () => Promise.resolve(dispose()),
  };
}
