// CRE and RUN: the runtime cannot create the container, or cannot start its program.
import type { Cause, ContainerCase } from './cause.ts';

export const createCauses: readonly Cause<ContainerCase>[] = [];
