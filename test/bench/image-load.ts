// Podlab's load into a kind node beside the real `kind load docker-image`, turn by turn on the same node: an image of 200 MB that the node has
// nothing of, and the same after a change in its last layer. The images are FROM scratch with random bytes, which no store can make smaller.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type Dockerode from 'dockerode';
import type { BenchResult } from '../../build/bench.ts';
import { dockerClient } from '../../electron/clients/docker/client.ts';
import { listContainers } from '../../electron/clients/docker/containers.ts';
import { findDockerEndpoint } from '../../electron/clients/docker/endpoint.ts';
import { execInContainer } from '../../electron/clients/docker/exec.ts';
import { removeImage } from '../../electron/clients/docker/images.ts';
import { containerdStore } from '../../electron/clients/nodes/containerd-store.ts';
import { loadImage } from '../../electron/clients/nodes/load.ts';
import type { NodeImageStore } from '../../electron/clients/nodes/node-image-store.ts';
import { findTool, toolEnvironment, toolsOfThisMachine } from '../../electron/clients/tools/find-tool.ts';
import { giveImage, randomLayer } from '../fixtures/random-image.ts';

const PAIRS = 5;
const SIZE = 200_000_000;
const NAME = 'podlab-bench-image-load:1';
const CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
const never = new AbortController().signal;

interface Bench {
  readonly docker: Dockerode;
  /** The node's container. */
  readonly node: string;
  readonly store: NodeImageStore;
  /** `kind load docker-image NAME`. */
  kindLoad(): Promise<void>;
  /** Takes the image and all of its content from the node. */
  forget(): Promise<void>;
}

/** Skipped where the `kind` program or a node of a kind cluster is missing. */
export async function bench(tell: (text: string) => void): Promise<BenchResult> {
  const surroundings = toolsOfThisMachine();
  const kind = await findTool('kind', surroundings);
  if (kind === undefined) return { skipped: 'the program kind is not installed (Debian sid has it as package kind)' };
  const docker = dockerClient(await findDockerEndpoint());
  const node = (await listContainers(docker)).find(({ labels, state }) => labels[CLUSTER_LABEL] && state === 'running');
  if (!node) return { skipped: 'no node of a kind cluster runs in this Docker' };
  const store = containerdStore({ node: node.name, kind: 'kind', architecture: undefined, docker: () => docker, container: node.id, loadCommand: () => undefined });
  const parts: Bench = {
    docker, store, node: node.id,
    async kindLoad() {
      await promisify(execFile)(kind, ['load', 'docker-image', NAME, '--name', node.labels[CLUSTER_LABEL]!], { env: toolEnvironment(surroundings) });
    },
    async forget() {
      const image = await store.identify(NAME);
      const names = image?.names.filter((name) => !name.includes('@')) ?? [];
      const imported = await execInContainer(docker, node.id, ['sh', '-c', 'ctr -n k8s.io images ls -q | grep "^import-" || true']);
      const all = [...names, ...(image ? [image.id] : []), ...imported.stdout.split('\n').filter(Boolean)];
      if (all.length > 0) await execInContainer(docker, node.id, ['ctr', '--namespace=k8s.io', 'images', 'rm', '--sync', ...all]);
    },
  };
  try {
    const base = await randomLayer('base', SIZE);
    const first = await giveImage(docker, NAME, [base, await randomLayer('top', 2000)]);
    const firstLoads = await inTurns(PAIRS, tell, 'first load', async (load) => {
      await parts.forget();
      return loadTimed(parts, load, first);
    });
    await loadImage({ docker, store, reference: NAME, signal: never });
    const reloads = await inTurns(PAIRS, tell, 'reload', async (load) => {
      const changed = await giveImage(docker, NAME, [base, await randomLayer('top', 2000)]);
      return loadTimed(parts, load, changed);
    });
    return {
      measured: [
        { what: 'first load of 200 MB', aim: 1.3, ...firstLoads },
        { what: 'reload after a change in the last layer', aim: 3, ...reloads },
      ],
    };
  } finally {
    await parts.forget();
    await removeImage(docker, NAME).catch(() => {}); // Docker may never have got it
  }
}

type Load = (parts: Bench) => Promise<unknown>;
const podlab: Load = ({ docker, store }) => loadImage({ docker, store, reference: NAME, signal: never });
const other: Load = ({ kindLoad }) => kindLoad();

/** Both in each pair, the one first and the other first by turns, so that what else the machine does is shared out. */
async function inTurns(pairs: number, tell: (text: string) => void, what: string, measure: (load: Load) => Promise<number>) {
  const podlabs: number[] = [];
  const others: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    for (const load of pair % 2 === 0 ? [podlab, other] : [other, podlab]) (load === podlab ? podlabs : others).push(await measure(load));
    tell(`${what} ${pair + 1}/${pairs}: Podlab ${Math.round(podlabs.at(-1)!)} ms, kind ${Math.round(others.at(-1)!)} ms`);
  }
  return { podlabMs: median(podlabs), otherMs: median(others), ratio: median(others.map((time, pair) => time / podlabs[pair]!)), pairs };
}

async function loadTimed(parts: Bench, load: Load, id: string): Promise<number> {
  // What the preparation left to be written would be waited for by whoever comes first.
  await execInContainer(parts.docker, parts.node, ['sync']);
  const began = performance.now();
  await load(parts);
  const time = performance.now() - began;
  if ((await parts.store.identify(NAME))?.id !== id) throw new Error('the node does not have what was loaded');
  return time;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
