// What a builder's words mean. Docker gives no codes for them: the classic builder (moby builder/dockerfile), BuildKit's frontend
// (frontend/dockerfile) and its solver are told apart by their sentences, across their versions.
import { Failure } from '../../../shared/contract/failures.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';

export interface FailedBuild {
  /** The image that was to be built. */
  readonly image: string;
  readonly dockerfile: string;
  /** The step that failed: an instruction, or BuildKit's words for what it did itself; '' before the first one. */
  readonly step: string;
  readonly cause: string;
}

/** DOCKERFILE_INVALID, BASE_IMAGE_UNAVAILABLE, or BUILD_FAILED with the step. */
export function buildFailure({ image, dockerfile, step, cause }: FailedBuild): Failure {
  // "dockerfile parse error line 3: ..." before BuildKit 0.11, "... on line 3: ..." since; without a line where the file as a whole is meant.
  const invalid = /dockerfile parse error(?: (?:on )?line (\d+))?|failed to parse Dockerfile|the Dockerfile (?:\(.*\) )?cannot be empty|file with no instructions|no build stage in current context|failed to parse stage name/i
    .exec(cause) ?? (/^FROM /i.test(step) ? /invalid reference format/.exec(cause) : null);
  if (invalid) return new Failure('DOCKERFILE_INVALID', { file: dockerfile, line: Number(invalid[1] ?? 0) }, cause);
  const base = /^invalid from flag value (\S+): /.exec(cause)?.[1] ?? baseOf(step);
  if (base) return new Failure('BASE_IMAGE_UNAVAILABLE', { image, base }, cause);
  return new Failure('BUILD_FAILED', { image, step }, cause);
}

/** The image whose absence is all that can fail such a step: a FROM, BuildKit's look at a FROM, or at the frontend of a `# syntax=` line. */
function baseOf(step: string): string | undefined {
  const written = /^FROM (?:--platform=\S+ )?(\S+)/i.exec(step)?.[1]
    ?? /^(?:\[internal\] load metadata for|resolve image config for) (?:docker-image:\/\/)?(\S+)$/.exec(step)?.[1];
  if (!written || written === 'scratch') return undefined;
  const name = parseImageReference(written);
  return name.ok && name.digest === undefined ? familiarName(name) : written;
}
