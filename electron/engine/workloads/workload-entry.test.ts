import { expect, test } from 'vitest';
import type { Finding } from '../../../shared/contract/findings.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import type { PodEntry } from '../pods/view.ts';
import { serviceEntry, workloadEntry, type WorkloadParts } from './workload-entry.ts';

const now = new Date('2026-11-25T12:00:00Z');
const meta = (name: string) => ({ name, namespace: 'dev', uid: `uid-${name}`, creationTimestamp: '2026-11-25T11:00:00Z' });
const object = (kind: string, spec: object, status: object): KubeObject => ({ apiVersion: kind.endsWith('Job') ? 'batch/v1' : 'apps/v1', kind, metadata: meta('web'), spec, status });
const finding = (id: string, severity: Finding['severity'] = 'error'): Finding => ({ id, severity, confidence: 'proven', message: { key: `finding.${id}.sentence`, params: {} }, evidence: [], fixes: [] });
/** A pod with what is wrong with it, made at this hour. */
function entry(name: string, findings: Finding[], hour = 11, more: Partial<Pod> = {}, owner = 'uid-web'): PodEntry {
  const pod: Pod = {
    metadata: { ...meta(name), creationTimestamp: `2026-11-25T${String(hour).padStart(2, '0')}:30:00Z`, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'X', name: 'x', uid: owner, controller: true }], ...more.metadata },
    status: { phase: 'Running', ...more.status },
  };
  return { pod, findings, row: { uid: `uid-${name}`, name, namespace: 'dev' } as PodRow };
}
const parts = (of: KubeObject, pods: PodEntry[], more: Partial<WorkloadParts> = {}): WorkloadParts => ({ now, object: of, pods, children: [], events: [], ...more });
const brief = (one: WorkloadParts) => {
  const { row: { ready, health, isOwn, headline, severity }, findings } = workloadEntry(one);
  return [ready ?? '-', health, ...(headline ? [`${headline.id} ${severity}${isOwn ? ' own' : ''}`] : []), ...findings.map(({ finding: { id }, pod }) => `${id}${pod ? ` of ${pod}` : ''}`)].join(', ');
};
const deployment = (replicas: number, readyReplicas: number, more: object = {}) => object('Deployment', { replicas }, { replicas, readyReplicas, ...more });
const job = (status: object) => object('Job', { completions: 2 }, status);

test.each<[string, WorkloadParts, string]>([
  ['well', parts(deployment(2, 2), [entry('a', []), entry('b', [finding('SVC-07', 'info')])]), '2/2, ok'],
  ['on its way', parts(deployment(2, 1), [entry('a', [])]), '1/2, progressing'],
  ['the worst of its pods', parts(deployment(3, 0), [entry('a', [finding('CRA-02')], 9), entry('b', [finding('IMG-01')], 10), entry('c', [finding('PRB-02', 'warning')])]), '0/3, failing, IMG-01 error, IMG-01 of b'],
  ['only a warning', parts(deployment(1, 0), [entry('a', [finding('PRB-02', 'warning')])]), '0/1, degraded, PRB-02 warning, PRB-02 of a'],
  ['a pod that goes says nothing', parts(deployment(1, 0), [entry('a', [finding('IMG-01')], 10, { metadata: { ...meta('a'), deletionTimestamp: 'now' } })]), '0/1, progressing'],
  ['an evicted pod whose place is filled', parts(deployment(1, 1), [entry('a', [finding('NOD-01')], 10, { status: { phase: 'Failed' } }), entry('b', [])]), '1/1, ok'],
  ['an evicted pod whose place is empty', parts(deployment(1, 0), [entry('a', [finding('NOD-01')], 10, { status: { phase: 'Failed' } })]), '0/1, failing, NOD-01 error, NOD-01 of a'],
  ['scaled to zero', parts(deployment(0, 0), []), '0/0, ok, OWN-07 info own, OWN-07'],
  ['it goes', parts({ ...deployment(1, 1), metadata: { ...meta('web'), deletionTimestamp: 'now' } }, []), '1/1, ending'],
  ['a Job that is done forgives', parts(job({ succeeded: 2, conditions: [{ type: 'Complete', status: 'True' }] }), [entry('a', [finding('CRA-02')], 10, { status: { phase: 'Failed' } })]), '2/2, ok'],
  ['a Job that failed for good and has no pods', parts(job({ conditions: [{ type: 'Failed', status: 'True' }] }), []), '0/2, failing'],
  ['a DaemonSet', parts(object('DaemonSet', {}, { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 1 }), []), '1/2, progressing'],
])('%s', (_name, given, expected) => expect(brief(given)).toBe(expected));

test('of a CronJob the newest Job counts', () => {
  const child = (name: string, hour: number): KubeObject => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { ...meta(name), creationTimestamp: `2026-11-25T${hour}:00:00Z` } });
  const cron = object('CronJob', { schedule: '* * * * *' }, {});
  const old = entry('a', [finding('CRA-02')], 10, { status: { phase: 'Failed' } }, 'uid-old');
  expect(brief(parts(cron, [old], { children: [child('old', 10), child('new', 11)] }))).toBe('-, ok');
  expect(brief(parts(cron, [old], { children: [child('old', 10)] }))).toBe('-, failing, CRA-02 error, CRA-02 of a');
});

test('a refusal is its own and stands first', () => {
  const replicaSet: KubeObject = {
    apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta('web-1'), spec: { replicas: 2 },
    status: { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods "web-1-" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1' }] },
  };
  expect(brief(parts(deployment(2, 0, { replicas: 1 }), [entry('a', [finding('CRA-02')])], { children: [replicaSet] }))).toBe('0/2, failing, OWN-01 error own, OWN-01, CRA-02 of a');
});

test('a Service: who is ready behind it, and what is wrong with it', () => {
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
  const pod = (name: string, app: string, isReady: boolean) => entry(name, [], 11, { metadata: { ...meta(name), labels: { app } }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] } });
  const look = (pods: PodEntry[], selected: PodEntry[] | undefined) => {
    const { row, findings } = serviceEntry({ now, object: service, pods, endpoints: undefined, stores: 'unknown', events: [], selected });
    return [row.ready, row.health, row.isOwn, ...findings.map(({ finding: { id } }) => id)];
  };
  const [good, bad] = [pod('a', 'web', true), pod('b', 'web', false)];
  expect(look([good, bad], [good, bad])).toEqual(['1/2', 'ok', false]);
  expect(look([bad], [bad])).toEqual(['0/1', 'failing', true, 'SVC-02']);
  const other = pod('c', 'wep', true);
  expect(look([other], [])).toEqual(['0/0', 'failing', true, 'SVC-01']);
  const fresh: KubeObject = { ...service, metadata: { ...meta('web'), creationTimestamp: '2026-11-25T11:59:55Z' } };
  expect(serviceEntry({ now, object: fresh, pods: [], endpoints: undefined, stores: 'unknown', events: [], selected: [] }).row).toMatchObject({ ready: '0/0', health: 'progressing' });
  const headless: KubeObject = { ...service, spec: { ports: [{ port: 80 }] } };
  expect(serviceEntry({ now, object: headless, pods: [good], endpoints: undefined, stores: 'unknown', events: [], selected: undefined }).row).not.toHaveProperty('ready');
});
