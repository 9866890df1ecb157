// INI: the steps before the app, and what waits for them.
import type { Finding } from '../contract/findings.ts';
import type { Cause, ContainerCase } from './cause.ts';

/** A finding about an init container says, too, which step it is and that the app waits for it. */
export function inStep(_subject: ContainerCase, finding: Finding): Finding {
  return finding;
}

/** An init container that suffers from nothing that is known. */
export const initCauses: readonly Cause<ContainerCase>[] = [];
