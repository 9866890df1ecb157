// What a cluster's own pulls tell of a registry: whether it has an image. Nobody asks the registry; what no pull told stays unknown, and the
// newest pull counts.
import { eventMessage, eventTime } from './events.ts';
import { comparable, parseImageReference } from './image-reference.ts';
import type { KubeEvent } from './objects.ts';
import { classifyPullError } from './pull-error.ts';
import type { PullErrorClass } from './pull-error.ts';

export type RegistryAnswer = 'has' | 'lacks' | 'down' | 'unknown';

/** A pull that failed, as it was remembered: by the image's name as the pod writes it. */
export interface FailedPull {
  readonly image: string;
  readonly message: string;
  /** RFC 3339, '' where nobody knows. */
  readonly at: string;
}

export interface RegistryKnowledge {
  readonly answer: RegistryAnswer;
  /** RFC 3339; when that was so. */
  readonly at?: string;
  /** The container that got the image, where it did: its status names the build. */
  readonly pulledBy?: { readonly podUid: string; readonly fieldPath: string };
}

/** By an image's name, as `registryKey` writes it. */
export type RegistryMemory = ReadonlyMap<string, RegistryKnowledge>;

export const nothingKnown: RegistryKnowledge = { answer: 'unknown' };

/** The verdict table's "lacks" is an answer that the image is not there or not to be had. A login that is asked for proves neither. */
const lacks: readonly PullErrorClass[] = ['TAG_MISSING', 'DENIED_OR_MISSING'];
const down: readonly PullErrorClass[] = ['DNS', 'REFUSED', 'NO_ROUTE', 'TIMEOUT', 'PLAIN_HTTP', 'TLS_TO_HTTP', 'TLS_TRUST', 'REGISTRY_DOWN'];

/** What the events of a cluster's pods and the remembered errors tell of each image. */
export function registryMemory(events: readonly KubeEvent[], failures: readonly FailedPull[]): RegistryMemory {
  const memory = new Map<string, RegistryKnowledge>();
  const learn = (image: string, next: RegistryKnowledge) => {
    const key = registryKey(image);
    const before = key === undefined ? undefined : memory.get(key);
    if (key === undefined || next.answer === 'unknown') return;
    if (!before || time(next) > time(before)) memory.set(key, next);
  };
  for (const { image, message, at } of failures) learn(image, { answer: answerOf(message), ...(at && { at }) });
  for (const event of events) {
    const at = eventTime(event);
    const text = eventMessage(event);
    const pulled = event.reason === 'Pulled' ? /^Successfully pulled image "([^"]+)"/.exec(text)?.[1] : undefined;
    const { uid, fieldPath } = event.involvedObject;
    if (pulled !== undefined) learn(pulled, { answer: 'has', ...(at && { at }), ...(uid && fieldPath && { pulledBy: { podUid: uid, fieldPath } }) });
    const failed = event.reason === 'Failed' ? /^Failed to pull image "([^"]+)": /.exec(text)?.[1] : undefined;
    if (failed !== undefined) learn(failed, { answer: answerOf(text), ...(at && { at }) });
  }
  return memory;
}

/** The name under which an image is remembered; undefined for a text that is no image's name. */
export function registryKey(image: string): string | undefined {
  const reference = parseImageReference(image);
  return reference.ok ? comparable(reference) : undefined;
}

function answerOf(message: string): RegistryAnswer {
  const found = classifyPullError(message)?.class ?? 'OTHER';
  return lacks.includes(found) ? 'lacks' : down.includes(found) ? 'down' : 'unknown';
}

function time({ at }: RegistryKnowledge): number {
  return Date.parse(at ?? '') || 0;
}
