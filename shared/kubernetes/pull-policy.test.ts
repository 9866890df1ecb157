import { expect, test } from 'vitest';
import type { KubeObject, ManagedFieldsEntry, Pod } from './objects.ts';
import { defaultPullPolicy, policyOrigin } from './pull-policy.ts';
import type { PolicyRule } from './pull-policy.ts';
import type { PolicyOrigin } from '../contract/findings.ts';

const sha = `sha256:${'a3'.repeat(32)}`;

test.each([
  ['spring-server', 'Always'], ['spring-server:latest', 'Always'], ['user/app', 'Always'], ['localhost:5000/app', 'Always'],
  [`app:latest@${sha}`, 'Always'], [`docker.io/${'a3'.repeat(32)}`, 'Always'], ['0123456789ab', 'Always'],
  ['spring-server:1', 'IfNotPresent'], ['spring-server:Latest', 'IfNotPresent'], ['app:latest1', 'IfNotPresent'],
  ['localhost:5000', 'IfNotPresent'], [`app@${sha}`, 'IfNotPresent'], [`app:1@${sha}`, 'IfNotPresent'],
  ['My-App', 'IfNotPresent'], ['', 'IfNotPresent'], ['app:', 'IfNotPresent'], ['a3'.repeat(32), 'IfNotPresent'], ['My-App:latest', 'IfNotPresent'],
])('the default policy of %j is %s', (image, policy) => {
  expect(defaultPullPolicy(image)).toBe(policy);
});

// Hand-written objects in the shape that the API server gives them.
const created = '2026-03-01T12:00:00Z';
const later = '2026-03-01T12:05:00Z';
type Steps = readonly string[];
const nest = (steps: Steps, leaf: object): object => steps.toReversed().reduce<object>((inner, step) => ({ [`f:${step}`]: inner }), leaf);
const entry = (operation: 'Apply' | 'Update', manager: string, fields: readonly string[], time = created, steps: Steps = ['spec']): ManagedFieldsEntry => ({
  manager, operation, time, fieldsType: 'FieldsV1',
  fieldsV1: nest(steps, { 'f:containers': { 'k:{"name":"c"}': Object.fromEntries([['.', {}], ...fields.map((f) => [`f:${f}`, {}])]) } }) as Record<string, unknown>,
});
const kubelet: ManagedFieldsEntry = { manager: 'kubelet', operation: 'Update', time: later, fieldsV1: { 'f:status': { 'f:phase': {} } } };
const applied = (image: string, policy?: string, template = false) => {
  const spec = { containers: [{ name: 'c', image, ...(policy && { imagePullPolicy: policy }) }] };
  return { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ kind: template ? 'Deployment' : 'Pod', spec: template ? { template: { spec } } : spec }) };
};
const pod = (image: string, imagePullPolicy: string | undefined, metadata: Pod['metadata'] = {}): Pod => ({
  metadata: { name: 'p', creationTimestamp: created, ...metadata },
  spec: { containers: [{ name: 'c', image, ...(imagePullPolicy && { imagePullPolicy }) }] },
});
const workload = (kind: string, image: string, imagePullPolicy: string, metadata: KubeObject['metadata'] = {}): KubeObject => {
  const template = { spec: { containers: [{ name: 'c', image, imagePullPolicy }] } };
  return { kind, metadata: { name: kind.toLowerCase(), creationTimestamp: created, ...metadata },
    spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template } };
};
const template: Steps = ['spec', 'template', 'spec'];
const imageAnd = (...more: string[]): string[] => ['image', 'name', ...more];
const creator = entry('Update', 'kubectl-create', imageAnd('imagePullPolicy'));

interface Row { pod: Pod; owners?: readonly KubeObject[] | 'unknown'; origin: PolicyOrigin; rule: PolicyRule; uncertain?: true }
const bare: Record<string, Row> = {
  'no policy yet, no tag': { pod: pod('app', undefined), origin: 'default-latest', rule: 'not-sent' },
  'no policy yet, a tag': { pod: pod('app:1', undefined), origin: 'default-tag', rule: 'not-sent' },
  'server-side apply without the field, no tag': {
    pod: pod('app', 'Always', { managedFields: [entry('Apply', 'podlab', imageAnd()), kubelet] }), origin: 'default-latest', rule: 'apply' },
  'server-side apply without the field, a tag': {
    pod: pod('app:1', 'IfNotPresent', { managedFields: [entry('Apply', 'podlab', imageAnd()), kubelet] }), origin: 'default-tag', rule: 'apply' },
  'server-side apply with the field': {
    pod: pod('app', 'IfNotPresent', { managedFields: [entry('Apply', 'podlab', imageAnd('imagePullPolicy'))] }), origin: 'set', rule: 'apply' },
  'server-side apply with the field at its default': {
    pod: pod('app', 'Always', { managedFields: [entry('Apply', 'podlab', imageAnd('imagePullPolicy'))] }), origin: 'set', rule: 'apply' },
  'server-side apply beats the annotation': {
    pod: pod('app', 'IfNotPresent', { managedFields: [entry('Apply', 'podlab', imageAnd('imagePullPolicy'))], annotations: applied('app') }), origin: 'set', rule: 'apply' },
  'applied without the field, forced by the cluster': {
    pod: pod('app:1', 'Always', { managedFields: [entry('Apply', 'podlab', imageAnd())] }), origin: 'admission', rule: 'apply' },
  'applied without the field, another value though nothing changed since': {
    pod: pod('app', 'IfNotPresent', { managedFields: [entry('Apply', 'podlab', imageAnd())] }), origin: 'admission', rule: 'apply' },
  'the creator wrote again, in another version of the API': {
    pod: pod('app', 'Always', { managedFields: [creator, { ...entry('Update', 'kubectl-create', ['imagePullPolicy'], later), apiVersion: 'v2' }] }),
    origin: 'same-as-default', rule: 'value' },
  'applied as app, image patched to app:1': {
    pod: pod('app:1', 'Always', { managedFields: [entry('Apply', 'podlab', ['name']), entry('Update', 'kubectl-patch', ['image'], later)] }),
    origin: 'earlier-tag', rule: 'apply' },
  'applied as app:1, applied again as app': {
    pod: pod('app', 'IfNotPresent', { managedFields: [entry('Apply', 'podlab', imageAnd(), later)] }), origin: 'earlier-tag', rule: 'apply' },
  'kubectl create, then server-side apply without the field': {
    pod: pod('app', 'Always', { managedFields: [entry('Apply', 'podlab', imageAnd(), later), entry('Update', 'before-first-apply', imageAnd('imagePullPolicy'), later)] }),
    origin: 'same-as-default', rule: 'value' },
  'kubectl create: an Update entry proves nothing': { pod: pod('app', 'Always', { managedFields: [creator, kubelet] }), origin: 'same-as-default', rule: 'value' },
  'kubectl create with another value': { pod: pod('app', 'IfNotPresent', { managedFields: [creator] }), origin: 'set', rule: 'value', uncertain: true },
  'Never is no default': { pod: pod('app:1', 'Never'), origin: 'set', rule: 'value' },
  'client-side apply without the field, no tag': { pod: pod('app', 'Always', { annotations: applied('app'), managedFields: [creator] }), origin: 'default-latest', rule: 'last-applied' },
  'client-side apply without the field, a tag': { pod: pod('app:1', 'IfNotPresent', { annotations: applied('app:1') }), origin: 'default-tag', rule: 'last-applied' },
  'client-side apply with the field': { pod: pod('app', 'Never', { annotations: applied('app', 'Never') }), origin: 'set', rule: 'last-applied' },
  'client-side apply with the field, forced by the cluster': { pod: pod('app', 'Always', { annotations: applied('app', 'Never') }), origin: 'admission', rule: 'last-applied' },
  'client-side apply without the field, another value': { pod: pod('app', 'IfNotPresent', { annotations: applied('app') }), origin: 'changed-later', rule: 'last-applied' },
  'client-side apply as app, image patched to app:1': { pod: pod('app:1', 'Always', { annotations: applied('app') }), origin: 'earlier-tag', rule: 'last-applied' },
  'a damaged annotation': {
    pod: pod('app', 'Always', { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' } }), origin: 'same-as-default', rule: 'value' },
  'an annotation without this container': {
    pod: pod('app', 'Always', { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"containers":[{"name":"other"}]}}' } }),
    origin: 'same-as-default', rule: 'value' },
  'a fields list of another container': {
    pod: pod('app', 'Always', { managedFields: [{ manager: 'podlab', operation: 'Apply', time: created, fieldsV1: { 'f:spec': { 'f:containers': { 'k:{"name":"d"}': {} } } } }] }),
    origin: 'same-as-default', rule: 'value' },
};

test.each(Object.entries(bare))('a bare pod: %s', (_name, { pod: subject, origin, rule, uncertain }) => {
  const container = subject.spec?.containers?.[0];
  expect(policyOrigin(subject, 'c', [])).toEqual({
    policy: container?.imagePullPolicy ?? defaultPullPolicy(container?.image ?? ''), origin, rule, certain: !uncertain,
    object: { kind: 'Pod', name: 'p' }, path: 'spec.containers[0].imagePullPolicy',
  });
});

const byController = pod('app', 'Always', { managedFields: [entry('Update', 'kube-controller-manager', imageAnd('imagePullPolicy'))] });
const owned: Record<string, Row & { object?: { kind: string; name: string }; path?: string }> = {
  'Deployment by server-side apply, defaulted': {
    pod: byController, origin: 'default-latest', rule: 'apply',
    owners: [workload('ReplicaSet', 'app', 'Always'), workload('Deployment', 'app', 'Always', { managedFields: [entry('Apply', 'kubectl', imageAnd(), created, template)] })],
    object: { kind: 'Deployment', name: 'deployment' } },
  'Deployment by server-side apply, set': {
    pod: byController, origin: 'set', rule: 'apply',
    owners: [workload('ReplicaSet', 'app', 'Always'), workload('Deployment', 'app', 'Always', { managedFields: [entry('Apply', 'kubectl', imageAnd('imagePullPolicy'), created, template)] })],
    object: { kind: 'Deployment', name: 'deployment' } },
  'Deployment by client-side apply, defaulted': {
    pod: byController, origin: 'default-latest', rule: 'last-applied',
    owners: [workload('ReplicaSet', 'app', 'Always'), workload('Deployment', 'app', 'Always', { annotations: applied('app', undefined, true) })],
    object: { kind: 'Deployment', name: 'deployment' } },
  'Deployment, edited by a second manager': {
    pod: byController, origin: 'changed-later', rule: 'second-manager',
    owners: [workload('ReplicaSet', 'app', 'Always'), workload('Deployment', 'app', 'Always', { managedFields: [
      entry('Update', 'kubectl-create', imageAnd(), created, template), entry('Update', 'kubectl-edit', ['imagePullPolicy'], later, template)] })],
    object: { kind: 'Deployment', name: 'deployment' } },
  'Deployment applied server-side, then patched': {
    pod: byController, origin: 'changed-later', rule: 'second-manager',
    owners: [workload('ReplicaSet', 'app', 'Always'), workload('Deployment', 'app', 'Always', { managedFields: [
      entry('Apply', 'kubectl', imageAnd(), created, template), entry('Update', 'kubectl-patch', ['imagePullPolicy'], later, template)] })],
    object: { kind: 'Deployment', name: 'deployment' } },
  'the pod differs from its template': {
    pod: byController, origin: 'admission', rule: 'template',
    owners: [workload('ReplicaSet', 'app', 'IfNotPresent'), workload('Deployment', 'app', 'IfNotPresent')],
    object: { kind: 'Pod', name: 'p' }, path: 'spec.containers[0].imagePullPolicy' },
  'a pod of an older revision': {
    pod: byController, origin: 'same-as-default', rule: 'value',
    owners: [workload('ReplicaSet', 'app', 'Always'), workload('Deployment', 'app:1', 'IfNotPresent', { annotations: applied('app:1', 'IfNotPresent', true) })],
    object: { kind: 'ReplicaSet', name: 'replicaset' } },
  'CronJob by server-side apply': {
    pod: byController, origin: 'default-latest', rule: 'apply',
    owners: [workload('Job', 'app', 'Always'), workload('CronJob', 'app', 'Always', {
      managedFields: [entry('Apply', 'kubectl', imageAnd(), created, ['spec', 'jobTemplate', ...template])] })],
    object: { kind: 'CronJob', name: 'cronjob' }, path: 'spec.jobTemplate.spec.template.spec.containers[0].imagePullPolicy' },
  'owners that could not be read': {
    pod: byController, origin: 'same-as-default', rule: 'value', owners: 'unknown', object: { kind: 'Pod', name: 'p' }, path: 'spec.containers[0].imagePullPolicy' },
};

test.each(Object.entries(owned))('an owned pod: %s', (_name, { pod: subject, owners = [], origin, rule, object, path }) => {
  expect(policyOrigin(subject, 'c', owners)).toEqual({
    policy: 'Always', origin, rule, certain: true, object, path: path ?? 'spec.template.spec.containers[0].imagePullPolicy',
  });
});

test('init containers have an origin of their own', () => {
  const subject: Pod = { metadata: { name: 'p' }, spec: { initContainers: [{ name: 'i', image: 'app:1', imagePullPolicy: 'Never' }], containers: [] } };
  expect(policyOrigin(subject, 'i', [])).toEqual({
    policy: 'Never', origin: 'set', rule: 'value', certain: true, object: { kind: 'Pod', name: 'p' }, path: 'spec.initContainers[0].imagePullPolicy',
  });
});
