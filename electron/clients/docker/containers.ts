// The containers of the host's Docker: the kubelet labels its own with the pod's UID, kind and minikube label their nodes.
import type Dockerode from 'dockerode';
import { dockerFailure } from './docker-failure.ts';

export interface HostContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** created, running, paused, restarting, exited or dead. */
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its addresses in Docker's networks. */
  readonly addresses: readonly string[];
}

/** `GET /containers/json?all=1`: those that do not run count too (a pod's sandbox that has ended still names its pod). Throws as dockerFailure says. */
export async function listContainers(docker: Dockerode, signal?: AbortSignal): Promise<HostContainer[]> {
  try {
    const containers = await docker.listContainers({ all: true, ...(signal && { abortSignal: signal }) });
    return containers.map(container => ({
      id: container.Id,
      name: (container.Names[0] ?? '').replace(/^\//, ''),
      image: container.Image,
      imageId: container.ImageID,
      state: container.State,
      labels: container.Labels ?? {},
      addresses: Object.values(container.NetworkSettings?.Networks ?? {}).map(network => network.IPAddress).filter(Boolean),
    }));
  } catch (error) {
    throw dockerFailure(docker, error);
  }
}
