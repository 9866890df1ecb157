// What one sync does to a pod's containers (kubelet, pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions and SyncPod):
// ephemeral ones first, init containers in their order, then the others.
import type { Pod, PodSpec } from '../objects.ts';
import type { Sandbox } from '../runtime/runtime.ts';
import type { ContainerSlot } from './container-slot.ts';
import { startContainer } from './container-start.ts';
import { goDuration } from './go-words.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { PodPlace } from './pod-fields.ts';
import { fieldPathOf, isSidecar, podReference, podTitle } from './pod-words.ts';
import type { VolumeFiles } from './volumes.ts';

export interface SyncRequest {
  readonly pod: Pod;
  readonly slots: readonly ContainerSlot[];
  readonly sandbox: Sandbox;
  readonly volumes: ReadonlyMap<string, VolumeFiles>;
  readonly place: PodPlace;
  /** A probe has changed how a container is doing. */
  readonly changed: () => void;
}

export interface SyncResult {
  /** A container was made or killed. */
  readonly moved: boolean;
  /** Something could not be started. */
  readonly failed: boolean;
}

/** @param signal gives up what is being started: the pod is deleted. */
export async function syncContainers(context: KubeletContext, request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
  const { pod, slots } = request;
  const { restartPolicy = 'Always' } = pod.spec;
  const of = (role: ContainerSlot['role']) => slots.filter((slot) => slot.role === role);
  let moved = false;

  /** @param endedAt of the exit that counts for the back-off. */
  async function start(slot: ContainerSlot, endedAt: number | undefined): Promise<void> {
    if (signal.aborted || isInBackOff(context, pod, slot, endedAt)) return;
    slot.failure = await startContainer(
      context,
      {
        ...request,
        spec: slot.spec,
        role: slot.role,
        attempt: slot.attempts,
        created: (container) => {
          moved = true;
          slot.replace(container);
        },
        kill: (reason) => slot.kill(pod, reason),
      },
      signal,
    );
    slot.probe(pod, request.changed);
  }

  /** Runs, or is made to; what a probe has failed or an edit has changed is killed first, and the exit before counts for its back-off. */
  async function keepRunning(slot: ContainerSlot, restarts: (exitCode: number) => boolean): Promise<void> {
    if (!slot.running) {
      if (slot.exitCode === undefined || restarts(slot.exitCode)) await start(slot, slot.endedAt);
      else slot.failure = undefined;
      return;
    }
    slot.failure = undefined;
    slot.probe(pod, request.changed);
    const { probes, spec } = slot;
    const changed = slot.image !== spec.image;
    if (!changed && !probes?.failed) return;
    const why = changed ? `Container ${spec.name} definition changed` : `Container ${spec.name} failed ${probes?.failed?.name} probe`;
    const { endedAt } = slot;
    const again = restartPolicy !== 'Never' || changed || (slot.role === 'init' && isSidecar(spec));
    moved = true;
    await slot.kill(pod, again ? `${why}, will be restarted` : `Stopping container ${spec.name}`, probes?.failed?.probe);
    if (again) await start(slot, endedAt);
  }

  for (const slot of of('ephemeral')) if (slot.attempts === 0) await start(slot, undefined);
  if (await initialize(of('init'), of('container'), pod.spec, start, keepRunning)) {
    const restarts = (exitCode: number) => restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
    for (const slot of of('container')) await keepRunning(slot, restarts);
  }
  return { moved, failed: slots.some(({ failure }) => failure !== undefined) };
}

/** @returns whether the main containers may run. */
async function initialize(
  init: readonly ContainerSlot[],
  main: readonly ContainerSlot[],
  { restartPolicy = 'Always' }: PodSpec,
  start: (slot: ContainerSlot, endedAt: number | undefined) => Promise<void>,
  keepRunning: (slot: ContainerSlot, restarts: (exitCode: number) => boolean) => Promise<void>,
): Promise<boolean> {
  // Once a main container was made, init containers are done for good; sidecars are only kept running.
  const initialized = main.some(({ attempts }) => attempts > 0);
  for (const slot of init) {
    if (isSidecar(slot.spec)) {
      await keepRunning(slot, () => true);
      if (!initialized && !slot.started) return false;
    } else if (!initialized && slot.exitCode !== 0) {
      if (slot.exitCode !== undefined && restartPolicy === 'Never') return false;
      if (!slot.running) await start(slot, slot.endedAt);
      return false;
    } else {
      slot.failure = undefined;
    }
  }
  return true;
}

/** kuberuntime_manager.go doBackOff */
function isInBackOff({ restarts, recorder, minor }: KubeletContext, pod: Pod, slot: ContainerSlot, endedAt: number | undefined): boolean {
  if (endedAt === undefined) return false;
  const { name } = slot.spec;
  const key = `${pod.metadata.uid}_${name}`;
  if (!restarts.isIn(key, endedAt)) {
    restarts.next(key, endedAt);
    return false;
  }
  const about = podReference(pod, fieldPathOf(slot.role, slot.spec));
  const title = podTitle(pod);
  const words = minor >= 26 ? `Back-off restarting failed container ${name} in pod ${title}` : 'Back-off restarting failed container';
  recorder.record(about, 'Warning', 'BackOff', words);
  const delay = goDuration(restarts.delay(key));
  slot.failure = { reason: 'CrashLoopBackOff', message: `back-off ${delay} restarting failed container=${name} pod=${title}` };
  return true;
}
