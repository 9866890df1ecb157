// The store of a minikube node that is no container of the Docker we talk to: a virtual machine (qemu, kvm2, vfkit, hyperkit, VirtualBox, Hyper-V,
// ...), podman's container, or a machine reached over ssh. minikube's own command line goes there: https://minikube.sigs.k8s.io/docs/commands/image/.
// It speaks for the whole profile (`image ls` lists the images of all its nodes together, minikube issue 16557), so it is used for profiles of one node.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { dockerName } from '../docker/images.ts';
import { findTool, toolEnvironment } from '../tools/find-tool.ts';
import type { ToolSurroundings } from '../tools/find-tool.ts';
import { minikube as words, profileAddresses } from '../tools/minikube.ts';
import { runTool } from '../tools/run-tool.ts';
import { listedByMinikube } from './containerd-lists.ts';
import { findNodeImage, removalOf } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';

const TOOL = 'minikube';
/** It opens an ssh connection, and asks the machine's driver before. */
const ANSWER_MS = 60_000;
/**
 * There are no events. The list is as fresh as what the kubelet itself tells of its images (diagnosis 2.10: up to 40 s), and each reading is a
 * program and an ssh connection; what Podlab changes is read at once.
 */
export const READ_EVERY_MS = 30_000;

export interface MinikubeProfile {
  readonly node: string;
  readonly architecture: string | undefined;
  readonly profile: string;
  /** The node's own (InternalIP), as they are now: another computer's node may have the name of a profile that is here. */
  addresses(): readonly string[];
  readonly surroundings: ToolSurroundings;
  loadCommand(reference: string): string | undefined;
  /** What the node says of its images itself: where minikube is not installed, or does not know the profile (another user made it), or has another one. */
  reported(): Promise<NodeImages>;
}

/**
 * `list` gives what the node reports where minikube cannot be asked; the others throw NODE_STORE_UNREACHABLE or TOOL_FAILED with minikube's words, or
 * TOOL_MISSING. minikube ends well though an image could not be loaded or removed (it only warns), so it is looked whether it happened.
 */
export function minikubeCliStore({ node, architecture, profile, addresses, surroundings, loadCommand, reported }: MinikubeProfile): NodeImageStore {
  async function run(args: readonly string[], signal: AbortSignal, timeoutMs?: number): Promise<string> {
    const path = await findTool(TOOL, surroundings);
    if (path === undefined) throw new Failure('TOOL_MISSING', { tool: TOOL }, `${TOOL} is in no folder of programs`);
    return runTool({
      tool: TOOL, path, args, env: toolEnvironment(surroundings), signal, ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }

  let isSame = false;
  /** Asked until it is so, then not again. Nothing is read from or done to a profile that was not seen to be this node. */
  async function mustBeSame(signal: AbortSignal): Promise<void> {
    if (isSame) return;
    const known = profileAddresses(await run(words.list(false).args, signal, ANSWER_MS), profile);
    const own = addresses();
    isSame = known?.some(address => own.includes(address)) === true;
    if (isSame) return;
    const lies = (where: readonly string[]) => (where.length > 0 ? `is at ${where.join(', ')}` : 'has no address');
    const why = known ? `minikube's profile ${profile} ${lies(known)}, the node ${lies(own)}` : `minikube has no profile ${profile}`;
    throw new Failure('NODE_STORE_UNREACHABLE', { node }, why);
  }

  async function minikube(args: readonly string[], signal: AbortSignal, timeoutMs?: number): Promise<string> {
    await mustBeSame(signal);
    return run(['image', ...args, '-p', profile], signal, timeoutMs);
  }

  async function listed(signal: AbortSignal = new AbortController().signal): Promise<NodeImages> {
    try {
      const images = listedByMinikube(await minikube(['ls', '--format', 'json'], signal, ANSWER_MS));
      return { node, source: 'minikube-cli', complete: true, readAt: new Date().toISOString(), images };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure && error.code === 'TOOL_MISSING') throw error;
      throw new Failure('NODE_STORE_UNREACHABLE', { node }, error instanceof Failure ? error.raw : error);
    }
  }

  /** minikube takes and gives archives as files; `-`, its standard input, makes it write one itself and leave it behind. */
  async function inFolder<Value>(work: (file: string) => Promise<Value>): Promise<Value> {
    const folder = await mkdtemp(join(tmpdir(), 'podlab-minikube-'));
    try {
      return await work(join(folder, 'image.tar'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return {
    node, kind: 'minikube', architecture, loadCommand, readEveryMs: READ_EVERY_MS,
    list: signal => listed(signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (error instanceof Failure) return reported();
      throw error;
    }),
    identify: async (reference, signal) => findNodeImage(await listed(signal), reference),
    load: (archive, signal) => inFolder(async file => {
      await pipeline(archive, createWriteStream(file, { mode: 0o600 }), { signal });
      await minikube(['load', file], signal);
    }),
    async giveBack(reference, before) {
      const { signal } = new AbortController();
      const now = findNodeImage(await listed(signal), reference);
      if (!now || now.id === before?.id) return;
      await minikube(['rm', nameFor(reference)], signal, ANSWER_MS);
      // The whole name: containerd takes it as it is written.
      if (before) await minikube(['tag', before.id, dockerName(reference)], signal, ANSWER_MS);
    },
    async remove(reference, signal = new AbortController().signal) {
      const removal = removalOf(await listed(signal), reference);
      if (!removal) return;
      const names = removal.names.length > 0 ? removal.names : [removal.image.id];
      const words = await minikube(['rm', ...names], signal, ANSWER_MS);
      if (removalOf(await listed(signal), reference)) throw new Failure('IMAGE_NOT_REMOVED', { image: reference, place: node }, words.trim() || 'minikube says no reason');
    },
    export(reference, signal) {
      // The file is read to its end, or given up, before the folder goes.
      async function* archive(): AsyncGenerator<Buffer, void> {
        const folder = await mkdtemp(join(tmpdir(), 'podlab-minikube-'));
        try {
          const file = join(folder, 'image.tar');
          await minikube(['save', nameFor(reference), file], signal);
          yield* createReadStream(file, { signal }) as AsyncIterable<Buffer>;
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }
      return Readable.from(archive(), { objectMode: false });
    },
  };
}

/** As a person would type it; what is no name is an ID. */
function nameFor(reference: string): string {
  const parsed = parseImageReference(reference);
  return parsed.ok && !reference.startsWith('sha256:') ? familiarName(parsed) : reference;
}
