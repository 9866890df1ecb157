import { expect, test } from 'vitest';
import type { Workload } from './root-owner.ts';
import { isFinished, isOutdated, isPaused, restartPatch, rollsOut, sourceOf, templatePatch, type TemplateChange } from './template.ts';
import { isWorkload, workloadOf } from './root-owner.ts';

const container = (name: string, image = 'web:1', imagePullPolicy = 'Always') => ({ name, image, imagePullPolicy });
const pods = { containers: [container('a'), container('b', 'proxy:1', 'IfNotPresent')], initContainers: [container('i')] };
function workload(kind: Workload['kind'], spec: object = {}, podSpec: object = pods): Workload {
  const template = { spec: podSpec };
  const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'n' }, spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { ...spec, template } };
}
const inTemplate = (spec: object) => ({ spec: { template: { spec } } });

test.each<[string, TemplateChange, unknown]>([
  ['a policy, where it differs', { policy: 'IfNotPresent' },
    { initContainers: [{ name: 'i', imagePullPolicy: 'IfNotPresent' }], containers: [{ name: 'a', imagePullPolicy: 'IfNotPresent' }] }],
  ['a policy of the named containers', { policy: 'Never', containers: ['b'] }, { containers: [{ name: 'b', imagePullPolicy: 'Never' }] }],
  ['an image and a policy', { image: 'web:2', container: 'a', policy: 'Always' }, { containers: [{ name: 'a', image: 'web:2' }, { name: 'b', imagePullPolicy: 'Always' }] }],
  ['an image of an init container', { image: 'init:2', container: 'i' }, { initContainers: [{ name: 'i', image: 'init:2' }] }],
  ['what is so already', { policy: 'IfNotPresent', containers: ['b'] }, undefined],
  ['nothing', {}, undefined],
])('%s', (_, change, spec) => {
  expect(templatePatch(workload('Deployment'), change)).toEqual(spec === undefined ? undefined : inTemplate(spec as object));
});

test('a CronJob has its template one level deeper', () => {
  expect(templatePatch(workload('CronJob'), { policy: 'Never', containers: ['a'] })).toEqual({ spec: { jobTemplate: inTemplate({ containers: [{ name: 'a', imagePullPolicy: 'Never' }] }) } });
  expect(restartPatch(workload('Deployment'), new Date('2026-11-25T10:00:00Z'))).toEqual({
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-25T10:00:00.000Z' } } } },
  });
});

test('an image without its container is refused where it is not clear which one is meant', () => {
  expect(() => templatePatch(workload('Deployment'), { image: 'web:2' })).toThrow(RangeError);
  expect(() => templatePatch(workload('Deployment'), { image: 'web:2', container: 'z' })).toThrow(RangeError);
  expect(templatePatch(workload('Deployment', {}, { containers: [container('a')] }), { image: 'web:2' })).toEqual(inTemplate({ containers: [{ name: 'a', image: 'web:2' }] }));
});

test.each<[Workload, boolean]>([
  [workload('Deployment'), true], [workload('StatefulSet'), true], [workload('StatefulSet', { updateStrategy: { type: 'OnDelete' } }), false],
  [workload('DaemonSet', { updateStrategy: { type: 'RollingUpdate' } }), true], [workload('DaemonSet', { updateStrategy: { type: 'OnDelete' } }), false],
  [workload('ReplicaSet'), false], [workload('Job'), false], [workload('CronJob'), false],
])('%o replaces its pods by itself: %s', (one, expected) => expect(rollsOut(one)).toBe(expected));

test('paused, finished', () => {
  expect([isPaused(workload('Deployment', { paused: true })), isPaused(workload('Deployment'))]).toEqual([true, false]);
  const job = (type: string, status = 'True') => ({ ...workload('Job'), status: { conditions: [{ type, status }] } });
  expect([isFinished(job('Failed')), isFinished(job('Complete')), isFinished(job('Complete', 'False')), isFinished(workload('Job')), isFinished(job('Failed'), 'Complete')]).toEqual([true, true, false, false, false]);
});

test('a pod is outdated by its image and its policy, not by what else is in it', () => {
  const pod = (one: object, other: object = {}) => ({ metadata: {}, spec: { initContainers: [container('i')], containers: [{ ...container('a'), ...one }, container('b', 'proxy:1', 'IfNotPresent')], ...other } });
  expect([{}, { env: [] }, { image: 'web:2' }, { imagePullPolicy: 'Never' }].map((one) => isOutdated(pod(one), workload('ReplicaSet')))).toEqual([false, false, true, true]);
  expect(isOutdated(pod({}, { containers: [container('injected'), container('a'), container('b', 'proxy:1', 'IfNotPresent')] }), workload('ReplicaSet'))).toBe(false);
});

test('or by what stands at a path that was changed', () => {
  const limit = (memory: string) => ({ ...container('a'), resources: { limits: { memory } } });
  const pod = (memory: string) => ({ metadata: {}, spec: { containers: [{ ...limit(memory), env: [] }] } });
  const path = ['spec', 'containers', { name: 'a' }, 'resources', 'limits', 'memory'];
  const owner = workload('CronJob', {}, { containers: [limit('32Mi')] });
  expect([isOutdated(pod('64Mi'), owner), ...['32Mi', '64Mi'].map((memory) => isOutdated(pod(memory), owner, [path]))]).toEqual([false, false, true]);
});

test.each<[object, string | undefined]>([
  [{ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'Helm'], [{ annotations: { 'meta.helm.sh/release-name': 'web' } }, 'Helm'],
  [{ annotations: { 'argocd.argoproj.io/tracking-id': 'x' }, labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'Argo CD'],
  [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }, 'Flux'], [{ labels: { app: 'web' } }, undefined], [{}, undefined],
])('%o is written by %s', (metadata, expected) => expect(sourceOf({ metadata })).toBe(expected));

test('a root of a kind that may make its pods in any way is refused by name', () => {
  const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } };
  expect([isWorkload(rollout), isWorkload({ apiVersion: 'example.com/v1', kind: 'Deployment' }), isWorkload({ apiVersion: 'batch/v1beta1', kind: 'CronJob' })]).toEqual([false, false, true]);
  expect(() => workloadOf({ metadata: { name: 'pod' } }, [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1' } }, rollout])).toThrow(
    expect.objectContaining({ code: 'POD_HAS_OWNER', parameters: { pod: 'pod', kind: 'Rollout', owner: 'web' } }),
  );
});
