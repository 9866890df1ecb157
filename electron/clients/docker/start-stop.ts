// Starts and stops one container: a kind node is one, and kind itself has no command for it.
import type Dockerode from 'dockerode';
import { dockerFailure, statusOf } from './docker-failure.ts';

/** `POST /containers/ID/start`; one that runs already is fine (304). Throws as dockerFailure says. */
export async function startContainer(docker: Dockerode, id: string): Promise<void> {
  await unlessSo(docker, docker.getContainer(id).start());
}

/** `POST /containers/ID/stop`: its stop signal, and after Docker's ten seconds SIGKILL. One that is stopped already is fine (304). Throws as dockerFailure says. */
export async function stopContainer(docker: Dockerode, id: string): Promise<void> {
  await unlessSo(docker, docker.getContainer(id).stop());
}

async function unlessSo(docker: Dockerode, call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (statusOf(error) !== 304) throw dockerFailure(docker, error);
  }
}
