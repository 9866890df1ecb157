// Gets a container its image, by its pull policy (kubelet, pkg/kubelet/images/image_manager.go). What the versions do differently:
// 1.20 looks for the image under every policy, newer ones not for Always; the words of the events and of the back-off.
import type { Clock } from '../clock.ts';
import type { Container, ObjectReference, Pod } from '../objects.ts';
import { parseImageName } from '../runtime/image-name.ts';
import type { Image, Runtime } from '../runtime/runtime.ts';
import { createBackOff } from './back-off.ts';
import type { EventRecorder } from './events.ts';
import { goDuration, quoted } from './go-words.ts';

/** Why a container does not start: what its `waiting` says. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

export interface ImageManager {
  /** @param about the container, for events. It never rejects. */
  ensure(pod: Pod, container: Container, about: ObjectReference): Promise<{ image: Image } | { failure: StartFailure }>;
  /** Forgets the back-offs of a pod that is gone. */
  forget(podUid: string): void;
}

interface Options {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly recorder: EventRecorder;
  readonly minor: number;
}

/** @returns the kubelet's own words for a name that it cannot read, or undefined. */
function faultOfName(image: string): string | undefined {
  try {
    parseImageName(image);
    return undefined;
  } catch (error) {
    return `couldn't parse image reference ${quoted(image)}: ${(error as Error).message}`;
  }
}

export function createImageManager({ runtime, clock, recorder, minor }: Options): ImageManager {
  const backOff = createBackOff(clock);
  /** Why the last pull failed, for the back-off's message from 1.32 on (kubernetes PR 127918). */
  const lastErrors = new Map<string, StartFailure>();
  // Pulls run one after the other (serializeImagePulls, the default).
  let queue: Promise<unknown> = Promise.resolve();

  async function pull(pod: Pod, image: string, about: ObjectReference): Promise<{ image: Image } | { failure: StartFailure }> {
    const key = `${pod.metadata.uid}_${image}`;
    if (backOff.isIn(key)) {
      const words = `Back-off pulling image ${quoted(image)}`;
      recorder.record(about, 'Normal', 'BackOff', words);
      const last = lastErrors.get(key);
      return { failure: { reason: 'ImagePullBackOff', message: minor >= 32 && last ? `${words}: ${last.reason}: ${last.message}` : words } };
    }
    recorder.record(about, 'Normal', 'Pulling', `Pulling image ${quoted(image)}`);
    const asked = clock.elapsed();
    let begun = asked;
    const turn = queue.then(() => {
      begun = clock.elapsed();
      return runtime.pull(withTag(image));
    });
    queue = turn.catch(() => undefined);
    try {
      const pulled = await turn;
      const milliseconds = (from: number) => goDuration(Math.max(1, Math.round((clock.elapsed() - from) / clock.speed)));
      const waiting = minor >= 27 ? ` (${milliseconds(asked)} including waiting)` : '';
      const size = minor >= 30 ? `. Image size: ${pulled.image.size} bytes.` : '';
      recorder.record(about, 'Normal', 'Pulled', `Successfully pulled image ${quoted(image)} in ${milliseconds(begun)}${waiting}${size}`);
      lastErrors.delete(key);
      return { image: pulled.image };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      // The CRI client wrapped what carried no code of its own; newer kubelets unwrap it again.
      const message = minor < 29 && !words.startsWith('rpc error:') ? `rpc error: code = Unknown desc = ${words}` : words;
      recorder.record(about, 'Warning', 'Failed', `Failed to pull image ${quoted(image)}: ${message}`);
      backOff.next(key, clock.elapsed());
      const failure = { reason: 'ErrImagePull', message };
      lastErrors.set(key, failure);
      return { failure };
    }
  }

  return {
    async ensure(pod, container, about) {
      const image = container.image ?? '';
      const policy = container.imagePullPolicy ?? 'IfNotPresent';
      const fail = (reason: string, message: string, event?: string) => {
        if (event) recorder.record(about, 'Warning', event, message);
        return { failure: { reason, message } };
      };
      const fault = faultOfName(image);
      if (fault) return fail('InvalidImageName', `Failed to apply default image tag ${quoted(image)}: ${fault}`, 'InspectFailed');

      let present: Image | undefined;
      if (policy !== 'Always' || minor < 30) {
        try {
          present = runtime.images.find(withTag(image))?.image;
        } catch (error) {
          return fail('ImageInspectError', `Failed to inspect image ${quoted(image)}: ${(error as Error).message}`, 'InspectFailed');
        }
      }
      if (policy !== 'Always' && present) {
        const accessible = minor >= 35 ? ' and can be accessed by the pod' : '';
        recorder.record(about, 'Normal', 'Pulled', `Container image ${quoted(image)} already present on machine${accessible}`);
        return { image: present };
      }
      if (policy === 'Never') {
        return fail('ErrImageNeverPull', `Container image ${quoted(image)} is not present with pull policy of Never`, 'ErrImageNeverPull');
      }
      return pull(pod, image, about);
    },
    forget(podUid) {
      backOff.forget(`${podUid}_`);
      for (const key of lastErrors.keys()) if (key.startsWith(`${podUid}_`)) lastErrors.delete(key);
    },
  };
}

/** The name as the runtime is asked for it: with `:latest` when it says neither tag nor digest. */
function withTag(image: string): string {
  const { tag, digest } = parseImageName(image);
  return tag === undefined && digest === undefined ? `${image}:latest` : image;
}
