// What nobody has a rule for: Kubernetes' own words, and never a guess.
import type { Cause, ContainerCase } from './cause.ts';

export const otherCauses: readonly Cause<ContainerCase>[] = [];
