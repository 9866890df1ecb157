// What is wrong with a text, as the screen gets it: a failure and its place.
import { Failure, type FailureCode, type FailureParameters } from '../../../shared/contract/failures.ts';
import type { Problem } from '../../../shared/contract/objects.ts';

/** A failure as one of a text's problems; its parameters' `line` and `path` are where it is, unless they are given. */
export function problemOf<Code extends FailureCode>(code: Code, params: FailureParameters<Code>, cause: unknown, line?: number, path?: string): Problem {
  const data = new Failure(code, params, cause).toData();
  const { line: itsLine, path: itsPath, suggestion } = data.params;
  return {
    ...data, line: line ?? Number(itsLine ?? 0), path: path ?? String(itsPath ?? ''),
    ...(typeof suggestion === 'string' && suggestion !== '' ? { suggestion } : {}),
  };
}
