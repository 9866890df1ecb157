// CRA: the program ran and ended.
import type { Cause, ContainerCase } from './cause.ts';

export const crashCauses: readonly Cause<ContainerCase>[] = [];
