// The line that takes an image out of a node's own store, as a person would type it: the engine writes it down, the screen says it beforehand.
import type { NodeInfo } from '../contract/environment.ts';

/**
 * Its words. In a node that is a container the store's own command is run, in that node alone; minikube's command is for a machine that Docker does not
 * have. Undefined where such a machine's profile is not known.
 * @param key the image's full name, or the ID of one without a name: containerd takes no short name
 * @param shortName as a person writes it
 */
export function nodeRemoval(node: Pick<NodeInfo, 'name' | 'runtime' | 'store'>, key: string, shortName: string): string[] | undefined {
  const { kind, known, cluster } = node.store;
  if (kind === 'minikube' && known !== 'node-container-label') return cluster === undefined ? undefined : ['minikube', 'image', 'rm', shortName, '-p', cluster];
  if (node.runtime.startsWith('docker://')) return ['docker', 'exec', node.name, 'docker', 'rmi', shortName];
  return ['docker', 'exec', node.name, 'ctr', '--namespace=k8s.io', 'images', 'rm', key];
}
