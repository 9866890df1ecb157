// Starting one container: image, configuration, creation, start and the hook after it, with the events and failures of each step
// (kubelet, pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer).
import type { Container, Pod } from '../objects.ts';
import type { ContainerConfig, Image, RuntimeContainer, Sandbox } from '../runtime/runtime.ts';
import { wholeValue } from '../quantity.ts';
import { makeEnvironment } from './environment.ts';
import { type HookError, runHook } from './hooks.ts';
import type { StartFailure } from './image-manager.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { PodPlace } from './pod-fields.ts';
import { fieldPathOf, podReference, podTitle, type ContainerRole } from './pod-words.ts';
import { filesForContainer, type VolumeFiles } from './volumes.ts';

export interface StartRequest {
  readonly pod: Pod;
  readonly spec: Container;
  readonly role: ContainerRole;
  /** How often it was started before. */
  readonly attempt: number;
  readonly sandbox: Sandbox;
  readonly volumes: ReadonlyMap<string, VolumeFiles>;
  readonly place: PodPlace;
  /** The container is there, but not started yet. */
  created(container: RuntimeContainer): void;
  /** Ends a container whose hook has failed. */
  kill(reason: string): Promise<void>;
}

/** @param signal gives it up: the pod is deleted. @returns why it does not run, or undefined. It never rejects. */
export async function startContainer(context: KubeletContext, request: StartRequest, signal: AbortSignal): Promise<StartFailure | undefined> {
  const { runtime, recorder, minor, images } = context;
  const { pod, spec, role } = request;
  const about = podReference(pod, fieldPathOf(role, spec));
  const fail = (reason: string, message: string, words = message): StartFailure => {
    recorder.record(about, 'Warning', 'Failed', `Error: ${words}`);
    return { reason, message };
  };

  const ensured = await Promise.race([images.ensure(pod, spec, about), aborted(signal)]);
  if (!ensured) return undefined;
  if ('failure' in ensured) return fail(ensured.failure.reason, ensured.failure.message, ensured.failure.reason);

  let config: ContainerConfig;
  try {
    verifyNonRoot(pod, spec, ensured.image);
    config = makeConfig(context, request, ensured.image);
  } catch (error) {
    return fail('CreateContainerConfigError', (error as Error).message);
  }

  let container: RuntimeContainer;
  try {
    container = await runtime.createContainer(request.sandbox, config);
  } catch (error) {
    return fail('CreateContainerError', (error as Error).message);
  }
  request.created(container);
  recorder.record(about, 'Normal', 'Created', minor >= 32 ? `Created container: ${spec.name}` : `Created container ${spec.name}`);

  try {
    await container.start();
  } catch (error) {
    const message = (error as Error).message;
    // Events name the container where the message has its ID, so that they can be counted.
    return fail('RunContainerError', message, message.replaceAll(container.id, spec.name));
  }
  recorder.record(about, 'Normal', 'Started', `Started container ${spec.name}`);

  if (!spec.lifecycle?.postStart) return undefined;
  try {
    await runHook(context, spec.lifecycle.postStart, pod, spec, container, signal);
    return undefined;
  } catch (error) {
    const { message, short } = error as HookError;
    // Newer kubelets keep the message out of events, since it may hold secrets.
    recorder.record(about, 'Warning', 'FailedPostStartHook', minor >= 25 ? 'PostStartHook failed' : message);
    await request.kill('FailedPostStartHook');
    return { reason: minor >= 25 ? 'PostStartHookError' : `PostStartHookError: ${short}`, message };
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** security_context.go verifyRunAsNonRoot. @throws Error */
function verifyNonRoot(pod: Pod, spec: Container, image: Image): void {
  const ofPod = (pod.spec.securityContext ?? {}) as { runAsUser?: number; runAsNonRoot?: boolean };
  if (!(spec.securityContext?.runAsNonRoot ?? ofPod.runAsNonRoot)) return;
  const where = `(pod: "${podTitle(pod)}", container: ${spec.name})`;
  const asked = spec.securityContext?.runAsUser ?? ofPod.runAsUser;
  if (asked !== undefined) {
    if (asked === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  const [user = ''] = (image.config.User ?? '').split(':');
  if (user === '' || /^0+$/.test(user)) throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
  if (!/^\d+$/.test(user)) {
    throw new Error(`container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`);
  }
}

function makeConfig(context: KubeletContext, request: StartRequest, image: Image): ContainerConfig {
  const { pod, spec, volumes, place } = request;
  const environment = makeEnvironment(pod, spec, place, context.store);
  for (const { keys, source } of environment.skipped) {
    context.recorder.record(
      podReference(pod),
      'Warning',
      'InvalidEnvironmentVariableNames',
      `Keys [${keys.join(', ')}] from the EnvFrom ${source} were skipped since they are considered invalid environment variable names.`,
    );
  }
  const limit = spec.resources?.limits?.memory;
  return {
    name: spec.name,
    attempt: request.attempt,
    image: image.id,
    ...(spec.command?.length ? { command: spec.command.map(environment.expand) } : {}),
    ...(spec.args?.length ? { args: spec.args.map(environment.expand) } : {}),
    env: environment.variables,
    ...(spec.workingDir ? { workingDir: spec.workingDir } : {}),
    tty: spec.tty ?? false,
    stdin: spec.stdin ?? false,
    ...(limit === undefined ? {} : { memoryLimit: wholeValue(limit) }),
    files: filesForContainer(spec, volumes),
  };
}
