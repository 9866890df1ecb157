// A typed image name, read before anything is asked of it.
import type { FailureData } from '../../../shared/contract/failures.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';

/** Why a typed text is no image's name, as the engine would say it; undefined where it is one, or nothing was typed. */
export function imageNameProblem(image: string): FailureData | undefined {
  if (image === '') return undefined;
  const reference = parseImageReference(image);
  return reference.ok ? undefined : { code: 'IMAGE_NAME_INVALID', params: { image, reason: reference.reason }, cause: '' };
}
