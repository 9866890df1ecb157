import { expect, test } from 'vitest';
import type { Edit } from '../contract/findings.ts';
import type { KubeEvent, KubeObject } from '../kubernetes/objects.ts';
import { pathText } from '../kubernetes/edits.ts';
import { diagnoseOwner } from './owner.ts';
import type { OwnerWorld } from './owner-world.ts';
import { boundsIn, mustSpecify } from './owner-texts.ts';

const now = new Date('2026-03-01T12:05:00Z');
const container = (resources?: object) => ({ name: 'app', image: 'app:1', ...(resources && { resources }) });
const meta = (name: string, rest: object = {}) => ({ name, namespace: 'dev', uid: `uid-${name}`, ...rest });
const deployment = (spec: object = {}, status: object = {}, resources?: object): KubeObject => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web'), spec: { replicas: 1, template: { spec: { containers: [container(resources)] } }, ...spec }, status,
});
const owned = { ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }] };
/** A ReplicaSet that has none of its pods, in Kubernetes' words. */
const replicaSet = (text: string, status: object = {}): KubeObject => ({
  apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta('web-1', owned), spec: { replicas: 1 },
  status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: text }], ...status },
});
const event = (on: string, message: string, at = '12:04:00'): KubeEvent => ({
  metadata: { name: `e-${at}` }, reason: 'FailedCreate', type: 'Warning', message, lastTimestamp: `2026-03-01T${at}Z`, involvedObject: { kind: 'X', name: on, namespace: 'dev', uid: `uid-${on}` },
});
const world = (text: string, rest: Partial<OwnerWorld> = {}): OwnerWorld => ({ now, owner: deployment(), children: [replicaSet(text)], events: [], ...rest });
const headline = (given: OwnerWorld) => {
  const [first] = diagnoseOwner(given);
  return first && { id: first.id, key: first.message.key.replace(/^finding\.OWN-\d\d\./, ''), params: first.message.params, fixes: first.fixes.map((fix) => ('key' in fix ? fix.key : fix.action)) };
};
const editsOf = (given: OwnerWorld, key: string): string[] => diagnoseOwner(given).flatMap(({ fixes }) => fixes).flatMap((fix) =>
  fix.action === 'change' && fix.key === key ? fix.parts.flatMap((part): Edit[] => ('edits' in part ? part.edits : [])) : []).map(({ path, value }) => `${pathText(path)}=${String(value)}`);

const forbidden = 'pods "web-1-x" is forbidden: ';
test.each<[what: string, text: string, id: string, key: string, params: object, fixes: string[]]>([
  ['a quota that is used up', `${forbidden}exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1`, 'OWN-01', 'sentence', { quota: 'few', requested: 'pods=1', used: 'pods=1', limited: 'pods=1' }, []],
  ['a quota that wants limits', `${forbidden}failed quota: strict: must specify limits.cpu,limits.memory`, 'OWN-01', 'sentence-unspecified', { quota: 'strict', wanted: 'limits.cpu, limits.memory' }, ['F11.add-requests', 'F11.owner-resources']],
  ['a quota of extended resources', `${forbidden}failed quota: strict: must specify requests.example.com/gpu`, 'OWN-01', 'sentence-unspecified', { wanted: 'requests.example.com/gpu' }, ['F11.owner-resources']],
  ['more than a LimitRange allows', `${forbidden}maximum memory usage per Container is 100Mi, but limit is 200Mi`, 'OWN-02', 'sentence', { bound: 'maximum', resource: 'memory', per: 'Container', limit: '100Mi' }, ['F11.clamp', 'F11.owner-resources']],
  ['more than one pod may have', `${forbidden}maximum cpu usage per Pod is 1, but limit is 2`, 'OWN-02', 'sentence', { per: 'Pod', limit: '1' }, ['F11.owner-resources']],
  ['a namespace rule', `${forbidden}violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set x), runAsNonRoot != true`, 'OWN-03', 'sentence', { level: 'restricted:latest' }, ['F20.owner-security']],
  ['a policy of 1.20', `${forbidden}PodSecurityPolicy: unable to admit pod: [spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed]`, 'OWN-03', 'sentence', { level: 'PodSecurityPolicy' }, ['F20.owner-security']],
  ['no service account', `${forbidden}error looking up service account dev/nope: serviceaccount "nope" not found`, 'OWN-04', 'sentence', { account: 'nope' }, ['F20.account']],
  ['no priority class', `${forbidden}no PriorityClass with name nope was found`, 'OWN-05', 'sentence-priority', { priority: 'nope' }, ['F20.priority']],
  ['a webhook that does not answer', 'Internal error occurred: failed calling webhook "check.example.com": Post "https://x.dev.svc:443/?timeout=10s": service "x" not found', 'OWN-05', 'sentence-silent', { webhook: 'check.example.com' }, []],
  ['a webhook that refuses', 'admission webhook "check.example.com" denied the request: no team label', 'OWN-05', 'sentence-denied', { webhook: 'check.example.com', words: 'no team label' }, []],
  ['a template that makes no pod', 'Pod "web-1-x" is invalid: spec.containers[0].name: Invalid value: "A"', 'OWN-05', 'sentence-invalid', {}, ['F20.template']],
  ['words that nobody knows', 'something new', 'OWN-05', 'sentence', {}, []],
])('%s', (_, text, id, key, params, fixes) => {
  const found = headline(world(text));
  expect({ ...found, params: {} }).toEqual({ id, key, params: {}, fixes });
  expect(found?.params).toMatchObject({ kind: 'Deployment', name: 'web', namespace: 'dev', ...params });
});

test.each<[what: string, given: OwnerWorld]>([
  ['a refusal that is over: the ReplicaSet has its pod', world('exceeded quota: x, requested: a, used: b, limited: c', { owner: deployment({}, { replicas: 1 }), children: [replicaSet('exceeded quota: x, requested: a, used: b, limited: c', { replicas: 1 })] })],
  ['an event of a ReplicaSet that has its pod', { now, owner: deployment({}, { replicas: 1 }), children: [{ kind: 'ReplicaSet', metadata: meta('web-1'), spec: { replicas: 1 }, status: { replicas: 1 } }], events: [event('web-1', 'Error creating: x')] }],
  ['another reason of that condition', { now, owner: deployment(), children: [{ kind: 'ReplicaSet', metadata: meta('web-1'), spec: { replicas: 1 }, status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedDelete', message: 'x' }] } }], events: [] }],
  ['nothing that could be read', { now, owner: deployment(), children: 'unknown', events: 'unknown' }],
  ['a Deployment on its way', { now, owner: deployment({}, { replicas: 1, conditions: [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' }] }), children: [], events: [] }],
  ['a Job that is done', { now, owner: { apiVersion: 'batch/v1', kind: 'Job', metadata: meta('job'), spec: { parallelism: 1 }, status: { conditions: [{ type: 'Complete', status: 'True' }] } }, children: [], events: [event('job', 'Error creating: x')] }],
  ['a CronJob that runs', { now, owner: { apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta('cron'), spec: { suspend: false } }, children: [], events: [] }],
])('%s: no finding', (_, given) => {
  expect(diagnoseOwner(given)).toEqual([]);
});

test('kinds without that condition: their newest event counts', () => {
  const set: KubeObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta('db'), spec: { replicas: 2 }, status: { replicas: 1 } };
  const text = 'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: error looking up service account dev/nope: serviceaccount "nope" not found';
  const found = diagnoseOwner({ now, owner: set, children: [], events: [event('db', 'older words', '12:01:00'), event('db', text), event('other', 'Error creating: not ours', '12:04:30')], serviceAccounts: { nope: 'missing' } });
  expect(found.map(({ id, confidence, raw }) => ({ id, confidence, raw }))).toEqual([{ id: 'OWN-04', confidence: 'proven', raw: text }]);
});

test('a DaemonSet that has not been counted yet, since its first pod was refused', () => {
  const set: KubeObject = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { ...meta('log'), generation: 1 }, spec: {}, status: { desiredNumberScheduled: 0, currentNumberScheduled: 0 } };
  const events = [event('log', 'Error creating: pods "log-" is forbidden: error looking up service account dev/nope: serviceaccount "nope" not found')];
  expect(headline({ now, owner: set, children: [], events })).toMatchObject({ id: 'OWN-04', key: 'sentence' });
  expect(diagnoseOwner({ now, owner: { ...set, status: { desiredNumberScheduled: 1, currentNumberScheduled: 1, observedGeneration: 1 } }, children: [], events })).toEqual([]);
});

test('a service account that has come since: nothing is missing, and the next try need not be waited for', () => {
  const found = headline(world(`${forbidden}error looking up service account dev/robot: serviceaccount "robot" not found`, { serviceAccounts: { robot: 'present' } }));
  expect(found).toMatchObject({ id: 'OWN-04', key: 'sentence-arrived', fixes: ['F20.try-now'] });
});

test('a quota is opened as it is, since others share it', () => {
  const quota: KubeObject = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta('few', { resourceVersion: '5' }), spec: { hard: { pods: '1' } }, status: { used: { pods: '1' } } };
  const [found] = diagnoseOwner(world(`${forbidden}exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1`, { quotas: [quota] }));
  expect(found?.fixes).toMatchObject([{ action: 'write', key: 'F19.quota', danger: 'r', manifest: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few', namespace: 'dev' }, spec: { hard: { pods: '1' } } } }]);
  expect(found?.evidence.map(({ path }) => path)).toContain('spec.hard');
});

const at = 'spec.template.spec.containers[app].resources';
test.each<[what: string, text: string, resources: object | undefined, key: string, edits: string[]]>([
  ['all that is missing', 'failed quota: q: must specify limits.cpu,limits.memory', undefined, 'F11.add-requests', [`${at}.limits.cpu=500m`, `${at}.limits.memory=256Mi`]],
  ['never a limit below the request', 'failed quota: q: must specify limits.cpu', { requests: { cpu: '2' } }, 'F11.add-requests', [`${at}.limits.cpu=2`]],
  ['never a request above the limit', 'failed quota: q: must specify memory', { limits: { memory: '32Mi' } }, 'F11.add-requests', [`${at}.requests.memory=32Mi`]],
  ['down to the maximum, with the request', 'maximum memory usage per Container is 100Mi, but limit is 200Mi', { limits: { memory: '200Mi' }, requests: { memory: '150Mi' } }, 'F11.clamp', [`${at}.requests.memory=100Mi`, `${at}.limits.memory=100Mi`]],
  ['a limit where none was', 'maximum cpu usage per Container is 1.5, but no limit is specified', undefined, 'F11.clamp', [`${at}.limits.cpu=1.5`]],
  ['up to the minimum', '[minimum cpu usage per Container is 100m, but request is 10m, minimum memory usage per Container is 64Mi, but request is 1Mi]', { requests: { cpu: '10m', memory: '1Mi' } }, 'F11.clamp', [`${at}.requests.cpu=100m`, `${at}.requests.memory=64Mi`]],
])('resources: %s', (_, text, resources, key, edits) => {
  expect(editsOf(world(`${forbidden}${text}`, { owner: deployment({}, {}, resources) }), key)).toEqual(edits);
});

test('what something else makes again is not changed, nor a Job, whose template is fixed', () => {
  const text = `${forbidden}failed quota: q: must specify limits.cpu`;
  expect(headline({ ...world(text), owner: replicaSet(text), children: [] })?.fixes).toEqual([]);
  const job: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: meta('job'), spec: { template: { spec: { containers: [container()] } } } };
  expect(headline({ now, owner: job, children: [], events: [event('job', `Error creating: ${text}`)] })?.fixes).toEqual([]);
});

test.each<[what: string, owner: KubeObject, key: string, edits: string[]]>([
  ['scaled to nothing', deployment({ replicas: 0 }), 'sentence', ['spec.replicas=1']],
  ['paused', deployment({ paused: true }, { replicas: 1 }), 'sentence-paused', ['spec.paused=undefined']],
  ['suspended', { apiVersion: 'batch/v1beta1', kind: 'CronJob', metadata: meta('cron'), spec: { suspend: true } }, 'sentence-suspended', ['spec.suspend=false']],
])('OWN-07, %s: nothing is wrong', (_, owner, key, edits) => {
  const [found] = diagnoseOwner({ now, owner, children: [], events: [] });
  expect([found?.id, found?.severity, found?.message.key]).toEqual(['OWN-07', 'info', `finding.OWN-07.${key}`]);
  expect(editsOf({ now, owner, children: [], events: [] }, found?.fixes.map((fix) => ('key' in fix ? fix.key : ''))[0] ?? '')).toEqual(edits);
});

test('OWN-06 stands behind what the pods suffer from, and goes back where an older revision is ready', () => {
  const revision = (name: string, number: number, ready: number): KubeObject => ({
    apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta(name, { ...owned, annotations: { 'deployment.kubernetes.io/revision': String(number) } }),
    spec: { replicas: 1, template: { spec: { containers: [container()] } } }, status: { replicas: 1, readyReplicas: ready },
  });
  const owner = deployment({ progressDeadlineSeconds: 10 }, { replicas: 2, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "web-2" has timed out progressing.' }] });
  const [podFinding] = diagnoseOwner(world('x'));
  const found = diagnoseOwner({ now, owner, children: [revision('web-1', 1, 1), revision('web-2', 2, 0)], events: [], podFinding: podFinding! });
  expect(found.map(({ id }) => id)).toEqual(['OWN-05', 'OWN-06']);
  expect(found[1]?.message.params).toMatchObject({ seconds: 10 });
  expect(found[1]?.fixes.map((fix) => ('key' in fix ? fix.key : ''))).toEqual(['F17.rollback']);
  expect(diagnoseOwner({ now, owner, children: [revision('web-1', 1, 0), revision('web-2', 2, 0)], events: [] })[0]?.fixes).toEqual([]);
});

test('lists in the texts of several servers', () => {
  expect(mustSpecify('limits.cpu for: app,other; requests.memory for: app')).toEqual(['limits.cpu', 'requests.memory']);
  expect(boundsIn('minimum memory usage per Container is 1.5Gi.  maximum cpu usage of nothing')).toEqual([{ bound: 'minimum', resource: 'memory', per: 'Container', limit: '1.5Gi' }]);
});
