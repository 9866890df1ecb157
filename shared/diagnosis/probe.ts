// PRB: what the kubelet asks the program, and its answers.
import type { Cause, ContainerCase } from './cause.ts';

export const probeCauses: readonly Cause<ContainerCase>[] = [];
