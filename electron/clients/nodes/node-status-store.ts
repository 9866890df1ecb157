// What a node says of its images in its status: the only source where its store cannot be reached. It is limited: the 50 largest images
// (kubelet --node-status-max-images), five names each, no IDs, and up to 40 s old (the kubelet renews its list every 30 s and sends it every 10 s).
import type { NodeImages, NodeStore } from '../../../shared/diagnosis/world.ts';
import type { KubeNode } from '../../../shared/kubernetes/objects.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { isName } from './shared-docker-store.ts';

const MAX_IMAGES = 50;
const MAX_NAMES = 5;

/** @param node the newest node object that is known; it is the watch's, so listing costs nothing. */
export function nodeStatusStore(found: Pick<NodeStore, 'node' | 'kind'>, node: () => KubeNode, loadCommand: NodeImageStore['loadCommand']): NodeImageStore {
  const list = async () => readNodeStatus(node());
  return {
    node: found.node, kind: found.kind, architecture: node().status?.nodeInfo?.architecture, list, loadCommand,
    identify: async reference => findNodeImage(await list(), reference),
  };
}

/** The list of a node's status; `complete` is false where an image or a name may have been left out. */
export function readNodeStatus(node: KubeNode): NodeImages {
  const images = node.status?.images ?? [];
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready') as { lastHeartbeatTime?: string } | undefined;
  return {
    node: node.metadata.name ?? '',
    source: 'node-status',
    complete: node.status?.images !== undefined && images.length < MAX_IMAGES && images.every(({ names }) => (names ?? []).length < MAX_NAMES),
    readAt: ready?.lastHeartbeatTime ?? new Date().toISOString(),
    images: images.map(({ names, sizeBytes }) => ({ id: '', names: (names ?? []).filter(isName), size: sizeBytes ?? 0 })),
  };
}
