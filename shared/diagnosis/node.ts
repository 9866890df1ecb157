// NOD, TRM and LIF: the node, the end of a pod, and its life.
import type { Cause, PodCase } from './cause.ts';

/** Of a pod that is being deleted. */
export const endingCauses: readonly Cause<PodCase>[] = [];
/** Of a pod that is over as a whole: phase Failed, with a reason. */
export const endedCauses: readonly Cause<PodCase>[] = [];
/** The node does not report, so all that it said is old. */
export const silentNode: readonly Cause<PodCase>[] = [];
/** What the node suffers from beside. */
export const nodeCauses: readonly Cause<PodCase>[] = [];
