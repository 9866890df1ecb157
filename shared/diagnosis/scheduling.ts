// SCH: no node takes the pod.
import type { Cause, PodCase } from './cause.ts';

export const schedulingCauses: readonly Cause<PodCase>[] = [];
