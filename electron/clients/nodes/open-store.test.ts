import { expect, test } from 'vitest';
import { watchDocker } from '../docker/connection.ts';
import type { FoundStore } from './find-stores.ts';
import { openNodeImageStore } from './open-store.ts';

const signal = AbortSignal.abort();
const connection = watchDocker({ signal, surroundings: { env: {}, home: '/nowhere', platform: 'linux', sockets: [] }, onState() {}, onImages() {} });

interface Opened { source: 'list' | 'status' | 'cli'; can: 'nothing' | 'load and remove'; events: boolean; command: string | undefined }

const inContainer = { node: 'n', container: 'c', sharesDocker: 'no', known: 'node-container-label' } as const;
const elsewhere = { node: 'n', sharesDocker: 'no', known: 'runtime-version' } as const;
const cases: [found: FoundStore, runtime: string, expected: Opened][] = [
  [{ node: 'n', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }, 'docker://1', { source: 'list', can: 'nothing', events: true, command: undefined }],
  [{ ...inContainer, kind: 'kind', cluster: 'dev' }, 'containerd://1.7', { source: 'list', can: 'load and remove', events: true, command: 'kind load docker-image app:1 --name dev' }],
  [{ ...inContainer, kind: 'k3d', cluster: 'dev' }, 'containerd://1.7.23-k3s2', { source: 'list', can: 'load and remove', events: true, command: 'k3d image import app:1 -c dev' }],
  [{ ...inContainer, kind: 'minikube', cluster: 'p' }, 'docker://1', { source: 'list', can: 'load and remove', events: true, command: 'minikube image load app:1 -p p' }],
  [{ ...inContainer, kind: 'minikube', cluster: 'p' }, 'containerd://1.7', { source: 'list', can: 'load and remove', events: true, command: 'minikube image load app:1 -p p' }],
  [{ ...inContainer, kind: 'minikube', cluster: 'p' }, 'cri-o://1.30', { source: 'status', can: 'nothing', events: false, command: 'minikube image load app:1 -p p' }],
  [{ ...elsewhere, kind: 'minikube', cluster: 'p', byMinikubeCli: true }, 'docker://28', { source: 'cli', can: 'load and remove', events: false, command: 'minikube image load app:1 -p p' }],
  [{ ...elsewhere, kind: 'minikube', cluster: 'p' }, 'docker://28', { source: 'status', can: 'nothing', events: false, command: 'minikube image load app:1 -p p' }],
  [{ ...elsewhere, kind: 'minikube', cluster: 'p', byMinikubeCli: true, sharesDocker: 'unknown' }, 'docker://28', { source: 'status', can: 'nothing', events: false, command: 'minikube image load app:1 -p p' }],
  [{ ...elsewhere, kind: 'generic' }, 'containerd://2', { source: 'status', can: 'nothing', events: false, command: undefined }],
  [{ node: 'n', kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' }, 'docker://1', { source: 'status', can: 'nothing', events: false, command: undefined }],
];

test.each(cases)('%j on %s', (found, runtime, expected) => {
  const store = openNodeImageStore(found, { connection, node: () => ({ metadata: { name: 'n' }, status: { nodeInfo: { containerRuntimeVersion: runtime, architecture: 'arm64' } } }) });
  expect([store.node, store.kind, store.architecture, store.loadCommand('docker.io/library/app:1')]).toEqual(['n', found.kind, 'arm64', expected.command]);
  const changes = [store.load, store.giveBack, store.remove, store.export].map(change => change !== undefined);
  expect(changes).toEqual(Array(4).fill(expected.can !== 'nothing'));
  expect(store.watch !== undefined).toBe(expected.events);
  expect(store.readEveryMs !== undefined).toBe(expected.source === 'cli');
});
