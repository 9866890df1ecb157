import { ApiError } from './api-error.ts';

/** A place in a manifest as the server wrote it: `spec.containers[name="web"].imagePullPolcy` or `spec.containers[0].imagePullPolcy`. */
export interface SchemaProblem {
  readonly path: string;
  /** The server's words about it: `field not declared in schema`, `expected list, got &{sh}`. */
  readonly message: string;
}

// Server-side apply before 1.26 answers 500 without a reason, newer ones add the object after "typed patch object"; several problems come as an indented list.
const typedPatch = /failed to create typed patch object/;
const problem = /(?:^|\s)\.(?<path>(?:[^\s:[\]]|\[[^\]]*\])+): (?<message>[^\n]+)/;
// fieldValidation=Strict (1.25 and newer), 400 BadRequest: `strict decoding error: unknown field "spec.containers[0].imagePullPolcy"`.
const strict = /unknown field "(?<path>[^"]+)"/;

/** What an apply was refused for by the schema, if that is what the error says. The first problem, where there are several. */
export function schemaProblemOf(error: unknown): SchemaProblem | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = typedPatch.test(error.message) ? problem.exec(error.message)?.groups : undefined;
  if (found) return { path: found['path']!, message: found['message']!.trim() };
  const path = strict.exec(error.message)?.groups?.['path'];
  return path === undefined ? undefined : { path, message: 'unknown field' };
}

/** The path of a field that the server does not know; undefined: the error is about something else. */
export function unknownFieldOf(error: unknown): string | undefined {
  const found = schemaProblemOf(error);
  return found && /^(field not declared in schema|unknown field)/.test(found.message) ? found.path : undefined;
}
