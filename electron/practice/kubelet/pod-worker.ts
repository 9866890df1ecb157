// One pod's worker (kubelet, pkg/kubelet/pod_workers.go, kubelet.go syncPod): one sync after the other brings what runs to what the spec says.
// A sync first tells the status that the last one led to. It runs again when the pod or one of its containers changes, and while something
// fails, every ten to fifteen seconds, as observed on 1.20.2.
import { timestamp } from '../clock.ts';
import type { Pod } from '../objects.ts';
import type { Sandbox } from '../runtime/runtime.ts';
import type { Allocation } from './allocation.ts';
import { syncContainers } from './container-sync.ts';
import { ContainerSlot } from './container-slot.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { PodPlace } from './pod-fields.ts';
import { podStatus } from './pod-status.ts';
import { isSidecar, podReference, type ContainerRole } from './pod-words.ts';
import { createSandbox } from './sandbox.ts';
import { MountError, setUpVolumes, type VolumeFiles } from './volumes.ts';

export interface PodWorker {
  readonly slots: readonly ContainerSlot[];
  readonly sandbox: Sandbox | undefined;
  /** The pod has another version. */
  update(pod: Pod): void;
  /** The API no longer has it. */
  gone(pod: Pod): void;
  /** One of its containers has ended. */
  containerEnded(id: string): void;
  /** Stops its timers and whatever runs, without a word to the API. */
  dispose(): void;
}

interface WorkerOptions {
  readonly allocation: Allocation;
  readonly allocatable: PodPlace['allocatable'];
  /** Nothing of the pod is left. */
  readonly finished: () => void;
  /** What must not happen, for the log. */
  readonly report: (error: unknown) => void;
}

/** How long the kubelet takes to see that a container has changed (its relist: once a second). */
const RELIST = 500;
/** Until it tells what has just begun to fail, so that what was before is seen too. */
const TELL = 1500;
const RETRY = 10_000;
const SANDBOX_RETRY = 1500;
const MOUNT_RETRY = 500;
const LONGEST_MOUNT_RETRY = 122_000;
const MOUNT_TIMEOUT = 123_000;
const ENDS = new Error('the pod ends');

export function createPodWorker(context: KubeletContext, first: Pod, { allocation, allocatable, finished, report }: WorkerOptions): PodWorker {
  const { clock, runtime, recorder, api, podKind, minor, nodeIp, store } = context;
  const { uid = '', name = '', namespace = '' } = first.metadata;
  let pod = first;
  const slots: ContainerSlot[] = [];
  let sandbox: Sandbox | undefined;
  let volumes: Map<string, VolumeFiles> | undefined;
  const mounting = { delay: MOUNT_RETRY, since: undefined as number | undefined };
  let sandboxFailed = false;
  let admitted = false;
  let removed = false;
  let done = false;
  let ended: { reason: string; message: string } | undefined;
  const startedAt = first.status.startTime ?? timestamp(clock.now());
  const begun = clock.elapsed();
  const deletion = new AbortController();

  // One sync at a time; a wish for another one while it runs is remembered, and only the earliest timer counts.
  let syncing = false;
  let again = false;
  let timer: { at: number; cancel: () => void } | undefined;
  function wake(milliseconds: number): void {
    const at = clock.elapsed() + milliseconds;
    if (done || (timer && timer.at <= at)) return;
    timer?.cancel();
    const call = () => {
      timer = undefined;
      context.turn(() => void run());
    };
    timer = { at, cancel: clock.after(milliseconds, call) };
  }
  async function run(): Promise<void> {
    if (syncing) {
      again = true;
      return;
    }
    syncing = true;
    try {
      do {
        again = false;
        await sync();
      } while (again && !done);
    } catch (error) {
      report(error);
      wake(RETRY);
    } finally {
      syncing = false;
    }
  }

  const isTerminal = () => ended !== undefined || pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded';
  const isDeleted = () => removed || pod.metadata.deletionTimestamp !== undefined;

  /** Writes the status, unless it says what is there already. */
  function publish(terminal = false): void {
    if (removed) return;
    const of = (current: Pod) =>
      podStatus(
        current,
        {
          views: slots.map((slot) => slot.view()),
          podIp: sandbox?.ip ?? '',
          hasSandbox: sandbox !== undefined && !terminal && !isTerminal(),
          startTime: startedAt,
          ended,
          terminal,
        },
        { runtime, minor, nodeIp, now: clock.now() },
      );
    const current = store.get('pods', namespace, name) as Pod | undefined;
    if (!current || current.metadata.uid !== uid || JSON.stringify(of(current)) === JSON.stringify(current.status)) return;
    pod = api.update(podKind, 'status', namespace, name, (now) => ({ ...now, status: of(now as Pod) }), { manager: 'kubelet' }) as Pod;
  }

  function readSpec(): void {
    const lists: [ContainerRole, Pod['spec']['containers'] | undefined][] = [
      ['init', pod.spec.initContainers],
      ['container', pod.spec.containers],
      ['ephemeral', pod.spec.ephemeralContainers],
    ];
    for (const [role, containers] of lists) {
      for (const spec of containers ?? []) {
        const slot = slots.find((known) => known.role === role && known.spec.name === spec.name);
        if (slot) slot.spec = spec;
        else slots.push(new ContainerSlot(context, role, spec));
      }
    }
  }

  async function sync(): Promise<void> {
    if (done) return;
    readSpec();
    if (isDeleted()) return terminate();
    if (!admitted && !isTerminal()) {
      const rejection = allocation.admit(pod);
      if (rejection) return reject(rejection);
      admitted = true;
    }
    checkDeadline();
    publish();
    if (isTerminal()) return settle();
    if (!mount()) return;
    const isNew = sandbox === undefined;
    sandbox ??= makeSandbox();
    if (!sandbox) return;
    const failures = () => JSON.stringify(slots.map(({ failure }) => failure));
    const before = failures();
    const { moved, failed } = await syncContainers(
      context,
      { pod, slots, sandbox, volumes: volumes ?? new Map(), place: { podIp: sandbox.ip, hostIp: nodeIp, allocatable }, changed: () => wake(0) },
      deletion.signal,
    );
    if (moved || isNew) wake(RELIST);
    else if (failures() !== before) wake(TELL);
    else if (failed) wake(RETRY * (1 + Math.random() / 2));
  }

  function checkDeadline(): void {
    const seconds = pod.spec.activeDeadlineSeconds;
    if (seconds === undefined || isTerminal()) return;
    const left = seconds * 1000 - (clock.elapsed() - begun);
    if (left > 0) return wake(left);
    ended = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    recorder.record(podReference(pod), 'Normal', ended.reason, ended.message);
  }

  /** @returns whether every volume is there; it tries again by itself, twice as late each time. */
  function mount(): boolean {
    if (volumes) return true;
    try {
      volumes = setUpVolumes(pod, { podIp: sandbox?.ip ?? '', hostIp: nodeIp, allocatable }, store);
      return true;
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      recorder.record(podReference(pod), 'Warning', 'FailedMount', error.message);
      const now = clock.elapsed();
      mounting.since ??= now;
      if (now - mounting.since >= MOUNT_TIMEOUT) {
        mounting.since = now;
        const all = `[${(pod.spec.volumes ?? []).map((volume) => volume.name).join(' ')}]`;
        const words = minor >= 28 ? 'failed to process volumes=[]: context deadline exceeded' : 'timed out waiting for the condition';
        const message = `Unable to attach or mount volumes: unmounted volumes=${all}, unattached volumes=${all}: ${words}`;
        recorder.record(podReference(pod), 'Warning', 'FailedMount', message);
      }
      wake(mounting.delay);
      mounting.delay = Math.min(2 * mounting.delay, LONGEST_MOUNT_RETRY);
      return false;
    }
  }

  /** What does not come up is tried again soon, each time anew. */
  function makeSandbox(): Sandbox | undefined {
    try {
      return createSandbox(context, pod);
    } catch (error) {
      if (sandboxFailed) recorder.record(podReference(pod), 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      sandboxFailed = true;
      recorder.record(podReference(pod), 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${(error as Error).message}`);
      wake(SANDBOX_RETRY);
      return undefined;
    }
  }

  function reject({ reason, message }: { reason: string; message: string }): void {
    recorder.record(podReference(pod), 'Warning', reason, message);
    const told = minor >= 28 ? `Pod was rejected: ${message}` : `Pod ${message}`;
    const qos = minor >= 28 ? { qosClass: pod.status.qosClass } : {};
    const status = { phase: 'Failed' as const, reason, message: told, startTime: startedAt, ...qos };
    pod = api.update(podKind, 'status', namespace, name, (current) => ({ ...current, status }), { manager: 'kubelet' }) as Pod;
  }

  /** The pod has come to its end, but it is still there: what runs beside is stopped, sidecars last. */
  async function settle(): Promise<void> {
    const running = slots.some((slot) => slot.running);
    await stopAll();
    allocation.release(uid);
    if (running) publish();
  }

  async function stopAll(): Promise<void> {
    await Promise.all(slots.filter(({ role, spec }) => role !== 'init' || !isSidecar(spec)).map((slot) => slot.kill(pod)));
    for (const slot of slots.filter(({ role, spec }) => role === 'init' && isSidecar(spec)).toReversed()) await slot.kill(pod);
  }

  /** Everything is stopped, the status tells how it ended, and the object goes with the last grace of 0. */
  async function terminate(): Promise<void> {
    await stopAll();
    if (!removed) {
      if (admitted) publish(true);
      try {
        api.delete(podKind, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
      } catch {
        // Somebody else was faster.
      }
    }
    cleanUp();
  }

  function cleanUp(): void {
    done = true;
    timer?.cancel();
    for (const slot of slots) slot.remove();
    if (sandbox) runtime.removeSandbox(sandbox.id);
    allocation.release(uid);
    context.restarts.forget(`${uid}_`);
    context.images.forget(uid);
    finished();
  }

  function endBegun(): void {
    deletion.abort(ENDS);
    const grace = pod.metadata.deletionGracePeriodSeconds;
    if (grace !== undefined) for (const slot of slots) slot.hurry(grace * 1000);
    context.turn(() => void run());
  }

  wake(0);
  return {
    slots,
    get sandbox() {
      return sandbox;
    },
    update(next) {
      const changed = next.spec !== pod.spec && JSON.stringify(next.spec) !== JSON.stringify(pod.spec);
      pod = next;
      if (done) return;
      if (isDeleted()) endBegun();
      else if (changed) wake(0);
    },
    gone(last) {
      if (done) return;
      pod = last;
      removed = true;
      endBegun();
    },
    containerEnded(id) {
      const slot = slots.find(({ current }) => current?.id === id);
      slot?.ended();
      wake(RELIST);
    },
    dispose() {
      if (done) return;
      removed = true;
      deletion.abort(ENDS);
      cleanUp();
    },
  };
}
