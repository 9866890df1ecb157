// One Docker, as topics that the rest of the engine follows.
import type { DockerState } from '../../shared/contract/environment.ts';
import type { HostImage } from '../../shared/diagnosis/world.ts';
import { watchDocker, type DockerConnection, type HostContainer } from '../clients/docker/connection.ts';
import { thisMachine, type DockerSurroundings } from '../clients/docker/endpoint.ts';
import { createTopic, type Topic } from './topic.ts';

export interface Docker extends AsyncDisposable {
  readonly connection: DockerConnection;
  readonly state: Topic<DockerState>;
  readonly images: Topic<readonly HostImage[] | 'unknown'>;
  readonly containers: Topic<readonly HostContainer[] | 'unknown'>;
}

/** @param surroundings where to look for it; this computer by default. */
export function openDocker(surroundings: DockerSurroundings = thisMachine()): Docker {
  const state = createTopic<DockerState>({ state: 'connecting', since: new Date().toISOString() });
  const images = createTopic<readonly HostImage[] | 'unknown'>('unknown');
  const containers = createTopic<readonly HostContainer[] | 'unknown'>('unknown');
  const connection = watchDocker({
    surroundings,
    onState: (next) => state.set(next),
    onImages: (next) => images.set(next),
    onContainers: (next) => containers.set(next),
  });
  return { connection, state, images, containers, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}
