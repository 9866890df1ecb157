// IMG-15 and IMG-19: a name that cannot be read, and a node that cannot read its own images.
import type { Finding } from '../contract/findings.ts';
import type { ContainerCase } from './cause.ts';

export function diagnoseImageName(_subject: ContainerCase): Finding | undefined {
  return undefined;
}
