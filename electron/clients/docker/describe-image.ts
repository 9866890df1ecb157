// All that Docker knows of one image: its configuration and how it came to be (Engine API, Images: inspect and history).
import type Dockerode from 'dockerode';
import type { ImageDetail } from '../../../shared/contract/images.ts';
import { callJson } from './client.ts';
import { dockerName, imageFailure } from './images.ts';

interface Inspected {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly Os: string;
  readonly Architecture: string;
  readonly Created?: string;
  readonly Size: number;
  readonly Config: {
    readonly Entrypoint?: readonly string[] | string | null;
    readonly Cmd?: readonly string[] | string | null;
    readonly Env?: readonly string[] | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly User?: string;
    readonly WorkingDir?: string;
  } | null;
}

interface HistoryEntry {
  /** Unix seconds; 0 or less where the builder wrote no time. */
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Size: number;
}

/** @param reference a name or an ID. Throws IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, or as dockerFailure says. */
export async function describeImage(docker: Dockerode, reference: string, signal?: AbortSignal): Promise<ImageDetail> {
  const name = dockerName(reference);
  try {
    const found = await callJson<Inspected>(docker, 'GET', `/images/${name}/json`, {}, signal);
    // By its ID: the name may have gone to another build between the two questions.
    const history = await callJson<readonly HistoryEntry[]>(docker, 'GET', `/images/${found.Id}/history`, {}, signal);
    const config = found.Config ?? {};
    return {
      imageId: found.Id,
      names: (found.RepoTags ?? []).filter((tag) => !tag.includes('<none>')),
      os: found.Os, architecture: found.Architecture, size: found.Size,
      ...(found.Created && { createdAt: found.Created }),
      layers: history.toReversed().map(({ Created, CreatedBy, Size }) => ({
        command: CreatedBy, size: Size, ...(Created > 0 && { createdAt: new Date(Created * 1000).toISOString() }),
      })),
      entrypoint: list(config.Entrypoint), command: list(config.Cmd), env: list(config.Env),
      ports: Object.keys(config.ExposedPorts ?? {}), user: config.User ?? '', workingDirectory: config.WorkingDir ?? '',
    };
  } catch (error) {
    throw imageFailure(docker, reference, error);
  }
}

/** Old images have a string where a list is meant. */
function list(value: readonly string[] | string | null | undefined): string[] {
  return typeof value === 'string' ? [value] : [...value ?? []];
}
