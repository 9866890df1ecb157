import { expect, test } from 'vitest';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { byWorkload } from './by-workload.ts';
import { planLines, restartLines } from './lines.ts';
import { planOf } from './plan.ts';
import type { Workload } from './root-owner.ts';
import type { TemplateChange } from './template.ts';

const template = { metadata: { labels: { app: 'web', 'controller-uid': 'u', 'job-name': 'web' } }, spec: { containers: [{ name: 'c', image: 'web:1', imagePullPolicy: 'Always' }] } };
const owner = (kind: Workload['kind'], more: { spec?: object; status?: object; uid?: string } = {}): Workload => ({
  apiVersion: 'x/v1', kind, metadata: { name: 'web', namespace: 'n', uid: more.uid ?? kind, ...(kind === 'Job' ? { labels: { 'job-name': 'web', mine: 'yes' } } : {}) },
  spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { ...(kind === 'Job' ? { selector: { matchLabels: { 'controller-uid': 'u' } } } : {}), ...more.spec, template }, ...(more.status ? { status: more.status } : {}),
});
const known = (object: Workload): Workload => ({ ...object, apiVersion: object.kind === 'Job' || object.kind === 'CronJob' ? 'batch/v1' : 'apps/v1' });
const pod = (ready: boolean): Pod => ({ metadata: { name: 'web-0', namespace: 'n' }, status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } });
const ended = (type: string) => ({ conditions: [{ type, status: 'True' }] });
const change: TemplateChange = { policy: 'IfNotPresent' };

/** What is done, in a word each. */
function told(chain: Workload[], wanted: TemplateChange, ready = false): string {
  const { workload, patch, job, deletesPods } = planOf([pod(ready)], chain.map(known), wanted);
  return [workload.kind, ...(patch ? ['patch'] : []), ...(job ? ['job'] : []), ...(deletesPods ? ['delete'] : [])].join(' ');
}

test.each<[string, Workload[], TemplateChange, boolean, string]>([
  ['a Deployment replaces its pods', [owner('ReplicaSet'), owner('Deployment')], change, false, 'Deployment patch'],
  ['a ReplicaSet does not', [owner('ReplicaSet')], change, false, 'ReplicaSet patch delete'],
  ['a DaemonSet does', [owner('DaemonSet')], change, false, 'DaemonSet patch'],
  ['a StatefulSet does', [owner('StatefulSet')], change, true, 'StatefulSet patch'],
  ['but it waits for a broken pod', [owner('StatefulSet')], change, false, 'StatefulSet patch delete'],
  ['and with OnDelete it does not', [owner('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete' } } })], change, true, 'StatefulSet patch delete'],
  ['a Job is made anew', [owner('Job')], change, false, 'Job job'],
  ['its pod alone, where nothing changes', [owner('Job')], {}, false, 'Job delete'],
  ['but a finished Job makes no pod any more', [owner('Job', { status: ended('Failed') })], {}, false, 'Job job'],
  ['any field of a Job', [owner('Job')], { edits: [{ path: ['spec', 'hostname'], value: 'x' }] }, false, 'Job job'],
  ['any field of a CronJob', [owner('Job'), owner('CronJob')], { edits: [{ path: ['spec', 'hostname'], value: 'x' }] }, false, 'CronJob patch job'],
  ['a field that is so already: the pod is deleted', [owner('ReplicaSet')], { edits: [{ path: ['spec', 'containers', { name: 'c' }, 'image'], value: 'web:1' }] }, false, 'ReplicaSet delete'],
  ['a CronJob and its present Job', [owner('Job'), owner('CronJob')], change, false, 'CronJob patch job'],
  ['a failed Job is made anew', [owner('Job', { status: ended('Failed') }), owner('CronJob')], change, false, 'CronJob patch job'],
  ['a Job that did its work is left', [owner('Job', { status: ended('Complete') }), owner('CronJob')], change, false, 'CronJob patch'],
  ['nothing changes: the pod is deleted', [owner('ReplicaSet'), owner('Deployment')], {}, false, 'Deployment delete'],
  ['the template says it already: the pod is deleted', [owner('ReplicaSet'), owner('Deployment')], { policy: 'Always' }, false, 'Deployment delete'],
])('%s', (_, chain, wanted, ready, expected) => expect(told(chain, wanted, ready)).toBe(expected));

const at = { context: 'kind-kind', namespace: 'n' };
const lines = (chain: Workload[], wanted: TemplateChange) => planLines(at, planOf([pod(true)], chain.map(known), wanted), ['web-0'], wanted);
const patch = `'{"spec":{"template":{"spec":{"containers":[{"name":"c","imagePullPolicy":"IfNotPresent"}]}}}}'`;

test.each<[string, string[], string[]]>([
  ['Deployment', lines([owner('ReplicaSet'), owner('Deployment')], change), [`patch deployment web --type=strategic -p ${patch}`, 'rollout status deployment/web --timeout=60s']],
  ['ReplicaSet', lines([owner('ReplicaSet')], change), [`patch replicaset web --type=strategic -p ${patch}`, 'delete pod web-0']],
  ['nothing changes', lines([owner('DaemonSet')], {}), ['delete pod web-0']],
  ['Job', lines([owner('Job')], change), [
    `patch job web --type=json -p '[{"op":"remove","path":"/metadata/labels/job-name"},{"op":"remove","path":"/spec/selector"},{"op":"remove","path":"/spec/template/metadata/labels/controller-uid"},{"op":"remove","path":"/spec/template/metadata/labels/job-name"},{"op":"replace","path":"/spec/template/spec/containers/0/imagePullPolicy","value":"IfNotPresent"}]' --dry-run=client -o yaml > web.recreate.yaml`,
    'replace --force -f web.recreate.yaml',
  ]],
  ['any field', lines([owner('ReplicaSet'), owner('Deployment')], { edits: [{ path: ['spec', 'containers', { name: 'c' }, 'tty'], value: true }] }), [
    `patch deployment web --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/0/tty","value":true}]'`, 'rollout status deployment/web --timeout=60s',
  ]],
  ['restart', restartLines(at, known(owner('Deployment'))), ['rollout restart deployment/web', 'rollout status deployment/web --timeout=60s']],
])('the lines of %s', (_, told, expected) => expect(told).toEqual(expected.map((line) => `kubectl --context kind-kind -n n ${line}`)));

test('a workload is one group, whatever number of its pods is asked for; each Job of a CronJob is one', () => {
  const chains: KubeObject[][] = [
    [owner('ReplicaSet', { uid: 'old' }), owner('Deployment')], [owner('Job', { uid: 'j1' }), owner('CronJob')], [owner('ReplicaSet', { uid: 'new' }), owner('Deployment')],
    [owner('Job', { uid: 'j2' }), owner('CronJob')], [owner('Job', { uid: 'j1' }), owner('CronJob')],
  ];
  const groups = byWorkload(chains.map((chain, index) => ({ pod: { metadata: { name: String(index) } }, chain })));
  expect(groups.map((group) => group.map((one) => one.pod.metadata.name).join())).toEqual(['0,2', '1,4', '3']);
});
