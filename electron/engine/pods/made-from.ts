// Whether a pod is what we applied, when nobody saw the answer: an answer got lost, or the Podlab that created it died.
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';

const MANAGER = 'podlab';

/**
 * The pod was created by a Podlab (or changed by one), and has all that the manifest says: with the same policies, where they are set, and with none set
 * where the manifest has none. Whoever made it, it is the pod that was to be made.
 */
export function isMadeFrom(pod: Pod, manifest: Pod): boolean {
  const { metadata, spec } = manifest;
  return (
    (pod.metadata.managedFields ?? []).some(({ manager }) => manager === MANAGER) &&
    holds(pod.metadata.labels ?? {}, metadata.labels ?? {}) &&
    holds(pod.metadata.annotations ?? {}, metadata.annotations ?? {}) &&
    holds(pod.spec, spec) &&
    policies(recreateManifest(pod, {})) === policies(manifest)
  );
}

const policies = ({ spec }: Pod) => JSON.stringify([...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name, imagePullPolicy }) => [name, imagePullPolicy]));

/** All of `wanted` is in `found`. Lists are compared entry by entry; what admission appended to one does no harm. */
function holds(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(found) && wanted.every((each, index) => holds(found[index], each));
  if (typeof wanted !== 'object' || wanted === null) return found === wanted || (wanted === null && found === undefined);
  return typeof found === 'object' && found !== null && Object.entries(wanted).every(([key, each]) => holds((found as Record<string, unknown>)[key], each));
}
