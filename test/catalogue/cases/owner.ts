// OWN, and what is told of a Service itself: nothing is wrong with a pod, or there is none. A cluster of version 1.20 has no PodSecurity admission, so OWN-03
// is a fixture.
import { expect, vi } from 'vitest';
import { stringify } from 'yaml';
import { kubectl, kubectlInput } from '../../fixtures/command-line.ts';
import type { Here, LiveCase } from '../live-case.ts';
import { both } from '../start-pods.ts';

const template = (container: object = {}, spec: object = {}) => ({
  metadata: { labels: { app: 'web' } },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'catalogue-ok:1', ports: [{ containerPort: 8080 }], ...container }], ...spec },
});
const named = (apiVersion: string, kind: string, name: string, spec: object) => stringify({ apiVersion, kind, metadata: { name }, spec });
const selector = { matchLabels: { app: 'web' } };
const deployment = (container: object = {}, spec: object = {}, more: object = {}) => named('apps/v1', 'Deployment', 'web', { replicas: 2, selector, template: template(container, spec), ...more });
const quota = (hard: Record<string, string>) => named('v1', 'ResourceQuota', 'small', { hard });
const all = (...documents: readonly string[]) => () => documents.join('---\n');
const web = { kind: 'Deployment', name: 'web' };
/** 5 ms, doubled: after twelve of them 20 s. */
const REFUSALS = 12;
const account = { serviceAccountName: 'robot' };
const service = (spec: object = {}) => named('v1', 'Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec });

/** A webhook over the pods of this namespace alone, whose Service does not exist. */
const silentWebhook: NonNullable<LiveCase['prepare']> = async ({ context, namespace }, opened) => {
  await kubectl(context, 'label', 'namespace', namespace, `only=${namespace}`);
  opened.defer(async () => void (await kubectl(context, 'delete', 'validatingwebhookconfiguration', namespace, '--ignore-not-found')));
  await kubectlInput(context, stringify({
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: namespace },
    webhooks: [{
      name: 'guard.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', timeoutSeconds: 2,
      clientConfig: { service: { name: 'nobody', namespace, path: '/' } }, namespaceSelector: { matchLabels: { only: namespace } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    }],
  }), 'create', '-f', '-');
  return namespace;
};
const secondVersion: NonNullable<LiveCase['afterwards']> = async ({ context, namespace }: Here) => {
  await kubectl(context, '-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=240s');
  await kubectl(context, '-n', namespace, 'set', 'image', 'deployment/web', 'app=catalogue-ok:no-such-version');
};

export const cases: readonly LiveCase[] = [
  { id: 'OWN-01', what: 'a quota of no pods', workload: web, manifest: all(quota({ pods: '0' }), deployment()), params: { quota: 'small', limited: 'pods=0' } },
  { id: 'OWN-01', what: 'a quota that wants requests', on: both, inCi: true, workload: web, manifest: all(quota({ 'requests.cpu': '1' }), deployment()), sentence: 'sentence-unspecified', params: { wanted: 'requests.cpu' }, fix: 'F11.add-requests' },
  {
    id: 'OWN-01', what: 'a StatefulSet under a quota that wants limits', workload: { kind: 'StatefulSet', name: 'web' }, sentence: 'sentence-unspecified', fix: 'F11.add-requests',
    manifest: all(quota({ 'limits.memory': '1Gi' }), named('apps/v1', 'StatefulSet', 'web', { replicas: 1, serviceName: 'web', selector, template: template() })),
  },
  {
    id: 'OWN-02', what: 'more memory than a container may have', on: both, workload: web, params: { bound: 'maximum', resource: 'memory', limit: '64Mi' }, fix: 'F11.clamp',
    manifest: all(named('v1', 'LimitRange', 'bounds', { limits: [{ type: 'Container', max: { memory: '64Mi' } }] }), deployment({ resources: { limits: { memory: '128Mi' } } })),
  },
  { id: 'OWN-04', what: 'no such service account', on: both, workload: web, manifest: all(deployment({}, account)), params: { account: 'robot' }, fix: 'F20.account' },
  {
    id: 'OWN-04', what: 'a DaemonSet without its service account', workload: { kind: 'DaemonSet', name: 'web' }, fix: 'F20.account',
    manifest: all(named('apps/v1', 'DaemonSet', 'web', { selector, template: template({}, account) })),
  },
  {
    id: 'OWN-04', what: 'a Job without its service account', workload: { kind: 'Job', name: 'web' }, fix: 'F20.account',
    manifest: all(named('batch/v1', 'Job', 'web', { template: template({ command: ['true'] }, { ...account, restartPolicy: 'Never' }) })),
  },
  {
    id: 'OWN-04', what: 'a service account that came later', workload: web, manifest: all(deployment({}, account)), sentence: 'sentence-arrived', fix: 'F20.try-now',
    afterwards: async ({ context, namespace }) => {
      // The pause doubles with each refusal: after so many the next try is far away.
      await vi.waitFor(async () => expect(Number(await kubectl(context, '-n', namespace, 'get', 'events', '--field-selector', 'reason=FailedCreate', '-o', 'jsonpath={.items[0].count}'))).toBeGreaterThanOrEqual(REFUSALS), { timeout: 240_000, interval: 500 });
      await kubectl(context, '-n', namespace, 'create', 'serviceaccount', 'robot');
    },
  },
  { id: 'OWN-05', what: 'no such priority class', workload: web, manifest: all(deployment({}, { priorityClassName: 'no-such-class' })), sentence: 'sentence-priority', params: { priority: 'no-such-class' } },
  { id: 'OWN-05', what: 'a webhook that does not answer', workload: web, prepare: silentWebhook, manifest: all(deployment()), sentence: 'sentence-silent', params: { webhook: 'guard.example.com' } },
  {
    id: 'OWN-06', what: 'a version that never gets ready', workload: web, companion: true, afterwards: secondVersion, params: { seconds: 10 }, fix: 'F17.rollback',
    manifest: all(deployment({ imagePullPolicy: 'Never' }, {}, { progressDeadlineSeconds: 10 })),
  },
  { id: 'OWN-07', what: 'scaled to zero', workload: web, manifest: all(deployment({}, {}, { replicas: 0 })), fix: 'F14.scale-one' },
  { id: 'OWN-07', what: 'paused', workload: web, sentence: 'sentence-paused', manifest: all(deployment({}, {}, { paused: true })), fix: 'F14.resume' },
  {
    id: 'OWN-07', what: 'a CronJob that is suspended', workload: { kind: 'CronJob', name: 'web' }, sentence: 'sentence-suspended', fix: 'F14.wake',
    manifest: all(named('batch/v1beta1', 'CronJob', 'web', { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: template({ command: ['true'] }, { restartPolicy: 'Never' }) } } })),
  },
  {
    id: 'SVC-01', what: 'the Service of a misspelt label', workload: { kind: 'Service', name: 'web' }, fix: 'F15.selector',
    manifest: all(deployment(), service({ selector: { app: 'wbe' } })), params: { wanted: 'app=wbe', has: 'app=web' },
  },
  {
    id: 'SVC-02', what: 'a Service whose pods are not ready', workload: { kind: 'Service', name: 'web' }, params: { count: 2 },
    manifest: all(deployment({ readinessProbe: { httpGet: { path: '/no-such-path', port: 8080 }, periodSeconds: 1 } }), service()),
  },
];
