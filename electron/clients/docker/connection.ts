// The live connection to Docker: one client, its state, and the lists of images and containers kept true by Docker's own events.
import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { FailureData } from '../../../shared/contract/failures.ts';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import type { HostImage } from '../../../shared/diagnosis/world.ts';
import { dockerClient, getStream, ping } from './client.ts';
import type { DockerEndpoint } from './client.ts';
import { coalescedRead } from './coalesced-read.ts';
import type { HostContainer } from './containers.ts';
import { listContainers } from './containers.ts';
import type { DockerSurroundings } from './endpoint.ts';
import { endpointCandidates, findDockerEndpoint, thisMachine } from './endpoint.ts';
import { listImages } from './images.ts';
import { jsonLines } from './json-lines.ts';

export type { HostContainer };

export interface DockerState {
  readonly state: 'connecting' | 'connected' | 'absent' | 'refused' | 'stopped';
  /** RFC 3339. */
  readonly since: string;
  readonly endpoint?: string;
  readonly source?: DockerEndpoint['source'];
  /** The Docker context's name, when one was chosen. */
  readonly context?: string;
  readonly version?: string;
  readonly apiVersion?: string;
  /** absent: DOCKER_ABSENT, refused: DOCKER_REFUSED, stopped: DOCKER_STOPPED. */
  readonly cause?: FailureData;
}

export interface DockerConnection extends AsyncDisposable {
  readonly state: DockerState;
  /** The client. Throws DOCKER_ABSENT, DOCKER_REFUSED or DOCKER_STOPPED while there is no connection. */
  docker(): Dockerode;
  currentImages(): readonly HostImage[] | 'unknown';
  containers(): readonly HostContainer[] | 'unknown';
  /** Calls back whenever currentImages() has changed. Returns what ends it. */
  subscribeImages(onChange: () => void): () => void;
  /** Reads both lists now; resolves once they are told. Does nothing while there is no connection. */
  refresh(): Promise<void>;
}

export interface WatchDockerOptions {
  onState(state: DockerState): void;
  /** 'unknown' once when the connection is lost. */
  onImages(images: readonly HostImage[] | 'unknown'): void;
  onContainers?(containers: readonly HostContainer[] | 'unknown'): void;
  readonly signal?: AbortSignal;
  readonly surroundings?: DockerSurroundings;
}

/** Events that change a list. Named to Docker, so that the exec events of health checks are not even sent (Engine API: /events). */
const EVENTS = {
  type: ['image', 'container', 'network'],
  event: ['create', 'start', 'die', 'pause', 'unpause', 'destroy', 'rename', 'connect', 'disconnect', 'pull', 'tag', 'untag', 'delete', 'import', 'load', 'prune'],
};
const SETTLE = 100;
const PROBE_INTERVAL = 3_000;
const PING_TIMEOUT = 2_000;
const BACK_OFF = { first: 1_000, most: 30_000 };

/**
 * Finds Docker, connects, and keeps telling its state and lists until it is closed (the signal, or disposal). Never throws: what is wrong
 * is a state. It comes back by itself when Docker does.
 */
export function watchDocker(options: WatchDockerOptions): DockerConnection {
  const closer = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closer.signal]) : closer.signal;
  const surroundings = options.surroundings ?? thisMachine();
  let state: DockerState = { state: 'connecting', since: new Date().toISOString() };
  let failure: Failure = new Failure('DOCKER_ABSENT', { endpoint: '' }, 'not connected yet');
  let client: Dockerode | undefined;
  let images: readonly HostImage[] | 'unknown' = 'unknown';
  let containers: readonly HostContainer[] | 'unknown' = 'unknown';
  let refresh = async (): Promise<void> => {};
  const imageListeners = new Set<() => void>();

  function tell(next: Omit<DockerState, 'since'>): void {
    const { since, ...before } = state;
    if (signal.aborted || JSON.stringify(before) === JSON.stringify(next)) return;
    state = { ...next, since: before.state === next.state ? since : new Date().toISOString() };
    options.onState(state);
  }
  function tellImages(next: readonly HostImage[] | 'unknown'): void {
    if (signal.aborted || JSON.stringify(images) === JSON.stringify(next)) return;
    images = next;
    options.onImages(next);
    for (const onChange of imageListeners) onChange();
  }
  function tellContainers(next: readonly HostContainer[] | 'unknown'): void {
    if (signal.aborted || JSON.stringify(containers) === JSON.stringify(next)) return;
    containers = next;
    options.onContainers?.(next);
  }

  async function run(): Promise<void> {
    let was: DockerEndpoint | undefined;
    while (!signal.aborted) {
      try {
        const endpoint = await findDockerEndpoint(surroundings, signal);
        const lost = await stay(endpoint);
        was = endpoint;
        failure = new Failure('DOCKER_STOPPED', { endpoint: endpoint.endpoint }, lost);
        tell({ state: 'stopped', ...named(endpoint), cause: failure.toData() });
      } catch (error) {
        if (signal.aborted) return;
        failure = error instanceof Failure ? error : new Failure('DOCKER_ABSENT', { endpoint: was?.endpoint ?? '' }, error);
        // Once it was there, "stopped" says more than "absent"; a socket that may no longer be opened is news.
        if (failure.code === 'DOCKER_REFUSED') tell({ state: 'refused', endpoint: String(failure.toData().params.endpoint), cause: failure.toData() });
        else if (!was) tell({ state: 'absent', cause: failure.toData() });
        await somethingMayHaveChanged();
      }
    }
  }

  /** Connected: resolves with the reason once Docker no longer answers. Throws if it could not even be read once. */
  async function stay(endpoint: DockerEndpoint): Promise<unknown> {
    const docker = dockerClient(endpoint);
    const imageRead = coalescedRead(async () => tellImages(await listImages(docker, signal)), SETTLE, () => {});
    const containerRead = coalescedRead(async () => tellContainers(await listContainers(docker, signal)), SETTLE, () => {});
    let pause = BACK_OFF.first;
    let since: string | undefined;
    try {
      for (;;) {
        // The events first, the lists second: a change between the two is told twice rather than never.
        let lost: unknown = 'the event stream ended';
        const ended = new AbortController();
        try {
          const events = await getStream(docker, '/events', { filters: EVENTS, ...(since && { since }) }, AbortSignal.any([signal, ended.signal]));
          const version = await docker.version();
          await Promise.all([imageRead.now(), containerRead.now()]);
          client = docker;
          refresh = async () => { await Promise.all([imageRead.now(), containerRead.now()]); };
          tell({ state: 'connected', ...named(endpoint), version: version.Version, apiVersion: version.ApiVersion });
          for await (const event of jsonLines(events) as AsyncGenerator<{ Type?: string; timeNano?: number }>) {
            pause = BACK_OFF.first;
            if (event.timeNano) since = (event.timeNano / 1e9).toFixed(3);
            (event.Type === 'image' ? imageRead : containerRead).changed();
          }
        } catch (error) {
          if (!client) throw error;
          lost = error;
        } finally {
          ended.abort();
        }
        signal.throwIfAborted();
        // A proxy or a Docker that reloads may end the stream though Docker is well; only a ping tells.
        try {
          await ping(docker, AbortSignal.any([signal, AbortSignal.timeout(PING_TIMEOUT)]));
        } catch (error) {
          signal.throwIfAborted();
          return `${causeText(lost)}; ${causeText(error) || 'no answer'}`;
        }
        await delay(pause, undefined, { signal });
        pause = Math.min(pause * 2, BACK_OFF.most);
      }
    } finally {
      imageRead[Symbol.dispose]();
      containerRead[Symbol.dispose]();
      client = undefined;
      refresh = async () => {};
      tellImages('unknown');
      tellContainers('unknown');
    }
  }

  /**
   * Resolves when a folder that holds (or held) a socket changes, and in any case after 3 s: a TCP port, a Docker context and a folder that
   * is not there yet have no events, so here, and only while Docker is away, we ask again and again.
   */
  async function somethingMayHaveChanged(): Promise<void> {
    const woken = new AbortController();
    const candidates = await endpointCandidates(surroundings).catch(() => []);
    const folders = new Set(candidates.flatMap(({ endpoint }) => endpoint.startsWith('unix://') ? [dirname(endpoint.slice('unix://'.length))] : []));
    const watchers = [...folders].flatMap(folder => {
      try {
        // The socket's file appears a moment before Docker listens on it.
        return [watch(folder, () => setTimeout(() => woken.abort(), SETTLE)).on('error', () => {})];
      } catch {
        return [];
      }
    });
    await delay(PROBE_INTERVAL, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => {});
    for (const watcher of watchers) watcher.close();
  }

  const running = run();
  return {
    get state() { return state; },
    docker() {
      if (!client) throw failure;
      return client;
    },
    currentImages: () => images,
    containers: () => containers,
    subscribeImages(onChange) {
      imageListeners.add(onChange);
      return () => { imageListeners.delete(onChange); };
    },
    refresh: () => refresh(),
    async [Symbol.asyncDispose]() {
      closer.abort();
      await running.catch(() => {});
    },
  };
}

const named = ({ endpoint, source, context }: DockerEndpoint) => ({ endpoint, source, ...(context && { context }) });
