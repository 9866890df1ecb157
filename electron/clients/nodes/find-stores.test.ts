import { expect, test } from 'vitest';
import type { HostImage } from '../../../shared/diagnosis/world.ts';
import type { KubeNode, Pod } from '../../../shared/kubernetes/objects.ts';
import type { HostContainer } from '../docker/containers.ts';
import { findStores } from './find-stores.ts';
import type { FoundStore, StoreEvidence } from './find-stores.ts';

const now = new Date('2026-11-24T12:00:00Z');
const DOCKER = 'docker://20.10.24';

function node(name: string, runtime: string, more: { address?: string; kubelet?: string; providerID?: string; labels?: Record<string, string>; images?: [string, number][] } = {}): KubeNode {
  return {
    metadata: { name, ...(more.labels && { labels: more.labels }) },
    spec: { ...(more.providerID && { providerID: more.providerID }) },
    status: {
      nodeInfo: { containerRuntimeVersion: runtime, architecture: 'amd64', ...(more.kubelet && { kubeletVersion: more.kubelet }) },
      ...(more.address && { addresses: [{ type: 'InternalIP', address: more.address }, { type: 'Hostname', address: name }] }),
      ...(more.images && { images: more.images.map(([image, sizeBytes]) => ({ names: [image], sizeBytes })) }),
    },
  };
}
const container = (id: string, name: string, labels: Record<string, string>, more: Partial<HostContainer> = {}): HostContainer =>
  ({ id, name, labels, image: 'x', imageId: 'sha256:x', state: 'running', addresses: [], ...more });
const pod = (uid: string, nodeName: string, running?: { containerID: string; startedAt: string }): Pod => ({
  metadata: { name: uid, uid },
  spec: { nodeName },
  ...(running && { status: { containerStatuses: [{ name: 'c', containerID: running.containerID, state: { running: { startedAt: running.startedAt } } }] } }),
});
const image = (name: string, size: number, more: Partial<HostImage> = {}): HostImage =>
  ({ Id: `sha256:${name}`, RepoTags: [name], RepoDigests: null, Created: Date.parse('2026-11-24T10:00:00Z') / 1000, Size: size, ...more });

const kindLabels = { 'io.x-k8s.kind.cluster': 'dev', 'io.x-k8s.kind.role': 'control-plane' };
const minikubeLabels = { 'created_by.minikube.sigs.k8s.io': 'true', 'name.minikube.sigs.k8s.io': 'profile' };
const k3dLabels = (role: string) => ({ app: 'k3d', 'k3d.cluster': 'dev', 'k3d.role': role });
const k3sNode = (name: string, address: string) => node(name, 'containerd://1.7.23-k3s2', { address, kubelet: 'v1.31.5+k3s1', providerID: `k3s://${name}` });
const systemPod = pod('u1', 'n', { containerID: 'docker://c1', startedAt: '2026-11-24T11:00:00Z' });
const sandbox = (uid: string) => container(`sandbox-${uid}`, `k8s_POD_${uid}`, { 'io.kubernetes.pod.uid': uid });

const cases: [what: string, evidence: Partial<StoreEvidence>, expected: readonly FoundStore[]][] = [
  ['a pod of the node has a container here: shared, whatever the node is called', {
    nodes: [node('minikube', DOCKER)], pods: [pod('u1', 'minikube')], containers: [sandbox('u1')],
  }, [{ node: 'minikube', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }]],
  ['each node is measured by its own pods', {
    nodes: [node('a', DOCKER), node('b', DOCKER)], pods: [pod('u1', 'a'), pod('u2', 'b')], containers: [sandbox('u1')],
  }, [
    { node: 'a', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' },
    { node: 'b', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' },
  ]],
  ['a container of another cluster\'s pod proves nothing', {
    nodes: [node('docker-desktop', DOCKER)], pods: [pod('u1', 'docker-desktop')], containers: [sandbox('other')],
  }, [{ node: 'docker-desktop', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['a kind node', {
    nodes: [node('dev-control-plane', 'containerd://1.7.1', { address: '172.18.0.2' })], containers: [container('k', 'dev-control-plane', kindLabels, { addresses: ['172.18.0.2'] })],
  }, [{ node: 'dev-control-plane', kind: 'kind', container: 'k', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' }]],
  ['a minikube node whose own dockerd has the host\'s version', {
    nodes: [node('minikube', DOCKER, { address: '192.168.49.2' })], containers: [container('m', 'minikube', minikubeLabels, { addresses: ['192.168.49.2'] })],
  }, [{ node: 'minikube', kind: 'minikube', container: 'm', cluster: 'profile', sharesDocker: 'no', known: 'node-container-label' }]],
  ['a kind node that is stopped keeps its container', {
    nodes: [node('dev-control-plane', 'containerd://1.7.1', { address: '172.18.0.2' })], containers: [container('k', 'dev-control-plane', kindLabels, { state: 'exited' })],
  }, [{ node: 'dev-control-plane', kind: 'kind', container: 'k', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' }]],
  ['a node elsewhere with the name of a local kind node is not that', {
    nodes: [node('dev-control-plane', 'containerd://1.7.1', { address: '10.0.0.9' })], containers: [container('k', 'dev-control-plane', kindLabels, { addresses: ['172.18.0.2'] })],
  }, [{ node: 'dev-control-plane', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' }]],
  ['a container with the node\'s name but without a label is not the node', {
    nodes: [node('box', DOCKER)], containers: [container('c', 'box', {})],
  }, [{ node: 'box', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['a kubelet on containerd never looks into Docker; providerID names the kind cluster though its container is out of reach', {
    nodes: [node('dev-control-plane', 'containerd://1.7.1', { providerID: 'kind://docker/dev/dev-control-plane' })], containers: 'unknown', docker: { state: 'refused' },
  }, [{ node: 'dev-control-plane', kind: 'kind', cluster: 'dev', sharesDocker: 'no', known: 'runtime-version' }]],
  ['several nodes of one kind cluster, each in its container; another cluster beside them', {
    nodes: [
      node('dev-control-plane', 'containerd://1.7.1', { address: '172.18.0.2' }), node('dev-worker', 'containerd://1.7.1', { address: '172.18.0.3' }),
      node('dev-worker2', 'containerd://1.7.1', { address: '172.18.0.4' }),
    ],
    containers: [
      container('k2', 'dev-worker', kindLabels, { addresses: ['172.18.0.3'] }), container('o', 'other-worker', { 'io.x-k8s.kind.cluster': 'other' }, { addresses: ['172.18.0.4'] }),
      container('k1', 'dev-control-plane', kindLabels, { addresses: ['172.18.0.2'] }),
    ],
  }, [
    { node: 'dev-control-plane', kind: 'kind', container: 'k1', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' },
    { node: 'dev-worker', kind: 'kind', container: 'k2', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' },
    { node: 'dev-worker2', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' },
  ]],
  ['k3d: the server and an agent by their labels; the load balancer is no node', {
    nodes: [k3sNode('k3d-dev-server-0', '172.19.0.3'), k3sNode('k3d-dev-agent-0', '172.19.0.4')],
    containers: [
      container('s', 'k3d-dev-server-0', k3dLabels('server'), { addresses: ['172.19.0.3'] }), container('a', 'k3d-dev-agent-0', k3dLabels('agent'), { addresses: ['172.19.0.4'] }),
      container('l', 'k3d-dev-serverlb', k3dLabels('loadbalancer'), { addresses: ['172.19.0.2'] }),
    ],
  }, [
    { node: 'k3d-dev-server-0', kind: 'k3d', container: 's', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' },
    { node: 'k3d-dev-agent-0', kind: 'k3d', container: 'a', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' },
  ]],
  ['k3d out of reach: its name and k3s in its version together', {
    nodes: [k3sNode('k3d-my-dev-server-0', '172.19.0.3'), k3sNode('box', '10.0.0.1'), node('k3d-dev-server-0', 'containerd://1.7.1', { kubelet: 'v1.31.5' })], containers: 'unknown', docker: { state: 'stopped' },
  }, [
    { node: 'k3d-my-dev-server-0', kind: 'k3d', cluster: 'my-dev', sharesDocker: 'no', known: 'runtime-version' },
    { node: 'box', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' },
    { node: 'k3d-dev-server-0', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' },
  ]],
  ['kind over podman: providerID names it, its container is podman\'s', {
    nodes: [node('dev-control-plane', 'containerd://2.1.3', { providerID: 'kind://podman/dev/dev-control-plane' })],
  }, [{ node: 'dev-control-plane', kind: 'kind', cluster: 'dev', sharesDocker: 'no', known: 'runtime-version' }]],
  ['minikube in a virtual machine: another Docker by its version; minikube itself reaches it', {
    nodes: [node('minikube', 'docker://28.4.0', { labels: { 'minikube.k8s.io/name': 'p2' } })],
  }, [{ node: 'minikube', kind: 'minikube', cluster: 'p2', byMinikubeCli: true, sharesDocker: 'no', known: 'runtime-version' }]],
  ['minikube in a virtual machine, and no Docker at all', {
    nodes: [node('p2', 'containerd://1.7.1', { labels: { 'minikube.k8s.io/name': 'p2' } })], containers: 'unknown', hostImages: 'unknown', docker: { state: 'absent' },
  }, [{ node: 'p2', kind: 'minikube', cluster: 'p2', byMinikubeCli: true, sharesDocker: 'no', known: 'runtime-version' }]],
  ['as long as Docker is being looked for, minikube\'s container may yet be found in it', {
    nodes: [node('p2', 'containerd://1.7.1', { labels: { 'minikube.k8s.io/name': 'p2' } })], containers: 'unknown', docker: { state: 'connecting' },
  }, [{ node: 'p2', kind: 'minikube', cluster: 'p2', sharesDocker: 'no', known: 'runtime-version' }]],
  ['minikube in two virtual machines: its command line tells both nodes\' images together', {
    nodes: ['p2', 'p2-m02'].map(name => node(name, 'containerd://1.7.1', { labels: { 'minikube.k8s.io/name': 'p2' } })),
  }, ['p2', 'p2-m02'].map(name => ({ node: name, kind: 'minikube' as const, cluster: 'p2', sharesDocker: 'no' as const, known: 'runtime-version' as const }))],
  ['minikube on another computer, whose node has the name of a local one: the name would lead to the local one', {
    nodes: [node('minikube', 'docker://28.4.0', { address: '10.0.0.9', labels: { 'minikube.k8s.io/name': 'minikube' } })],
    containers: [container('m', 'minikube', { ...minikubeLabels, 'name.minikube.sigs.k8s.io': 'minikube' }, { addresses: ['192.168.49.2'] })],
  }, [{ node: 'minikube', kind: 'minikube', sharesDocker: 'no', known: 'runtime-version' }]],
  ['minikube on another computer, whose profile has the name of a local one', {
    nodes: [node('box', 'docker://28.4.0', { address: '10.0.0.9', labels: { 'minikube.k8s.io/name': 'minikube' } })],
    containers: [container('m', 'minikube', minikubeLabels, { addresses: ['192.168.49.2'] })],
  }, [{ node: 'box', kind: 'minikube', sharesDocker: 'no', known: 'runtime-version' }]],
  ['another local profile is in nobody\'s way', {
    nodes: [node('p2', 'docker://28.4.0', { address: '192.168.39.7', labels: { 'minikube.k8s.io/name': 'p2' } })],
    containers: [container('m', 'minikube', minikubeLabels, { addresses: ['192.168.49.2'] })],
  }, [{ node: 'p2', kind: 'minikube', cluster: 'p2', byMinikubeCli: true, sharesDocker: 'no', known: 'runtime-version' }]],
  ['minikube\'s second node in its container: its label is the machine, the node\'s own is the profile', {
    nodes: [node('minikube-m02', DOCKER, { address: '192.168.49.3', labels: { 'minikube.k8s.io/name': 'minikube' } })],
    containers: [container('m2', 'minikube-m02', { ...minikubeLabels, 'name.minikube.sigs.k8s.io': 'minikube-m02' }, { addresses: ['192.168.49.3'] })],
  }, [{ node: 'minikube-m02', kind: 'minikube', container: 'm2', cluster: 'minikube', sharesDocker: 'no', known: 'node-container-label' }]],
  ['minikube without a driver: its pods are in Docker', {
    nodes: [node('box', DOCKER, { labels: { 'minikube.k8s.io/name': 'minikube' } })], pods: [pod('u1', 'box')], containers: [sandbox('u1')],
  }, [{ node: 'box', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }]],
  ['no Docker on this computer', {
    nodes: [node('n', DOCKER)], containers: 'unknown', hostImages: 'unknown', docker: { state: 'absent' },
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'no', known: 'no-docker' }]],
  ['a Docker that does not answer now', {
    nodes: [node('n', DOCKER)], pods: [pod('u1', 'n')], containers: 'unknown', hostImages: 'unknown', docker: { state: 'stopped' },
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-docker' }]],
  ['its containers run under a Docker, but not under this one', {
    nodes: [node('n', DOCKER)], pods: [pod('u1', 'n', { containerID: 'docker://c1', startedAt: '2026-11-24T11:59:00Z' })],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'no', known: 'pods-not-in-docker' }]],
  ['Docker Desktop does not list the containers of Kubernetes itself', {
    nodes: [node('n', DOCKER)], pods: [{ ...systemPod, metadata: { ...systemPod.metadata, namespace: 'kube-system' } }],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['a pod of another namespace beside them is not here', {
    nodes: [node('n', DOCKER)], pods: [{ ...systemPod, metadata: { ...systemPod.metadata, namespace: 'kube-system' } }, { ...systemPod, metadata: { name: 'u2', uid: 'u2', namespace: 'dev' } }],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'no', known: 'pods-not-in-docker' }]],
  ['a container that started just now may be missing from the list', {
    nodes: [node('n', DOCKER)], pods: [pod('u1', 'n', { containerID: 'docker://c1', startedAt: '2026-11-24T11:59:55Z' })],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['no pod yet, but the node lists what Docker has, a local build among it', {
    nodes: [node('n', DOCKER, { images: [['app:1', 10], ['docker.io/library/redis:7', 20]] })],
    hostImages: [image('app:1', 10), image('redis:7', 20, { RepoDigests: ['redis@sha256:1'] }), image('fresh:1', 5, { Created: now.getTime() / 1000 - 5 })],
  }, [{ node: 'n', kind: 'shared-docker', sharesDocker: 'yes', known: 'same-images' }]],
  ['only pulled images in common: any two nodes have those', {
    nodes: [node('n', DOCKER, { images: [['redis:7', 20]] })], hostImages: [image('redis:7', 20, { RepoDigests: ['redis@sha256:1'] })],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['the node has one that Docker has not', {
    nodes: [node('n', DOCKER, { images: [['app:1', 10], ['pause:3', 1]] })], hostImages: [image('app:1', 10)],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['Docker has had one for long that the node has not', {
    nodes: [node('n', DOCKER, { images: [['app:1', 10]] })], hostImages: [image('app:1', 10), image('old:1', 5)],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['the same name in another size is another image', {
    nodes: [node('n', DOCKER, { images: [['app:1', 11]] })], hostImages: [image('app:1', 10)],
  }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['an empty node', { nodes: [node('n', DOCKER)] }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['a node of which nothing is known yet', { nodes: [{ metadata: { name: 'n' } }] }, [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }]],
  ['no nodes', { nodes: [] }, []],
];

test.each(cases)('%s', (_what, evidence, expected) => {
  expect(findStores({ nodes: [], pods: [], containers: [], hostImages: [], docker: { state: 'connected', version: '20.10.24' }, now, ...evidence })).toEqual(expected);
});
