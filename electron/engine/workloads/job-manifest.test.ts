import { expect, test } from 'vitest';
import { jobManifest } from './job-manifest.ts';
import { workloadManifest } from './object-manifest.ts';
import type { Workload } from './root-owner.ts';

const generated = { 'controller-uid': 'u', 'job-name': 'work', 'batch.kubernetes.io/controller-uid': 'u', 'batch.kubernetes.io/job-name': 'work' };
function job(spec: object = {}): Workload {
  return {
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: {
      name: 'work', namespace: 'n', uid: 'u', resourceVersion: '7', creationTimestamp: '2026-11-25T10:00:00Z', labels: { ...generated, mine: 'yes' }, annotations: { note: 'mine' },
      managedFields: [], finalizers: ['foregroundDeletion'], ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'every', uid: 'c', controller: true }],
    },
    spec: {
      backoffLimit: 2, selector: { matchLabels: { 'controller-uid': 'u' } }, ...spec,
      template: { metadata: { creationTimestamp: null, labels: { ...generated, app: 'work' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'work:1', imagePullPolicy: 'Always', env: [] }] } },
    },
    status: { failed: 1 },
  };
}

test('what was generated goes, what was written stays, and it stays its owner\'s', () => {
  expect(jobManifest(job())).toEqual({
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: { name: 'work', namespace: 'n', labels: { mine: 'yes' }, annotations: { note: 'mine' }, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'every', uid: 'c', controller: true }] },
    spec: {
      backoffLimit: 2,
      template: { metadata: { labels: { app: 'work' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'work:1', imagePullPolicy: 'Always', env: [] }] } },
    },
  });
});

test('a selector that was chosen stays, with its labels', () => {
  const made = jobManifest(job({ manualSelector: true })) as unknown as { spec: { selector: unknown; template: { metadata: { labels: unknown } } } };
  expect([made.spec.selector, made.spec.template.metadata.labels]).toEqual([{ matchLabels: { 'controller-uid': 'u' } }, { ...generated, app: 'work' }]);
});

test('another policy and image, and nothing else', () => {
  const made = jobManifest(job(), { policy: 'Never', image: 'work:2' }) as unknown as { spec: { template: { spec: unknown } } };
  expect(made.spec.template.spec).toEqual({ restartPolicy: 'Never', containers: [{ name: 'c', image: 'work:2', imagePullPolicy: 'Never', env: [] }] });
});

test('a Deployment that was deleted is made again without its revision and its identity', () => {
  const { uid, resourceVersion, labels, annotations, ...metadata } = { ...job().metadata, annotations: { note: 'mine', 'deployment.kubernetes.io/revision': '3' } };
  void [uid, resourceVersion, metadata];
  const deployment = { ...job(), apiVersion: 'apps/v1', kind: 'Deployment' as const, metadata: { name: 'web', namespace: 'n', uid: 'u', resourceVersion: '7', labels: labels ?? {}, annotations }, spec: { replicas: 2 } };
  expect(workloadManifest(deployment)).toEqual({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'n', labels: { ...generated, mine: 'yes' }, annotations: { note: 'mine' } }, spec: { replicas: 2 },
  });
});
