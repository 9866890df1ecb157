// F13: what is changed at a node. Every pod of the cluster feels it, and nothing restarts.
import type { Edit, Fix } from '../contract/findings.ts';
import type { KubeNode } from '../kubernetes/objects.ts';
import { changeFix } from './cause.ts';
import type { FixParts } from './cause.ts';

/** Its words also get `on`, the node's name. */
export function changeNode(key: string, { metadata: { name = '' } }: KubeNode, edits: readonly Edit[], { params = {}, recommended = true }: FixParts = {}): Fix {
  return changeFix(key, [{ on: 'object', object: { apiVersion: 'v1', kind: 'Node', name }, edits: [...edits] }], { recommended, danger: 'g', params: { on: name, ...params } });
}
