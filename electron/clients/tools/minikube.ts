// minikube's command line: https://minikube.sigs.k8s.io/docs/commands/. Its clusters are called profiles.
import { z } from 'zod';
import type { ClusterToolWords, ListedCluster } from './cluster-tool.ts';

/** ProfileNameValid in minikube's pkg/minikube/config/profile.go, and the 63 letters of a host name's part (RFC 1123). */
const NAME = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const TAKEN = ['start', 'stop', 'status', 'delete', 'config', 'open', 'profile', 'addons', 'cache', 'logs'];

const profile = z.object({
  Name: z.string(),
  Status: z.string().nullish(),
  Config: z.object({ Driver: z.string().nullish(), Nodes: z.array(z.object({ Name: z.string().nullish(), IP: z.string().nullish() })).nullish() }).nullish(),
});
const profiles = z.object({ valid: z.array(profile).nullish(), invalid: z.array(profile).nullish() });

export const minikube: ClusterToolWords = {
  version: { args: ['version', '--short'] },
  readVersion: (printed) => /\bv(\d+\.\d+\.\d+\S*)/.exec(printed)?.[1],
  // --light leaves out each profile's status, for which minikube would ask its API server.
  list: (full) => ({ args: ['profile', 'list', '-o', 'json', ...(full ? [] : ['--light'])] }),
  readList(printed) {
    const { valid, invalid } = profiles.parse(JSON.parse(printed));
    return [...(valid ?? []), ...(invalid ?? [])].map(listed);
  },
  isName: (name) => NAME.test(name) && name.length > 1 && name.length <= 63 && !TAKEN.includes(name.toLowerCase()),
  contextOf: (name) => name,
  create: ({ name, nodes, version }) => ({
    args: [
      'start', '-p', name,
      ...(nodes > 1 ? ['--nodes', String(nodes)] : []),
      ...(version === undefined ? [] : ['--kubernetes-version', `v${version}`]),
      '--driver', 'docker',
    ],
  }),
  start: (name) => ({ args: ['start', '-p', name] }),
  stop: (name) => ({ args: ['stop', '-p', name] }),
  remove: (name) => ({ args: ['delete', '-p', name] }),
};

/** The addresses of the profile's machines, in what `list` prints; undefined where there is no such profile. @throws Error when it is not what it prints */
export function profileAddresses(printed: string, name: string): string[] | undefined {
  const { valid, invalid } = profiles.parse(JSON.parse(printed));
  const found = [...(valid ?? []), ...(invalid ?? [])].find(({ Name }) => Name === name);
  return found && (found.Config?.Nodes ?? []).flatMap(({ IP }) => (IP ? [IP] : []));
}

function listed({ Name, Status, Config }: z.infer<typeof profile>): ListedCluster {
  const word = (Status ?? '').toLowerCase();
  return {
    name: Name,
    state: word === 'running' || word === 'ok' ? 'running' : word === 'stopped' ? 'stopped' : 'unknown',
    // The first node is named as the profile, the others PROFILE-m02 and so on (config.MachineName).
    nodes: (Config?.Nodes ?? []).map((node, index) => (index === 0 ? Name : `${Name}-${node.Name ?? ''}`)),
    inDocker: Config?.Driver === 'docker',
  };
}
