// One container as the pod's status tells it (kubelet, pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses and generateAPIPodStatus).
import { timestamp } from '../clock.ts';
import type { Container, ContainerState, ContainerStatus, PodSpec } from '../objects.ts';
import type { Runtime, RuntimeContainer } from '../runtime/runtime.ts';
import type { StartFailure } from './image-manager.ts';
import { isSidecar, type ContainerRole } from './pod-words.ts';

/** What a pod's worker knows of one of its containers. */
export interface ContainerView {
  readonly spec: Container;
  readonly role: ContainerRole;
  /** The newest that was made for it. */
  readonly current: RuntimeContainer | undefined;
  /** The one before it. */
  readonly previous: RuntimeContainer | undefined;
  /** How many were made. */
  readonly attempts: number;
  /** Why the last sync could not start it. */
  readonly failure: StartFailure | undefined;
  /** Of its probes; a container without one is ready, and started, as soon as it runs. */
  readonly ready: boolean;
  readonly started: boolean;
}

/** The bytes of a termination message that are kept, and what of the log stands in for it (kubelet/container/runtime.go). */
const LONGEST_MESSAGE = 4096;
const FALLBACK_BYTES = 2048;
const FALLBACK_LINES = 80;

type StatusContext = { readonly runtime: Pick<Runtime, 'kind' | 'imageStatus'>; readonly minor: number };

export function containerStatus(view: ContainerView, pod: PodSpec, { runtime, minor }: StatusContext): ContainerStatus {
  const { spec, current, previous, role, failure } = view;
  const running = current?.state === 'running';
  let state: ContainerState = current ? stateOf(current, spec, runtime.kind) : { waiting: waitingByDefault(pod, role) };
  let lastState: ContainerState = previous?.state === 'exited' ? stateOf(previous, spec, runtime.kind) : {};
  // A container that does not start waits, and what it was before becomes its last state.
  if (failure && !running && !isDone(state, role, spec)) {
    if (state.terminated) lastState = state;
    state = { waiting: { reason: failure.reason, message: failure.message } };
  }
  const image = current ? runtime.imageStatus(current.image) : { image: spec.image ?? '', imageID: '' };
  const started = running && view.started;
  const ready = role === 'init' && !isSidecar(spec) ? state.terminated?.exitCode === 0 : running && view.ready;
  const mounts = spec.volumeMounts ?? [];
  return {
    name: spec.name,
    state,
    lastState,
    ready: role === 'ephemeral' ? false : ready,
    restartCount: Math.max(0, view.attempts - 1),
    ...image,
    ...(current ? { containerID: `${runtime.kind}://${current.id}` } : {}),
    // Init containers had no `started` before sidecars.
    ...(role === 'container' || (role === 'init' && minor >= 28) ? { started } : {}),
    ...(minor >= 33 && role !== 'ephemeral' && running ? resourcesOf(spec) : {}),
    ...(minor >= 31 && mounts.length > 0 ? { volumeMounts: mounts.map(mountStatus) } : {}),
  };
}

const isDone = (state: ContainerState, role: ContainerRole, spec: Container): boolean =>
  role === 'init' && !isSidecar(spec) && state.terminated?.exitCode === 0;

const waitingByDefault = ({ initContainers = [] }: PodSpec, role: ContainerRole) => ({
  reason: initContainers.length > 0 && role !== 'ephemeral' ? 'PodInitializing' : 'ContainerCreating',
});

function stateOf(container: RuntimeContainer, spec: Container, kind: Runtime['kind']): ContainerState {
  if (container.state === 'created') return { waiting: {} };
  const startedAt = container.startedAt && timestamp(container.startedAt);
  if (container.state === 'running') return { running: { startedAt: startedAt ?? timestamp(container.createdAt) } };
  const exitCode = container.exitCode ?? 0;
  // What never started has no such time: dockershim took the creation's, containerd leaves zero.
  const never = timestamp(kind === 'docker' ? container.createdAt : new Date(0));
  const message = terminationMessage(container, spec) || container.message;
  return {
    terminated: {
      exitCode,
      reason: container.reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
      ...(message ? { message } : {}),
      startedAt: startedAt ?? never,
      finishedAt: timestamp(container.finishedAt ?? container.createdAt),
      containerID: `${kind}://${container.id}`,
    },
  };
}

function terminationMessage({ terminationMessage: written, log, exitCode }: RuntimeContainer, { terminationMessagePolicy }: Container): string {
  if (written !== '' || terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0) return written.slice(-LONGEST_MESSAGE);
  const lines = log.entries.slice(-FALLBACK_LINES).map(({ text }) => `${text.toString()}\n`);
  return Buffer.from(lines.join('')).subarray(-FALLBACK_BYTES).toString();
}

function resourcesOf({ resources = {} }: Container) {
  const { requests, limits } = resources;
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
  };
}

const mountStatus = ({ name, mountPath, readOnly }: NonNullable<Container['volumeMounts']>[number]) => ({
  name,
  mountPath,
  ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
});
