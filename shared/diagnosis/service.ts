// SVC: the pod runs, and cannot be reached.
import type { Finding } from '../contract/findings.ts';
import type { PodCase } from './cause.ts';

/** Of a pod that is well itself. */
export function serviceFindings(_subject: PodCase): Finding[] {
  return [];
}
