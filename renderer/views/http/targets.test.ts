import { expect, test } from 'vitest';
import type { ForwardRow } from '../../../shared/contract/forwards.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import { forwardTargets, podTargets, targetOfRoute } from './targets.ts';

const container = (name: string, ports: number[], init = false): ContainerRow => ({
  name, init, ports, image: 'spring-server', policy: 'Always', origin: 'default-latest', presence: 'present', nodes: [],
});
const pod = (name: string, status: string, containers: ContainerRow[]): PodRow => ({
  uid: name, name, namespace: 'default', status, ready: '1/1', restarts: 0, health: 'ok', containers,
});

test('each declared port of a running pod is a target, once', () => {
  const rows = [
    pod('spring-pod', 'Running', [container('spring', [8080, 8081]), container('side', [8080]), container('init', [9999], true)]),
    pod('no-port', 'Running', [container('c', [])]),
    pod('broken', 'ImagePullBackOff', [container('c', [80])]),
    pod('half', 'NotReady', [container('c', [80])]),
  ];
  expect(podTargets('kind-kind', rows, false)).toEqual(
    [['spring-pod', 8080], ['spring-pod', 8081], ['half', 80]].map(([name, port]) => ({
      value: `pod kind-kind/default/${name}:${port}`,
      label: { key: 'http.target.pod', params: { pod: name, port } },
      target: { via: 'pod', context: 'kind-kind', namespace: 'default', pod: name, port },
    })),
  );
});

test('in all namespaces a target names its own', () => {
  expect(podTargets('kind-kind', [pod('web', 'Running', [container('c', [80])])], true).map(({ label }) => label)).toEqual([
    { key: 'http.target.pod-in', params: { namespace: 'default', pod: 'web', port: 80 } },
  ]);
});

test('a forward is named by both its ends', () => {
  const row: ForwardRow = {
    id: 'f1', context: 'kind-kind', namespace: 'default', pod: 'spring-pod', podPort: 8080, localPort: 12345,
    state: 'waiting', open: 0, total: 0, bytesIn: 0, bytesOut: 0,
  };
  const elsewhere: ForwardRow = { ...row, id: 'f0', context: 'minikube', localPort: 12344 };
  expect(forwardTargets([elsewhere, row], 'kind-kind')).toEqual([
    {
      value: 'forward f1',
      label: { key: 'http.target.forward', params: { address: '127.0.0.1:12345', pod: 'spring-pod', port: 8080 } },
      target: { via: 'forward', forwardId: 'f1' },
    },
    {
      value: 'forward f0',
      label: { key: 'http.target.forward-elsewhere', params: { address: '127.0.0.1:12344', pod: 'spring-pod', port: 8080, context: 'minikube' } },
      target: { via: 'forward', forwardId: 'f0' },
    },
  ]);
});

test.each([
  [[], undefined],
  [['forward', 'f1'], { via: 'forward', value: 'forward f1' }],
  [['pod', 'default', 'spring-pod', '8080'], { via: 'pod', value: 'pod kind-kind/default/spring-pod:8080' }],
  [['pod', 'default'], undefined],
  [['else', 'f1'], undefined],
])('the address parts %j name the target %j', (parts, target) => {
  expect(targetOfRoute(parts, 'kind-kind')).toEqual(target);
});
