// Recreates a pod, with another pull policy or image: a pod's policy is immutable, so the pod has to be made anew. A bare one is replaced; what makes
// one with an owner is the owner's template, so that is changed.
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Container, Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { loadMissing } from '../images/load-missing.ts';
import { recreateCommands } from './commands.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import { recreateOwned, type RecreatedPod } from './recreate-owned.ts';
import { replacePod } from './replace.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface RecreateInput extends PodRef {
  /** Set on every container of the pod. */
  readonly policy?: PullPolicy | undefined;
  readonly image?: string | undefined;
  /** The container that gets `image`; needed where the pod has several. */
  readonly container?: string | undefined;
  /** Loads the images that only Docker has into the pod's node first. */
  readonly load: boolean;
}

const LOAD_MS = 30 * 60_000;

/** @throws Failure CHANGES_LOCKED at once; CONTAINER_NOT_FOUND and those of replacePod, of renewOwned and of a load when it runs. */
export function recreateAction(parts: ChangeParts, input: RecreateInput): SessionAction<RecreatedPod> {
  const { session } = parts;
  session.requireChanges();
  return {
    title: { key: input.policy ? 'activity.recreate-with' : 'activity.recreate', params: { pod: input.name, policy: input.policy ?? '' } },
    commands: [],
    subject: { context: session.context, namespace: input.namespace, pod: input.name },
    endsWithCaller: input.load, // until the images are there: nothing is changed before
    async run(tell, signal) {
      const before = async (manifest: Pod) => {
        // The pod is replaced after that: in this order the lines do the same.
        const loading = { ...tell, command: (line: string) => tell.command(line, 'first') };
        if (input.load) await loadMissing(parts, manifest, loading, AbortSignal.any([signal, AbortSignal.timeout(LOAD_MS)]));
        tell.goesOn();
      };
      const pod = await stayingPod(session, input);
      if (controllerOf(pod)) {
        await before(pod);
        return await recreateOwned(parts, pod, input, tell);
      }
      let told = false;
      const make = (live: Pod) => {
        const made = recreated(live, input);
        if (!told) for (const line of recreateCommands(session.context, live, made)) tell.command(line);
        told = true;
        return made;
      };
      const { created, old, file } = await replacePod(parts, { ref: input, make, before }, tell);
      return {
        result: created,
        ways: [{ type: 'replace-pod', ...created, old, file }],
      };
    },
  };
}

/** The new pod's manifest. @throws Failure CONTAINER_NOT_FOUND where it is not clear which container gets the image */
export function recreated(live: Pod, { policy, image, container, name }: Pick<RecreateInput, 'policy' | 'image' | 'container' | 'name'>): Pod {
  const manifest = image === undefined ? recreateManifest(live, {}) : withImage(live, image, container, name);
  if (!policy) return manifest;
  const withPolicy = (containers: readonly Container[]) => containers.map((each) => ({ ...each, imagePullPolicy: policy }));
  const { initContainers, containers = [], ...spec } = manifest.spec ?? {};
  return { ...manifest, spec: { ...spec, ...(initContainers ? { initContainers: withPolicy(initContainers) } : {}), containers: withPolicy(containers) } };
}

function withImage(live: Pod, image: string, container: string | undefined, pod: string): Pod {
  try {
    return recreateManifest(live, { image, ...(container === undefined ? {} : { containers: [container] }) });
  } catch (error) {
    if (error instanceof RangeError) throw new Failure('CONTAINER_NOT_FOUND', { pod, container: container ?? '' }, error);
    throw error;
  }
}
