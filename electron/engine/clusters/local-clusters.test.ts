import { expect, test } from 'vitest';
import type { HostContainer } from '../../clients/docker/containers.ts';
import type { ListedCluster } from '../../clients/tools/cluster-tool.ts';
import { clusterContainersIn, kindContainers, localClusters, type ClusterEvidence } from './local-clusters.ts';

const container = (name: string, state: string, labels: Record<string, string>): HostContainer => ({ id: `id-${name}`, name, image: 'node', imageId: 'sha256:1', state, labels, addresses: [] });
const kindNode = (name: string, state: string, cluster: string, role = 'control-plane') =>
  container(name, state, { 'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': role });
/** As minikube's docker driver labels them: the machine's name in all of them, not the profile's. */
const machine = (name: string, state: string) => container(name, state, { 'created_by.minikube.sigs.k8s.io': 'true', 'name.minikube.sigs.k8s.io': name, 'mode.minikube.sigs.k8s.io': name, 'role.minikube.sigs.k8s.io': '' });
const listed = (name: string, more: Partial<ListedCluster> = {}): ListedCluster => ({ name, state: 'unknown', nodes: [], inDocker: true, ...more });
const see = (evidence: Partial<ClusterEvidence>) => localClusters({ containers: [], listed: { kind: 'unknown', minikube: 'unknown' }, contexts: [], ...evidence });
const short = (clusters: ReturnType<typeof see>) => clusters.map(({ tool, name, state, context, nodes }) => `${tool} ${name} ${state}${context === undefined ? '' : ` @${context}`}: ${nodes.map((node) => `${node.name} ${node.state}`).join(', ')}`);

test('by the labels alone, where neither tool is there', () => {
  const containers = [
    kindNode('kind-control-plane', 'running', 'kind'), kindNode('kind-worker', 'running', 'kind', 'worker'), kindNode('old-control-plane', 'exited', 'old'),
    machine('minikube', 'running'), machine('minikube-m02', 'exited'), container('web', 'running', {}),
    container('k3d-x-server-0', 'running', { 'k3d.cluster': 'x' }),
  ];
  expect(short(see({ containers, contexts: ['kind-kind', 'minikube', 'old'] }))).toEqual([
    'kind kind running @kind-kind: kind-control-plane running, kind-worker running',
    'kind old stopped: old-control-plane stopped',
    'minikube minikube partly @minikube: minikube running, minikube-m02 stopped',
  ]);
});

test('a machine PROFILE-m02 without its first node is a profile of its own, unless minikube’s list says otherwise', () => {
  const containers = [machine('web-m02', 'running')];
  expect(short(see({ containers }))).toEqual(['minikube web-m02 running: web-m02 running']);
  expect(short(see({ containers, listed: { kind: [], minikube: [listed('web', { nodes: ['web', 'web-m02'] })] } }))).toEqual(['minikube web partly: web stopped, web-m02 running']);
  expect(short(see({ containers: [machine('web', 'running'), ...containers], listed: { kind: [], minikube: [listed('web', { nodes: ['web'] }), listed('web-m02', { nodes: ['web-m02'] })] } })))
    .toEqual(['minikube web running: web running', 'minikube web-m02 running: web-m02 running']);
});

test('what only the tool knows: a virtual machine is as it says; a container that Docker has not, does not run', () => {
  const minikube = [listed('vm', { nodes: ['vm'], inDocker: false, state: 'running' }), listed('gone', { nodes: ['gone'] }), listed('broken', { inDocker: false })];
  expect(short(see({ listed: { kind: [listed('elsewhere')], minikube } }))).toEqual([
    'kind elsewhere unknown: ',
    'minikube broken unknown: ',
    'minikube gone stopped: gone stopped',
    'minikube vm running: vm running',
  ]);
});

test('without Docker nothing is claimed of containers', () => {
  expect(short(see({ containers: 'unknown', listed: { kind: [listed('a')], minikube: [listed('b', { nodes: ['b'] })] } }))).toEqual(['kind a unknown: ', 'minikube b unknown: b unknown']);
  expect(see({ containers: 'unknown' })).toEqual([]);
});

test.each([
  [['running', 'running'], 'running'], [['exited', 'created'], 'stopped'], [['running', 'exited'], 'partly'], [['running', 'paused'], 'partly'],
  [['paused', 'paused'], 'unknown'], [['paused', 'exited'], 'unknown'], [['restarting', 'running'], 'partly'],
])('nodes %j: %s', (states, state) => {
  const containers = states.map((one, index) => kindNode(`n${index}`, one, 'x'));
  expect(see({ containers })[0]?.state).toBe(state);
});

test('the load balancer is no node, but starts first and with them', () => {
  const containers = [kindNode('b-worker', 'exited', 'b', 'worker'), kindNode('b-control-plane2', 'exited', 'b'), kindNode('b-external-load-balancer', 'exited', 'b', 'external-load-balancer'), kindNode('b-control-plane', 'exited', 'b'), kindNode('a-control-plane', 'exited', 'a')];
  expect(see({ containers }).find(({ name }) => name === 'b')?.nodes.map(({ name }) => name)).toEqual(['b-control-plane', 'b-control-plane2', 'b-worker']);
  expect(kindContainers(containers, 'b').map(({ name }) => name)).toEqual(['b-external-load-balancer', 'b-control-plane', 'b-control-plane2', 'b-worker']);
});

test('only the nodes of clusters make the tools be asked again', () => {
  const node = kindNode('n', 'running', 'x');
  const before = clusterContainersIn([node, container('web', 'running', {})]);
  expect(clusterContainersIn([container('other', 'exited', {}), node])).toBe(before);
  expect(clusterContainersIn([{ ...node, state: 'exited' }])).not.toBe(before);
  expect(clusterContainersIn([])).not.toBe(before);
  expect(clusterContainersIn('unknown')).not.toBe(clusterContainersIn([]));
});
