// An image in the shapes of the Engine API: ImageSummary and ImageInspect.
import { familiarName } from '../runtime/image-name.ts';
import type { StoredImage } from '../runtime/runtime.ts';
import { dockerVersion } from './docker-host.ts';
import type { DockerContainer, DockerHost } from './docker-host.ts';

export const unixSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000) || 0;

interface SummaryOptions {
  readonly api: number;
  readonly sharedSize: boolean;
  readonly containers: readonly DockerContainer[];
}

export function imageSummary({ image, names, digests }: StoredImage, { api, sharedSize, containers }: SummaryOptions): object {
  const dangling = names.length === 0 && digests.length === 0;
  // Until 1.42 what has no name was shown with these (API version history, v1.43).
  const placeholder = (text: string) => (api < 43 && dangling ? [text] : []);
  return {
    Containers: api >= 51 ? containers.filter(({ imageId }) => imageId === image.id).length : -1,
    Created: unixSeconds(image.created),
    Id: image.id,
    Labels: image.config.Labels ?? null,
    ParentId: '',
    RepoDigests: digests.length > 0 ? digests.map(familiarName) : placeholder('<none>@<none>'),
    RepoTags: names.length > 0 ? names.map(familiarName) : placeholder('<none>:<none>'),
    SharedSize: sharedSize ? 0 : -1,
    Size: image.size,
    ...(api < 44 ? { VirtualSize: image.size } : {}),
  };
}

export function imageDetails({ image, names, digests }: StoredImage, host: DockerHost, api: number): object {
  const { id, config, created, architecture, os, size, layers } = image;
  return {
    Id: id,
    RepoTags: names.map(familiarName),
    RepoDigests: digests.map(familiarName),
    Parent: '',
    Comment: '',
    Created: created,
    ...(api < 45 ? { Container: '', ContainerConfig: null } : {}),
    DockerVersion: dockerVersion(host),
    Author: '',
    Config: {
      Hostname: '', Domainname: '', User: '', AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: false, OpenStdin: false, StdinOnce: false,
      Env: null, Cmd: null, Image: '', Volumes: null, WorkingDir: '', Entrypoint: null, OnBuild: null, Labels: null, ...config,
    },
    Architecture: architecture,
    Os: os,
    Size: size,
    ...(api < 44 ? { VirtualSize: size } : {}),
    GraphDriver: { Data: null, Name: 'overlay2' },
    RootFS: { Type: 'layers', Layers: layers.map(({ diffId }) => diffId) },
    Metadata: { LastTagTime: created },
  };
}
