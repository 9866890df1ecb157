// How an image is configured: what runs when a pod says nothing else (Engine API, Images: inspect).
import type Dockerode from 'dockerode';
import type { ImageConfig } from '../../../shared/diagnosis/world.ts';
import { callJson } from './client.ts';

interface Inspected {
  readonly Architecture?: string;
  readonly Config?: { readonly Entrypoint?: readonly string[] | string | null; readonly Cmd?: readonly string[] | string | null; readonly User?: string } | null;
}

/** @param id `sha256:...`. Rejects with docker-modem's error. */
export async function imageConfig(docker: Dockerode, id: string, signal: AbortSignal): Promise<ImageConfig> {
  const { Config, Architecture } = await callJson<Inspected>(docker, 'GET', `/images/${id}/json`, {}, signal);
  const [Entrypoint, Cmd] = [Config?.Entrypoint, Config?.Cmd].map(list);
  return { ...(Entrypoint && { Entrypoint }), ...(Cmd && { Cmd }), ...(Config?.User && { User: Config.User }), ...(Architecture && { Architecture }) };
}

/** Old images have a string where a list is meant. */
function list(value: readonly string[] | string | null | undefined): readonly string[] | undefined {
  if (value === null || value === undefined || value.length === 0) return undefined;
  return typeof value === 'string' ? [value] : value;
}
