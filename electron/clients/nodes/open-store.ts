// The store of a node, by what was found out about it.
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { KubeNode } from '../../../shared/kubernetes/objects.ts';
import type { DockerConnection } from '../docker/connection.ts';
import { containerdStore } from './containerd-store.ts';
import { dockerInNodeStore } from './docker-in-node-store.ts';
import type { FoundStore } from './find-stores.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { nodeStatusStore } from './node-status-store.ts';
import { sharedDockerStore } from './shared-docker-store.ts';

/** Opens nothing yet: each call of the store connects. @param node the newest node object that is known. */
export function openNodeImageStore(found: FoundStore, { connection, node }: { connection: DockerConnection; node(): KubeNode }): NodeImageStore {
  const info = node().status?.nodeInfo;
  if (found.sharesDocker === 'yes') return sharedDockerStore(found.node, info?.architecture, connection);
  const loadCommand = (reference: string) => commandFor(found, reference);
  if (found.container === undefined) return nodeStatusStore(found, node, loadCommand);
  const inside = {
    node: found.node, kind: found.kind, architecture: info?.architecture, container: found.container, docker: () => connection.docker(), loadCommand,
  };
  const runtime = info?.containerRuntimeVersion ?? '';
  if (runtime.startsWith('docker://')) return dockerInNodeStore(inside);
  // CRI-O has another store, which crictl could list but neither ctr nor docker could load into: its status is what is known.
  return runtime.startsWith('containerd://') ? containerdStore(inside) : nodeStatusStore(found, node, loadCommand);
}

function commandFor({ kind, cluster }: FoundStore, reference: string): string | undefined {
  const parsed = parseImageReference(reference);
  if (!parsed.ok || cluster === undefined) return undefined;
  const image = familiarName(parsed);
  if (kind === 'kind') return `kind load docker-image ${image} --name ${cluster}`;
  return kind === 'minikube' ? `minikube image load ${image} -p ${cluster}` : undefined;
}
