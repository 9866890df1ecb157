import { expect, test } from 'vitest';
import { watchDocker } from '../docker/connection.ts';
import type { FoundStore } from './find-stores.ts';
import { openNodeImageStore } from './open-store.ts';

const signal = AbortSignal.abort();
const connection = watchDocker({ signal, surroundings: { env: {}, home: '/nowhere', platform: 'linux', sockets: [] }, onState() {}, onImages() {} });

const cases: [found: FoundStore, runtime: string, expected: { load: boolean; watch: boolean; command: string | undefined }][] = [
  [{ node: 'n', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }, 'docker://1', { load: false, watch: true, command: undefined }],
  [{ node: 'n', kind: 'kind', container: 'c', cluster: 'dev', sharesDocker: 'no', known: 'node-container-label' }, 'containerd://1.7', { load: true, watch: true, command: 'kind load docker-image app:1 --name dev' }],
  [{ node: 'n', kind: 'minikube', container: 'c', cluster: 'p', sharesDocker: 'no', known: 'node-container-label' }, 'docker://1', { load: true, watch: true, command: 'minikube image load app:1 -p p' }],
  [{ node: 'n', kind: 'minikube', container: 'c', cluster: 'p', sharesDocker: 'no', known: 'node-container-label' }, 'containerd://1.7', { load: true, watch: true, command: 'minikube image load app:1 -p p' }],
  [{ node: 'n', kind: 'minikube', container: 'c', cluster: 'p', sharesDocker: 'no', known: 'node-container-label' }, 'cri-o://1.30', { load: false, watch: false, command: 'minikube image load app:1 -p p' }],
  [{ node: 'n', kind: 'minikube', cluster: 'p', sharesDocker: 'no', known: 'runtime-version' }, 'docker://28', { load: false, watch: false, command: 'minikube image load app:1 -p p' }],
  [{ node: 'n', kind: 'generic', sharesDocker: 'no', known: 'runtime-version' }, 'containerd://2', { load: false, watch: false, command: undefined }],
  [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }, 'docker://1', { load: false, watch: false, command: undefined }],
];

test.each(cases)('%j on %s', (found, runtime, expected) => {
  const store = openNodeImageStore(found, { connection, node: () => ({ metadata: { name: 'n' }, status: { nodeInfo: { containerRuntimeVersion: runtime, architecture: 'arm64' } } }) });
  expect({ node: store.node, architecture: store.architecture, load: store.load !== undefined, watch: store.watch !== undefined, command: store.loadCommand('docker.io/library/app:1') })
    .toEqual({ node: 'n', architecture: 'arm64', ...expected });
});
