// CFG: the kubelet cannot put together what the container is to get (waiting reason CreateContainerConfigError).
import type { Cause, ContainerCase } from './cause.ts';

export const configCauses: readonly Cause<ContainerCase>[] = [];
