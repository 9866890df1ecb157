// IMG-23: the image is on its way.
import type { Finding } from '../contract/findings.ts';
import { eventTime, isPulling } from '../kubernetes/events.ts';
import type { ContainerStatus } from '../kubernetes/objects.ts';
import { podCase } from './cause.ts';
import { eventEvidence, fieldEvidence } from './evidence.ts';
import { commonParams } from './image-case.ts';
import type { ImageCase } from './image-case.ts';

/** A pull as short as this is nothing to tell. */
const SHORT_MS = 10_000;

/** Whether the container's state leaves room for a pull. */
export function mayBePulled({ state }: Pick<ContainerStatus, 'state'>): boolean {
  return state?.waiting !== undefined && /^(?:ContainerCreating|PodInitializing)?$/.test(state.waiting.reason ?? '');
}

/** Says since when an image is downloaded; undefined where none is, or only just. Progress, and no failure. */
export function diagnoseDownload(c: ImageCase): Finding | undefined {
  const { world, located, status } = c;
  if (world.events === 'unknown' || !mayBePulled(status)) return undefined;
  const pulling = isPulling(world.events, world.pod, located.container.name);
  if (!pulling) return undefined;
  const since = Date.parse(eventTime(pulling));
  if (!(world.now.getTime() - since >= SHORT_MS)) return undefined;
  const subject = podCase(world);
  const params = { ...commonParams(c), since, pod: world.pod.metadata.name ?? '', namespace: world.pod.metadata.namespace ?? '', container: located.container.name };
  return {
    id: 'IMG-23', container: located.container.name, severity: 'info', confidence: 'strong',
    message: { key: 'finding.IMG-23.sentence', params }, explanation: { key: 'finding.IMG-23.explanation', params },
    evidence: [fieldEvidence(subject, `${located.path}.image`, located.container.image ?? ''), eventEvidence(pulling)],
    raw: pulling.message ?? '', fixes: [],
  };
}
