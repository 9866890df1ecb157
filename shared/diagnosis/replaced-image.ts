// IMG-17: it runs, but what the registry has, and not what was built here.
import type { Finding } from '../contract/findings.ts';
import type { ImageCase } from './image-case.ts';

export function diagnoseReplaced(_subject: ImageCase): Finding | undefined {
  return undefined;
}
