// The store of a node, by what was found out about it.
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { KubeNode } from '../../../shared/kubernetes/objects.ts';
import type { DockerConnection } from '../docker/connection.ts';
import { toolsOfThisMachine } from '../tools/find-tool.ts';
import type { ToolSurroundings } from '../tools/find-tool.ts';
import { containerdStore } from './containerd-store.ts';
import { dockerInNodeStore } from './docker-in-node-store.ts';
import { internalAddresses, type FoundStore } from './find-stores.ts';
import { k3dStore } from './k3d-store.ts';
import { minikubeCliStore } from './minikube-cli-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { nodeStatusStore } from './node-status-store.ts';
import { sharedDockerStore } from './shared-docker-store.ts';

export interface OpenStoreOptions {
  readonly connection: DockerConnection;
  /** The newest node object that is known. */
  node(): KubeNode;
  /** Where minikube is looked for; this computer when left out. */
  readonly tools?: ToolSurroundings;
}

/** Opens nothing yet: each call of the store connects. */
export function openNodeImageStore(found: FoundStore, { connection, node, tools }: OpenStoreOptions): NodeImageStore {
  const info = node().status?.nodeInfo;
  if (found.sharesDocker === 'yes') return sharedDockerStore(found.node, info?.architecture, connection);
  const loadCommand = (reference: string) => commandFor(found, reference);
  if (found.container === undefined) {
    // Whether it shares Docker's images is not known everywhere: then it may have them already, and nothing is put into it.
    const reported = nodeStatusStore(found, node, loadCommand);
    if (!found.byMinikubeCli || found.cluster === undefined || found.sharesDocker !== 'no') return reported;
    return minikubeCliStore({
      node: found.node, architecture: info?.architecture, profile: found.cluster, addresses: () => internalAddresses(node()),
      surroundings: tools ?? toolsOfThisMachine(), loadCommand, reported: reported.list,
    });
  }
  const inside = {
    node: found.node, kind: found.kind, architecture: info?.architecture, container: found.container, docker: () => connection.docker(), loadCommand,
  };
  const runtime = info?.containerRuntimeVersion ?? '';
  if (runtime.startsWith('docker://')) return dockerInNodeStore(inside);
  // CRI-O has another store, which crictl could list but neither ctr nor docker could load into: its status is what is known.
  if (!runtime.startsWith('containerd://')) return nodeStatusStore(found, node, loadCommand);
  return found.kind === 'k3d' ? k3dStore(inside) : containerdStore(inside);
}

function commandFor({ kind, cluster }: FoundStore, reference: string): string | undefined {
  const parsed = parseImageReference(reference);
  if (!parsed.ok || cluster === undefined) return undefined;
  const image = familiarName(parsed);
  if (kind === 'kind') return `kind load docker-image ${image} --name ${cluster}`;
  if (kind === 'k3d') return `k3d image import ${image} -c ${cluster}`;
  return kind === 'minikube' ? `minikube image load ${image} -p ${cluster}` : undefined;
}
