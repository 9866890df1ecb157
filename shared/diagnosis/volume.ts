// VOL and SBX: the node cannot bring the pod's volumes or its sandbox up, so no container starts.
import type { Cause, PodCase } from './cause.ts';

export const startCauses: readonly Cause<PodCase>[] = [];
