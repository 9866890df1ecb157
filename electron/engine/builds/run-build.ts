// One build, told to whoever watches and remembered.
import type { BuildSettings } from '../../../shared/contract/builds.ts';
import type { FailureCode } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { buildCommand, buildImage } from '../../clients/docker/build.ts';
import type { BuiltImage } from '../../clients/docker/build-request.ts';
import type { Teller } from '../activity/activity.ts';
import type { Docker } from '../docker.ts';
import { atHome } from './home-path.ts';
import type { RecentBuilds } from './recent-builds.ts';

export interface BuildParts {
  readonly docker: Docker;
  readonly recent: RecentBuilds;
}

/** The settings as the client takes them: what was left empty is left out, and `~/` is a folder. */
export function settled({ folder, image, dockerfile, target, arguments: values }: BuildSettings): BuildSettings {
  return {
    folder: atHome(folder.trim()),
    image: image.trim(),
    ...(dockerfile?.trim() ? { dockerfile: dockerfile.trim() } : {}),
    ...(target?.trim() ? { target: target.trim() } : {}),
    ...(values && Object.keys(values).length > 0 ? { arguments: values } : {}),
  };
}

/** The docker CLI's line for these settings. */
export function lineOf({ folder, image, dockerfile, target, arguments: buildArgs }: BuildSettings): string {
  return buildCommand({ folder, tag: image, dockerfile, target, ...(buildArgs ? { buildArgs } : {}) });
}

/** A build that these ended was begun by Docker: the person will fix it and want it again. A wrong name or folder is typed anew. */
const WORTH_KEEPING: ReadonlySet<string> = new Set<FailureCode>(['BUILD_FAILED', 'DOCKERFILE_INVALID', 'BASE_IMAGE_UNAVAILABLE', 'IGNORE_FILE_INVALID']);

/** @param settings from `settled`. @throws what buildImage throws. */
export async function runBuild({ docker, recent }: BuildParts, settings: BuildSettings, tell: Teller, signal: AbortSignal): Promise<BuiltImage> {
  const { folder, image, dockerfile, target, arguments: buildArgs } = settings;
  tell.step('step.build', { image });
  const at = new Date().toISOString();
  try {
    const built = await buildImage(docker.connection.docker(), {
      folder,
      tag: image,
      dockerfile,
      target,
      ...(buildArgs ? { buildArgs } : {}),
      signal,
      onLog: (text) => tell.log(text),
      onStep: (step) => tell.buildStep(step),
    });
    await recent.add({ ...settings, at, imageId: built.imageId });
    await docker.connection.refresh();
    return built;
  } catch (error) {
    if (!signal.aborted && WORTH_KEEPING.has(failureOf(error)?.code ?? '')) await recent.add({ ...settings, at });
    throw error;
  }
}
