// kind's command line: https://kind.sigs.k8s.io/docs/user/quick-start/. It cannot start or stop a cluster: a node is a container, and Docker can.
import type { ClusterToolWords } from './cluster-tool.ts';

/** kind's own rule is `^[a-z0-9.-]+$` and 50 at most (pkg/cluster/internal/create); Docker wants a container's name to begin with a letter or a digit. */
const NAME = /^[a-z0-9][a-z0-9.-]{0,49}$/;

export const kind: ClusterToolWords = {
  version: { args: ['version'] },
  readVersion: (printed) => /\bv(\d+\.\d+\.\d+\S*)/.exec(printed)?.[1],
  list: () => ({ args: ['get', 'clusters'] }),
  // "No kind clusters found." goes to stderr.
  readList: (printed) =>
    printed.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((name) => ({ name, state: 'unknown', nodes: [], inDocker: true })),
  isName: (name) => NAME.test(name),
  contextOf: (name) => `kind-${name}`,
  create: ({ name, nodes, version }) => ({
    args: [
      'create', 'cluster', '--name', name,
      ...(version === undefined ? [] : ['--image', `kindest/node:v${version}`]),
      // How many nodes there are is in no flag: https://kind.sigs.k8s.io/docs/user/configuration/#nodes
      ...(nodes > 1 ? ['--config', '-'] : []),
    ],
    ...(nodes > 1 ? { input: configOf(nodes) } : {}),
  }),
  remove: (name) => ({ args: ['delete', 'cluster', '--name', name] }),
};

function configOf(nodes: number): string {
  return ['kind: Cluster', 'apiVersion: kind.x-k8s.io/v1alpha4', 'nodes:', '- role: control-plane', ...Array<string>(nodes - 1).fill('- role: worker'), ''].join('\n');
}
