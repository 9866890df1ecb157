import { expect, test } from 'vitest';
import type { Finding } from '../../../shared/contract/findings.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { PodEntry } from '../pods/view.ts';
import { look, runSeconds } from './watch-finding.ts';

const finding = (id: string, container?: string, severity: Finding['severity'] = 'error') => ({ id, severity, ...(container === undefined ? {} : { container }) }) as Finding;
const entry = (ready: string, findings: Finding[] = [], more: { status?: string; metadata?: object; reason?: string } = {}): PodEntry => ({
  pod: { metadata: { name: 'p', ...more.metadata }, status: { ...(more.reason === undefined ? {} : { reason: more.reason }) } },
  row: { name: 'p', ready, status: more.status ?? 'Running' } as PodEntry['row'], findings,
});
const wrong = finding('CRA-01', 'app');
const ending = { metadata: { deletionTimestamp: '2026-11-25T10:00:00Z' } };

test.each<[string, PodEntry[], ReturnType<typeof look>['is']]>([
  ['ready, and nothing wrong', [entry('1/1')], 'well'],
  ['done with its work', [entry('0/1', [], { status: 'Completed' })], 'well'],
  ['no pod', [], 'unseen'],
  ['the old one alone, on its way out', [entry('0/1', [wrong], ending)], 'unseen'],
  ['the old one beside the new one', [entry('0/1', [wrong], ending), entry('1/1')], 'well'],
  ['one that was evicted before', [entry('0/1', [wrong], { reason: 'Evicted' }), entry('1/1')], 'well'],
  ['the finding is there, though another pod is ready', [entry('1/1'), entry('0/1', [wrong])], 'stays'],
  ['the same in another container', [entry('0/1', [finding('CRA-01', 'side')])], 'other'],
  ['something else is wrong', [entry('0/1', [finding('IMG-01', 'app')])], 'other'],
  ['something else that hinders nobody', [entry('1/1', [finding('IMG-16', 'app', 'warning')])], 'well'],
  ['not ready yet', [entry('1/1'), entry('0/1')], 'starting'],
  ['a finding of a ready pod is one all the same', [entry('1/1', [finding('CRA-01', 'app', 'warning')])], 'stays'],
])('%s', (_, entries, is) => expect(look(entries, wrong).is).toBe(is));

const podOf = (container: object, terminated: object = {}): Pod => ({
  metadata: { name: 'p' }, spec: { containers: [{ name: 'app', ...container }] }, status: { containerStatuses: [{ name: 'app', lastState: { terminated } }] },
});
const ran = (seconds: number) => ({ startedAt: '2026-11-25T10:00:00Z', finishedAt: new Date(Date.parse('2026-11-25T10:00:00Z') + seconds * 1000).toISOString() });
test.each<[string, string, Pod, number]>([
  ['scheduling is proven by being ready', 'SCH-02', podOf({}), 0],
  ['a crash at once', 'CRA-01', podOf({}, ran(0)), 10],
  ['longer than it ran before', 'CRA-01', podOf({}, ran(20)), 25],
  ['but not for ever', 'CRA-01', podOf({}, ran(4000)), 60],
  ['a run that has no times', 'CRA-01', podOf({}), 10],
  ['longer than the probe takes to kill', 'PRB-01', podOf({ livenessProbe: { initialDelaySeconds: 5, periodSeconds: 5, failureThreshold: 2 } }), 20],
  ['with the defaults of a probe', 'PRB-01', podOf({ livenessProbe: {} }), 35],
  ['a pod without the container', 'CRA-01', { metadata: {} }, 10],
])('how long it has to run: %s', (_, id, pod, seconds) => expect(runSeconds({ id, container: 'app' }, pod)).toBe(seconds));
