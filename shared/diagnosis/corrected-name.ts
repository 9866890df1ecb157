// What somebody meant by an image name that cannot be read, where only one thing can be meant.
import { parseImageReference } from '../kubernetes/image-reference.ts';

/** The name as it should be; undefined where there is more than one way to put it right, or none. */
export function correctedName(text: string): string | undefined {
  const trimmed = text.trim().replace(/^(?:https?|docker|oci):\/\//, '').replaceAll(/:{2,}/g, ':').replace(/[:/]+$/, '').replace(/^\/+/, '');
  // Upper-case letters are wrong in the name alone: a tag may have them.
  const [, name = '', rest = ''] = /^(.*?)((?::[^:/@]*)?(?:@.*)?)$/.exec(trimmed) ?? [];
  const corrected = name.toLowerCase() + rest;
  return corrected !== text && parseImageReference(corrected).ok ? corrected : undefined;
}
