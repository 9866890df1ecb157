// Where the cause of a failed pull is written down: in the pod for a moment, in an event for an hour, in our memory while we run.
import { containerEvents, eventMessage, eventTime, isPullFailure } from '../kubernetes/events.ts';
import type { ContainerStatus, KubeEvent } from '../kubernetes/objects.ts';
import { classifyPullError } from '../kubernetes/pull-error.ts';
import type { PullError } from '../kubernetes/pull-error.ts';
import type { World } from './world.ts';

export interface PullCause {
  readonly error: PullError;
  /** Verbatim, as it was found. */
  readonly message: string;
  readonly source: 'status' | 'event' | 'memory';
  /** RFC 3339; absent for the pod's own status, which has no time. */
  readonly at?: string;
}

/**
 * The cause that is known for a container whose image cannot be pulled. The status has it while it says ErrImagePull, and from
 * Kubernetes 1.32 on also with ImagePullBackOff; otherwise the newer of the last Failed event and the remembered message.
 */
export function pullCause(world: World, container: string, status: ContainerStatus): PullCause | undefined {
  const inStatus = causeOf(status.state?.waiting?.message, 'status');
  if (inStatus) return inStatus;
  const failed = failedPull(world, container);
  const inEvent = failed && causeOf(eventMessage(failed), 'event', eventTime(failed));
  const remembered = world.memory[container];
  const inMemory = remembered && causeOf(remembered.message, 'memory', remembered.at);
  // The same words in both: the event is the better proof, since anybody can read it.
  if (inEvent && inMemory?.error.text === inEvent.error.text) return inEvent;
  if (inEvent && inMemory) return Date.parse(inMemory.at ?? '') > Date.parse(inEvent.at ?? '') ? inMemory : inEvent;
  return inEvent ?? inMemory;
}

/** The newest event that says why a pull failed. */
export function failedPull(world: World, container: string): KubeEvent | undefined {
  return world.events === 'unknown' ? undefined : containerEvents(world.events, world.pod, container).find(isPullFailure);
}

function causeOf(message: string | undefined, source: PullCause['source'], at?: string): PullCause | undefined {
  const error = message === undefined ? undefined : classifyPullError(message);
  return error && message !== undefined ? { error, message, source, ...(at && { at }) } : undefined;
}
