// A field of the pod that a person has to write: where Podlab knows that something is wrong there, but not what was meant.
import type { Fix } from '../contract/findings.ts';
import { isChangeable, writeFix } from './cause.ts';
import type { FixParts, PodCase } from './cause.ts';

/** None where Podlab does not know how the pod's owner makes its pods. The path is also a parameter of its words. */
export function writePath(subject: PodCase, key: string, path: string, options: FixParts = {}): Fix[] {
  return isChangeable(subject) ? [writeFix(key, { path }, { ...options, params: { path, ...options.params } })] : [];
}
