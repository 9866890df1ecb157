// What nobody has a rule for: Kubernetes' own words, and never a guess.
import { findingOf } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { waitingEvidence } from './evidence.ts';
import { isImageReason } from './image.ts';

export const otherCauses: readonly Cause<ContainerCase>[] = [
  { id: 'OTHER', find: unknownReason },
];

/** Waiting for these is no failure, or a family of its own has said what can be said. */
const NOT_UNKNOWN = new Set([
  '', 'ContainerCreating', 'PodInitializing', 'CrashLoopBackOff',
  'InvalidImageName', 'ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed',
]);

/** The reason stands in a sentence: what is longer is read in the raw text. */
const LONGEST_REASON = 120;

function unknownReason(c: ContainerCase) {
  const { reason, message } = c.waiting;
  if (NOT_UNKNOWN.has(reason) || isImageReason(reason)) return undefined;
  const short = reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
  return findingOf(c, 'OTHER', { confidence: 'proven', params: { reason: short }, evidence: [waitingEvidence(c)], raw: message || reason });
}
