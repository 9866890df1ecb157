// Brings an image from the host's Docker into nodes' own stores, as `kind load docker-image` and `minikube image load` do, but streamed: one save
// for all nodes, no temporary file, one platform, without the layers that a node has, and read back afterwards (an image that was loaded without
// its name is a common trap: kind 4184).
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { pack } from 'tar-stream';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import type { NodeImage } from '../../../shared/diagnosis/world.ts';
import { saveImage } from '../docker/save.ts';
import { dockerFailure } from '../docker/docker-failure.ts';
import { archiveIdentity } from './archive-identity.ts';
import { createLoadMeter } from './load-meter.ts';
import type { LoadMeter, LoadProgress } from './load-meter.ts';
import { imageToLoad, requireLoadable } from './image-to-load.ts';
import type { ImageToLoad } from './image-to-load.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { ArchiveNotUnderstood, sendArchive } from './send-archive.ts';

export interface LoadOptions {
  readonly docker: Dockerode;
  readonly reference: string;
  readonly signal: AbortSignal;
  onProgress?(progress: LoadProgress): void;
}

export interface LoadedImage {
  /** sha256:... as the node has it. */
  readonly imageId: string;
  /** What was sent; 0 when it was there already. */
  readonly bytes: number;
  /** The line a person would type; '' where the node needs no loading. */
  readonly command: string;
  readonly alreadyThere: boolean;
}

/** What became of one node: the image is there, seen so, or a failure that names the node. */
export type LoadOutcome = { readonly node: string } & ({ readonly loaded: LoadedImage } | { readonly failure: unknown });

/**
 * Resolves once the node has the image under its full name and with the right ID. Throws IMAGE_NAME_INVALID, IMAGE_HAS_NO_NAME,
 * IMAGE_NOT_IN_DOCKER, PLATFORM_MISSING, NOTHING_TO_LOAD_INTO (the store takes nothing), NODE_DISK_FULL, LOAD_FAILED (with the node's words),
 * LOAD_NOT_VERIFIED, NODE_STORE_UNREACHABLE, DOCKER_*, or the signal's reason: then the name is as it was.
 */
export async function loadImage({ store, ...options }: LoadOptions & { readonly store: NodeImageStore }): Promise<LoadedImage> {
  const [outcome] = await loadIntoStores({ ...options, stores: [store] });
  if (outcome && 'loaded' in outcome) return outcome.loaded;
  throw outcome?.failure;
}

/**
 * The same for several nodes at once: one that fails does not keep the others from it.
 * Throws what concerns them all: IMAGE_NAME_INVALID, IMAGE_HAS_NO_NAME, IMAGE_NOT_IN_DOCKER, DOCKER_*, or the signal's reason.
 * @returns in the order of `stores`
 */
export async function loadIntoStores({ docker, stores, reference, signal, onProgress }: LoadOptions & { readonly stores: readonly NodeImageStore[] }): Promise<LoadOutcome[]> {
  const image = await imageToLoad(docker, reference, signal);
  const meter = createLoadMeter(image.size, onProgress);
  const outcomes = new Map<NodeImageStore, { loaded: LoadedImage } | { failure: unknown }>();
  const settle = async (store: NodeImageStore, work: () => Promise<LoadedImage | undefined>) => {
    try {
      const loaded = await work();
      if (loaded) outcomes.set(store, { loaded });
    } catch (error) {
      signal.throwIfAborted();
      outcomes.set(store, { failure: fault(error, image, store) });
    }
  };

  const before = new Map<NodeImageStore, NodeImage | undefined>();
  await Promise.all(stores.map(store => settle(store, async () => {
    const there = await store.identify(image.reference, signal);
    before.set(store, there);
    if (there?.id === image.id) return { imageId: image.id, bytes: 0, command: store.loadCommand(image.reference) ?? '', alreadyThere: true };
    await requireLoadable(docker, image, store, signal);
    if (!store.load) throw new Failure('NOTHING_TO_LOAD_INTO', { image: reference }, `${store.node}: ${store.kind}`);
    return undefined;
  })));

  const needy = stores.filter(store => !outcomes.has(store));
  const attempts = await sendToAll(docker, image, needy, meter, signal);
  try {
    for (const [store, attempt] of attempts) {
      await settle(store, async () => {
        try {
          signal.throwIfAborted();
          return await finish(store, attempt);
        } catch (error) {
          // containerd gives the name before it unpacks: a full disk or a layer that was changed shows only then.
          if (!signal.aborted) await giveBack(store);
          throw error;
        }
      });
    }
  } catch (cancelled) {
    // Each node may have it by now, also those whose turn has not come and those that were done with.
    await Promise.all(needy.map(giveBack));
    throw cancelled;
  }
  return stores.map(store => ({ node: store.node, ...outcomes.get(store)! }));

  /** The name leads to what it led to, or to nothing: what is only half there must not be taken for the image. */
  async function giveBack(store: NodeImageStore): Promise<void> {
    await store.giveBack?.(image.reference, before.get(store)).catch(() => {});
  }

  async function finish(store: NodeImageStore, attempt: Attempt): Promise<LoadedImage> {
    if (attempt.error === undefined) {
      const loaded = await readBack(store, attempt.ids).catch((error: unknown) => { if (!attempt.leftOut) throw error; });
      if (loaded) return loaded;
    } else if (!(attempt.leftOut || attempt.error instanceof ArchiveNotUnderstood) || isFinal(attempt.error)) throw attempt.error;
    // What was left out was not there after all: lost, or on its way to the garbage.
    return readBack(store, await sendWhole(docker, image, store, meter, signal));
  }

  async function readBack(store: NodeImageStore, ids: readonly string[]): Promise<LoadedImage> {
    const after = await store.identify(image.reference, signal);
    if (after === undefined || !ids.includes(after.id)) {
      throw new Failure('LOAD_NOT_VERIFIED', { image: reference, node: store.node }, `${ids[0] ?? image.id} was sent, the node has ${after?.id ?? 'none'}`);
    }
    return { imageId: after.id, bytes: meter.sentTo(store), command: store.loadCommand(image.reference) ?? '', alreadyThere: false };
  }
}

interface Attempt {
  readonly error?: unknown;
  /** What the node may call the image. */
  readonly ids: readonly string[];
  /** Something was not sent, because the node said that it has it. */
  readonly leftOut: boolean;
}

/** One save for all. Rejects with the signal's reason when no node can have the image yet; a later cancel is the caller's to find. */
async function sendToAll(
  docker: Dockerode, image: ImageToLoad, stores: readonly NodeImageStore[], meter: LoadMeter, signal: AbortSignal,
): Promise<Map<NodeImageStore, Attempt>> {
  if (stores.length === 0) return new Map();
  const errors = new Map<NodeImageStore, unknown>();
  const archives = new Map(stores.map(store => [store, pack({ highWaterMark: READ_AHEAD })]));
  // The commands in the nodes start while Docker still prepares its archive, which takes it longest.
  const loads = [...archives].map(async ([store, archive]) => {
    archive.on('error', () => {}); // told by its reader
    try {
      await store.load!(archive as unknown as Readable, signal); // a stream of streamx is one of Node's to its readers
    } catch (error) {
      if (!errors.has(store)) errors.set(store, error);
    } finally {
      archive.destroy();
    }
  });
  let ids: readonly string[] = [];
  const leftOut = new Set<NodeImageStore>();
  try {
    const asked = Promise.all(stores.map(async store => await store.holds?.(image.layers, signal).catch(() => NOTHING) ?? NOTHING));
    const saved = await save(docker, image, stores[0]!, signal);
    const held = await asked;
    ids = await sendArchive(saved, image, stores.map((store, index) => {
      meter.expect(store, image.layers, held[index]!);
      return {
        has: held[index]!, archive: archives.get(store)!,
        onBytes: count => meter.sent(store, count),
        onLeftOut(layer, size) {
          leftOut.add(store);
          meter.leftOut(store, layer, size);
        },
      };
    }));
  } catch (error) {
    const cause = signal.aborted ? signal.reason as unknown : dockerFailure(docker, error);
    for (const [store, archive] of archives) {
      if (!errors.has(store)) errors.set(store, cause);
      archive.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }
  await Promise.all(loads);
  if (ids.length === 0) signal.throwIfAborted();
  return new Map(stores.map(store => [store, { ...(errors.has(store) && { error: errors.get(store) }), ids, leftOut: leftOut.has(store) }]));
}

/** Bytes that wait for a node: the commands on the way take less at once than they could where every chunk waits for the one before. */
const READ_AHEAD = 1024 * 1024;
const NOTHING: ReadonlyMap<string, number | undefined> = new Map();

/** Docker's archive as it is. @returns what the node may call the image */
async function sendWhole(docker: Dockerode, image: ImageToLoad, store: NodeImageStore, meter: LoadMeter, signal: AbortSignal): Promise<readonly string[]> {
  meter.expectWhole(store);
  let total = 0;
  const archive = await save(docker, image, store, signal, bytes => {
    meter.sent(store, bytes - total);
    total = bytes;
  });
  const sent = archiveIdentity(archive);
  try {
    await store.load!(sent.archive, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    archive.destroy();
  }
  // Docker with its images in containerd gives a manifest's digest as ID; what counts is the config that was sent.
  return [await sent.imageId() ?? image.id, image.id];
}

const save = (docker: Dockerode, image: ImageToLoad, { architecture }: NodeImageStore, signal: AbortSignal, onBytes?: (total: number) => void) =>
  saveImage(docker, image.name, { signal, ...(architecture && { platform: { os: 'linux', architecture } }), ...(onBytes && { onBytes }) });

const isDiskFull = (error: unknown): boolean => /no space left on device/i.test(causeText(error));
/** What a second, longer try would only meet again. */
const isFinal = (error: unknown): boolean => isDiskFull(error) || error instanceof Failure;

function fault(error: unknown, { reference }: ImageToLoad, { node }: NodeImageStore): unknown {
  if (isDiskFull(error)) return new Failure('NODE_DISK_FULL', { image: reference, node }, error);
  return error instanceof Failure && error.code !== 'DOCKER_ERROR' ? error : new Failure('LOAD_FAILED', { image: reference, node }, error);
}
