import { describe, expect, test } from 'vitest';
import type { Container, Pod, Service } from '../objects.ts';
import { createStore } from '../store/store.ts';
import { expandVariables, makeEnvironment, serviceVariables } from './environment.ts';

const place = { podIp: '10.244.0.5', hostIp: '192.0.2.2', allocatable: { cpu: '2', memory: '4Gi' } };

function environment(container: Partial<Container>, pod: Partial<Pod['spec']> = {}) {
  const store = createStore();
  store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'shop' }, data: { a: '1', '1bad.key': 'x' } });
  store.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys', namespace: 'shop' },
    data: { token: Buffer.from('t0p').toString('base64') },
  });
  const service = (name: string, namespace: string, clusterIP: string, ports: object[]) =>
    store.create('services', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { clusterIP, ports } });
  service('kubernetes', 'default', '10.96.0.1', [{ name: 'https', port: 443, protocol: 'TCP' }]);
  service('my-db', 'shop', '10.96.0.9', [{ port: 5432, protocol: 'TCP' }]);
  service('other', 'elsewhere', '10.96.0.8', [{ port: 1 }]);
  const spec = { name: 'c', ...container };
  const whole: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1', labels: { app: 'web' }, annotations: { note: 'hi' } },
    spec: { containers: [spec], nodeName: 'node', serviceAccountName: 'default', ...pod },
    status: {},
  };
  const made = makeEnvironment(whole, spec, place, store);
  const variables = Object.fromEntries(made.variables.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
  return { ...made, variables };
}

test('values refer to what was written before them, and to services', () => {
  const { variables } = environment({
    env: [
      { name: 'A', value: 'x$(B)y' },
      { name: 'B', value: 'b' },
      { name: 'C', value: '$(B)-$$(B)-$(NOPE)-$(KUBERNETES_SERVICE_HOST)' },
    ],
  });
  expect(variables).toMatchObject({ A: 'x$(B)y', B: 'b', C: 'b-$(B)-$(NOPE)-10.96.0.1' });
});

test('the downward API', () => {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const resource = (name: string, path: string, divisor?: string) => ({
    name,
    valueFrom: { resourceFieldRef: { resource: path, ...(divisor === undefined ? {} : { divisor }) } },
  });
  const { variables } = environment({
    resources: { limits: { memory: '100Mi' }, requests: { cpu: '250m' } },
    env: [
      field('IP', 'status.podIP'),
      field('NODE', 'spec.nodeName'),
      field('APP', "metadata.labels['app']"),
      field('NONE', "metadata.labels['x']"),
      field('UID', 'metadata.uid'),
      resource('MEMORY', 'limits.memory', '1Mi'),
      resource('CPU', 'requests.cpu', '1m'),
      resource('ALL_CPU', 'limits.cpu'),
    ],
  });
  expect(variables).toMatchObject({ IP: '10.244.0.5', NODE: 'node', APP: 'web', NONE: '', UID: 'u-1', MEMORY: '100', CPU: '250', ALL_CPU: '2' });
});

test('whole configMaps and secrets, with the keys that are no names left out', () => {
  const { variables, skipped } = environment({ envFrom: [{ configMapRef: { name: 'conf' }, prefix: '' }, { secretRef: { name: 'keys' }, prefix: 'K_' }] });
  expect(variables).toMatchObject({ a: '1', K_token: 't0p' });
  expect(variables).not.toHaveProperty('1bad.key');
  expect(skipped).toEqual([{ keys: ['1bad.key'], source: 'configMap shop/conf' }]);
});

test('what is optional may be missing', () => {
  const { variables } = environment({
    envFrom: [{ configMapRef: { name: 'nope', optional: true } }],
    env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'nope', optional: true } } }],
  });
  expect(variables).not.toHaveProperty('A');
});

describe('services', () => {
  test('of the namespace and kubernetes are told, others are not', () => {
    const { variables } = environment({});
    expect(variables).toMatchObject({
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
      KUBERNETES_PORT: 'tcp://10.96.0.1:443',
      KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1',
      MY_DB_SERVICE_HOST: '10.96.0.9',
      MY_DB_PORT_5432_TCP: 'tcp://10.96.0.9:5432',
    });
    expect(Object.keys(variables).some((name) => name.startsWith('OTHER'))).toBe(false);
  });

  test('only kubernetes where links are switched off', () => {
    const { variables } = environment({}, { enableServiceLinks: false });
    expect(variables).toHaveProperty('KUBERNETES_SERVICE_HOST');
    expect(variables).not.toHaveProperty('MY_DB_SERVICE_HOST');
  });

  test('without an IP of its own are not told', () => {
    const headless = { metadata: { name: 'x' }, spec: { clusterIP: 'None', ports: [{ port: 1 }] } } as unknown as Service;
    expect(serviceVariables([headless])).toEqual([]);
  });
});

test.each([
  ['$(A)', 'a'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$a'],
  ['$(B) $A $', '$(B) $A $'],
  ['$(A', '$(A'],
])('%s becomes %s', (text, expanded) => {
  expect(expandVariables(text, (name) => ({ A: 'a' })[name])).toBe(expanded);
});
