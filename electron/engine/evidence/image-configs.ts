// How the images of a pod's containers are configured, where Docker has them.
import type { HostImage, ImageConfig } from '../../../shared/diagnosis/world.ts';
import { containersOf, type LocatedContainer } from '../../../shared/kubernetes/containers.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { onceFor } from '../../../shared/kubernetes/once-for.ts';
import { findHostImage } from '../../../shared/kubernetes/presence.ts';
import { imageConfig } from '../../clients/docker/image-config.ts';
import type { Docker } from '../docker.ts';
import type { Asker } from './related.ts';

/** By container name. The very image that a container runs where its status names it by an ID of Docker's, else Docker's own of that name. */
export function imageConfigsOf({ answers, pod, urgent }: Asker, docker: Docker): Readonly<Record<string, ImageConfig>> {
  const images = docker.images.value;
  if (images === 'unknown') return {};
  const configs: Record<string, ImageConfig> = {};
  for (const located of containersOf(pod)) {
    const id = idOf(located, images);
    // An ID stands for what is in the image: nothing of it changes.
    const config = id === undefined ? undefined : answers.ask<ImageConfig>({
      subject: pod.metadata.uid ?? '', key: `image ${id}`, freshMs: Infinity, urgent, read: (_, signal) => imageConfig(docker.connection.docker(), id, signal),
    });
    if (config) configs[located.container.name] = config;
  }
  return configs;
}

function idOf({ container, status }: LocatedContainer, images: readonly HostImage[]): string | undefined {
  const running = /^(?:docker:\/\/)?(sha256:[0-9a-f]{64})$/.exec(status?.imageID ?? '')?.[1];
  if (running !== undefined && idsOf(images).has(running)) return running;
  // It runs something that is not in Docker: what Docker has under that name is another build.
  if (running !== undefined) return undefined;
  const reference = parseImageReference(container.image ?? '');
  return reference.ok ? findHostImage(images, reference)?.Id : undefined;
}

/** Each container asks. */
const idsOf = onceFor((images: readonly HostImage[]): ReadonlySet<string> => new Set(images.map(({ Id }) => Id)));
