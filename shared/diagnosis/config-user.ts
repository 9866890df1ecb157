// CFG-04: the pod forbids root (runAsNonRoot), and the container would be root or nobody can tell.
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { findingOf, inContainer, podFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { fieldEvidence, otherEvidence, waitingEvidence } from './evidence.ts';
import { fieldsAt } from './spec-fields.ts';
import { imageOf } from './start-error.ts';

/** Any number but 0 will do; 1000 is what most images use for their first user. */
const USER = 1000;

/** pkg/kubelet/kuberuntime/security_context.go verifyRunAsNonRoot: the container's own runAsUser, else the image's, which must be a number. */
export function rootForbidden(c: ContainerCase): Finding | undefined {
  const { message } = c.waiting;
  const named = /image has non-numeric user \(([^)]*)\)/.exec(message)?.[1];
  const why = named !== undefined ? 'named'
    : message.startsWith('container has runAsNonRoot and image will run as root') ? 'image'
      : /runAsUser breaks non-root policy/.test(message) ? 'set' : undefined;
  if (why === undefined) return undefined;
  const image = imageOf(c);
  return findingOf(c, 'CFG-04', {
    confidence: 'strong', sentence: why === 'image' ? 'sentence' : `sentence-${why}`, explanation: why === 'image' ? 'explanation' : `explanation-${why}`,
    params: { image, user: named ?? 'root', number: USER }, raw: message,
    evidence: [waitingEvidence(c), ...securityEvidence(c, 'runAsNonRoot'), ...securityEvidence(c, 'runAsUser'), ...imageUser(c)],
    fixes: runAsUser(c, true),
  });
}

/** The container runs as a user with a number; what the image's files allow that user, nobody knows beforehand. */
export function runAsUser(c: ContainerCase, recommended: boolean): Fix[] {
  const edits = [{ path: inContainer(c, 'securityContext', 'runAsUser'), value: USER }];
  return podFix(c, 'F20.run-as-user', edits, { recommended, params: { container: c.name, number: USER } });
}

/** A container's own setting comes before the pod's. */
function securityEvidence(c: ContainerCase, field: string): Evidence[] {
  const own = fieldsAt(c.located.container, 'securityContext')[field];
  if (own !== undefined) return [fieldEvidence(c, `${c.located.path}.securityContext.${field}`, own)];
  const ofPod = fieldsAt(c.pod, 'spec', 'securityContext')[field];
  return ofPod === undefined ? [] : [fieldEvidence(c, `spec.securityContext.${field}`, ofPod)];
}

function imageUser(c: ContainerCase): Evidence[] {
  const config = c.world.imageConfigs?.[c.name];
  if (!config) return [];
  const image = imageOf(c);
  return [otherEvidence('node-image', { key: 'evidence.image-user', params: { image, user: config.User || 'none' } }, { value: config.User ?? '' })];
}
