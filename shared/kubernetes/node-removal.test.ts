import { expect, test } from 'vitest';
import type { NodeInfo } from '../contract/environment.ts';
import { nodeRemoval } from './node-removal.ts';

const inContainer = { sharesDocker: 'no', known: 'node-container-label' } as const;
const elsewhere = { sharesDocker: 'no', known: 'runtime-version' } as const;
const cases: [what: string, name: string, runtime: string, store: NodeInfo['store'], line: string | undefined][] = [
  ['kind', 'kind-worker', 'containerd://2.1.3', { ...inContainer, kind: 'kind', cluster: 'kind' }, 'docker exec kind-worker ctr --namespace=k8s.io images rm docker.io/library/shop:1'],
  ['k3d', 'k3d-dev-agent-0', 'containerd://1.7', { ...inContainer, kind: 'k3d', cluster: 'dev' }, 'docker exec k3d-dev-agent-0 ctr --namespace=k8s.io images rm docker.io/library/shop:1'],
  ['minikube in a container', 'minikube', 'docker://28.4.0', { ...inContainer, kind: 'minikube', cluster: 'minikube' }, 'docker exec minikube docker rmi shop:1'],
  ['minikube on containerd, its second node alone', 'minikube-m02', 'containerd://1.7', { ...inContainer, kind: 'minikube', cluster: 'minikube' },
    'docker exec minikube-m02 ctr --namespace=k8s.io images rm docker.io/library/shop:1'],
  ['minikube in a virtual machine', 'vm', 'docker://28.4.0', { ...elsewhere, kind: 'minikube', cluster: 'vm' }, 'minikube image rm shop:1 -p vm'],
  ['the same on containerd', 'vm', 'containerd://1.7', { ...elsewhere, kind: 'minikube', cluster: 'vm' }, 'minikube image rm shop:1 -p vm'],
  ['minikube elsewhere, whose profile\'s name leads to a local one', 'minikube', 'docker://28.4.0', { ...elsewhere, kind: 'minikube' }, undefined],
];
test.each(cases)('%s', (_, name, runtime, store, line) => {
  expect(nodeRemoval({ name, runtime, store }, 'docker.io/library/shop:1', 'shop:1')?.join(' ')).toBe(line);
});
