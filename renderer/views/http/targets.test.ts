import { expect, test } from 'vitest';
import type { ForwardRow, TargetChoice } from '../../../shared/contract/forwards.ts';
import type { HttpVia } from '../../../shared/contract/http.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import { comparedOf, forwardTargets, podTargets, readTarget, serviceTargets, targetOfRoute, usualPort, type Place } from './targets.ts';

const container = (name: string, ports: number[], init = false): ContainerRow => ({
  name, init, ports, image: 'spring-server', policy: 'Always', origin: 'default-latest', presence: 'present', nodes: [],
});
const pod = (name: string, status: string, containers: ContainerRow[]): PodRow => ({
  uid: name, name, namespace: 'default', status, ready: '1/1', restarts: 0, health: 'ok', containers,
});
const forward: ForwardRow = {
  id: 'f1', context: 'kind-kind', namespace: 'default', target: { kind: 'Pod', name: 'spring-pod', port: '8080' }, localPort: 12345, address: 'localhost',
  strategy: 'sticky', httpLog: false, listensOn: ['127.0.0.1', '::1'], state: 'listening', open: 0, held: 0, total: 0, failed: 0, reconnects: 0,
  bytesIn: 0, bytesOut: 0, recentBytes: [],
};
const here = { context: 'kind-kind', namespace: 'default', containers: [] };
const springPod: Place = { ...here, kind: 'Pod', name: 'spring-pod', ports: [{ port: 8080, name: '' }] };
const web: Place = { ...here, kind: 'Service', name: 'web', ports: [{ port: 80, name: 'http' }] };

test('each pod with a process is a target, with the ports of its containers once', () => {
  const rows = [
    pod('spring-pod', 'Running', [container('spring', [8080, 8081]), container('side', [8080]), container('init', [9999], true)]),
    pod('no-port', 'Running', [container('c', [])]),
    pod('broken', 'ImagePullBackOff', [container('c', [80])]),
    pod('half', 'NotReady', [container('c', [80])]),
  ];
  const options = podTargets('kind-kind', rows, false);
  expect(options.map(({ value, label, place }) => [value, label.params['name'], usualPort(place)])).toEqual([
    ['Pod kind-kind/default/spring-pod', 'spring-pod', '8080'],
    ['Pod kind-kind/default/no-port', 'no-port', ''],
    ['Pod kind-kind/default/half', 'half', '80'],
  ]);
  expect(options[0]?.place).toEqual({
    ...here, kind: 'Pod', name: 'spring-pod', ports: [{ port: 8080, name: '' }, { port: 8081, name: '' }], containers: ['spring', 'side'],
  });
});

test('in all namespaces a target names its own', () => {
  expect(podTargets('kind-kind', [pod('web', 'Running', [container('c', [80])])], true)[0]?.label).toEqual({
    key: 'http.target.in', params: { kind: 'Pod', namespace: 'default', name: 'web' },
  });
});

test('Services are targets with their TCP ports', () => {
  const choice: TargetChoice = { kind: 'Service', namespace: 'default', name: 'dns', status: '', readyPods: 1, ports: [
    { port: 53, name: 'dns', protocol: 'UDP' }, { port: 9153, name: 'metrics', protocol: 'TCP' },
  ] };
  const options = serviceTargets('kind-kind', [{ ...choice, kind: 'Deployment' }, choice], false);
  expect(options.map(({ value, place }) => [value, usualPort(place)])).toEqual([['Service kind-kind/default/dns', '9153']]);
});

test('a forward is named by both its ends, those of another context last and with theirs', () => {
  const elsewhere: ForwardRow = { ...forward, id: 'f0', context: 'minikube', localPort: 12344, address: '::1', state: 'waiting' };
  expect(forwardTargets([elsewhere, forward], 'kind-kind').map(({ value, label }) => ({ value, label }))).toEqual([
    { value: 'forward f1', label: { key: 'http.target.forward', params: { address: 'localhost:12345', kind: 'Pod', name: 'spring-pod', port: '8080' } } },
    {
      value: 'forward f0',
      label: { key: 'http.target.forward-elsewhere', params: { address: '[::1]:12344', kind: 'Pod', name: 'spring-pod', port: '8080', context: 'minikube' } },
    },
  ]);
});

const inCluster = { context: 'kind-kind', namespace: 'default' };
test.each<[HttpVia, Place, string, object]>([
  ['forward', { kind: 'Forward', forward }, '', { via: 'forward', forwardId: 'f1' }],
  ['pod', springPod, ' 8080 ', { via: 'pod', ...inCluster, pod: 'spring-pod', port: 8080 }],
  ['inside', springPod, '9090', { via: 'inside', ...inCluster, pod: 'spring-pod', port: 9090, container: 'side' }],
  ['service', web, 'http', { via: 'service', ...inCluster, service: 'web', port: 'http' }],
  ['api-server', web, '80', { via: 'api-server', ...inCluster, kind: 'Service', name: 'web', port: '80' }],
  ['api-server', springPod, '8080', { via: 'api-server', ...inCluster, kind: 'Pod', name: 'spring-pod', port: '8080' }],
])('by the way %s the target %j with the port %j is %j', (via, place, port, target) => {
  expect(readTarget(via, place, port, 'side')).toEqual({ ok: true, target });
});

test.each<[HttpVia, Place, string, string]>([
  ['pod', springPod, '', 'http.port.missing'],
  ['pod', springPod, '0', 'http.port.wrong'],
  ['pod', springPod, '70000', 'http.port.wrong'],
  ['pod', springPod, 'http', 'http.port.wrong'],
  ['api-server', springPod, 'http', 'http.port.wrong'],
  ['service', web, '70000', 'http.port.wrong'],
  ['service', web, 'a b', 'http.port.wrong'],
])('by the way %s the target %j has no port %j', (via, place, port, key) => {
  expect(readTarget(via, place, port, '')).toMatchObject({ ok: false, problem: { key } });
});

test('what is compared is the pod or Service, with the forward that leads there', () => {
  const target = { kind: 'Pod', name: 'spring-pod', port: '8080' };
  expect(comparedOf({ kind: 'Forward', forward }, '', [])).toEqual({ ...inCluster, target, forwardId: 'f1' });
  expect(comparedOf(springPod, '8080', [forward])).toEqual({ ...inCluster, target, forwardId: 'f1' });
  expect(comparedOf(springPod, '9090', [forward])).toEqual({ ...inCluster, target: { ...target, port: '9090' } });
  expect(comparedOf(springPod, '8080', [{ ...forward, state: 'stopped' }, { ...forward, namespace: 'other' }, { ...forward, context: 'minikube' }])).toEqual({ ...inCluster, target });
});

test.each([
  [[], undefined],
  [['forward', 'f1'], { via: 'forward', value: 'forward f1' }],
  [['pod', 'default', 'spring-pod', '8080'], { via: 'pod', value: 'Pod kind-kind/default/spring-pod', port: '8080' }],
  [['pod', 'default'], undefined],
  [['else', 'f1'], undefined],
])('the address parts %j name the target %j', (parts, target) => {
  expect(targetOfRoute(parts, 'kind-kind')).toEqual(target);
});
