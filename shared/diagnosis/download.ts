// IMG-23: the image is on its way.
import type { Finding } from '../contract/findings.ts';
import type { ImageCase } from './image-case.ts';

export function diagnoseDownload(_subject: ImageCase): Finding | undefined {
  return undefined;
}
