// Why no copy of an image can be had, where that may stay so: then a person may want it removed without one.
import { Failure, causeText, type FailureParameters } from '../../../shared/contract/failures.ts';

export type WhyNotKept = FailureParameters<'IMAGE_NOT_KEPT'>['why'];

/** Undefined for what may pass, or is a fault that wants to be seen. */
export function whyNotKept(error: unknown): WhyNotKept | undefined {
  if (error instanceof Failure && error.code === 'IMAGE_NOT_KEPT') return (error as Failure<'IMAGE_NOT_KEPT'>).parameters.why;
  // Node's own errors have a code: what could not be written was the kept file. The place's come as words.
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk';
  return /no space left on device/i.test(causeText(error)) ? 'place' : undefined;
}
