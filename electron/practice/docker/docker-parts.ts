// What every route of the practice Docker works on.
import type { ImageStore } from '../runtime/runtime.ts';
import type { DockerEvents } from './docker-events.ts';
import type { DockerHost } from './docker-host.ts';

export interface Docker {
  readonly images: ImageStore;
  readonly host: DockerHost;
  readonly events: DockerEvents;
}
