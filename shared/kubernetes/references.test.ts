import { expect, test } from 'vitest';
import type { Pod } from './objects.ts';
import { referencesOf } from './references.ts';

const shown = (spec: Pod['spec']) => referencesOf({ metadata: {}, ...(spec && { spec }) }).map(({ kind, name, path, key, optional }) => `${kind}/${name} ${path}${key ? ` ${key}` : ''}${optional ? '?' : ''}`);
const odd = (value: unknown) => value as never;

test.each<[what: string, spec: Pod['spec'], expected: string[]]>([
  ['nothing', undefined, []],
  ['single variables', { containers: [{ name: 'a', env: [
    { name: 'PLAIN', value: 'x' }, { name: 'C', valueFrom: { configMapKeyRef: { name: 'conf', key: 'url' } } },
    { name: 'S', valueFrom: { secretKeyRef: { name: 'login', key: 'password', optional: true } } }, { name: 'F', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ] }] }, ['ConfigMap/conf spec.containers[0].env[1].valueFrom.configMapKeyRef url', 'Secret/login spec.containers[0].env[2].valueFrom.secretKeyRef password?']],
  ['all of an object, in an init container, too', { initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name: 'all' } }] }], containers: [{ name: 'a', envFrom: [{ prefix: 'x' }, { secretRef: { name: 'keys', optional: false } }] }] },
    ['ConfigMap/all spec.initContainers[0].envFrom[0].configMapRef', 'Secret/keys spec.containers[0].envFrom[1].secretRef']],
  ['volumes', { containers: [], volumes: [
    { name: 'e', emptyDir: {} }, { name: 'c', configMap: { name: 'files', items: [{ key: 'a', path: 'a' }, { key: 'b', path: 'b' }] } },
    { name: 's', secret: { secretName: 'tls', optional: true } }, { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }, { secret: { name: 'more' } }] } },
  ] }, [
    'ConfigMap/files spec.volumes[1].configMap a', 'ConfigMap/files spec.volumes[1].configMap b', 'Secret/tls spec.volumes[2].secret?', 'PersistentVolumeClaim/data spec.volumes[3].persistentVolumeClaim',
    'ConfigMap/kube-root-ca.crt spec.volumes[4].projected.sources[1].configMap ca.crt', 'Secret/more spec.volumes[4].projected.sources[2].secret',
  ]],
  ['what the pod is', { imagePullSecrets: [{ name: 'registry' }, {}], serviceAccountName: 'robot', priorityClassName: 'high' },
    ['Secret/registry spec.imagePullSecrets[0]', 'ServiceAccount/robot spec.serviceAccountName', 'PriorityClass/high spec.priorityClassName']],
  ['no names', { serviceAccountName: '', containers: [{ name: 'a', env: [{ name: 'C', valueFrom: { configMapKeyRef: { key: 'k' } } }] }], volumes: [{ name: 'c', configMap: { name: '' } }] }, []],
  ['other shapes', { containers: [{ name: 'a', env: 'no', envFrom: [null, 1] }], volumes: odd([null, { name: 'c', configMap: 'x', projected: { sources: 1 } }]), imagePullSecrets: odd('x') }, []],
])('%s', (_, spec, expected) => {
  expect(shown(spec)).toEqual(expected);
});
