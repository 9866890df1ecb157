import { expect, test } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { temporaryName } from './dry-run.ts';
import { fitsWithout, quotaOf } from './quota.ts';

/** k8s.io/apimachinery/pkg/util/validation: IsDNS1123Subdomain. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

test.each([
  ['web', 63], ['a', 63], ['x'.repeat(63), 63], [`${'x'.repeat(46)}.${'y'.repeat(16)}`, 63], [`${'x'.repeat(45)}--${'y'.repeat(10)}`, 63],
  ['x'.repeat(64), 253], ['x'.repeat(253), 253], [`${'x'.repeat(236)}.${'y'.repeat(16)}`, 253], [`${'x.'.repeat(126)}x`, 253],
])('the temporary name of %s is a name, and no longer than its kind allows', (name, limit) => {
  const temporary = temporaryName(name);
  expect(temporary).toMatch(SUBDOMAIN);
  expect(temporary.length).toBeLessThanOrEqual(limit);
  expect([temporary === temporaryName(name), temporary.startsWith(name.slice(0, 20))]).toEqual([false, true]);
});

const refused = (message: string, status = 403) => new ApiError(status, 'Forbidden', message);
const old = (resources: object, phase = 'Running'): Pod => ({ metadata: { name: 'web' }, spec: { containers: [{ name: 'c', resources }] }, status: { phase } });
// As kube-apiserver 1.20 says it.
const full = 'pods "web-podlab-1" is forbidden: exceeded quota: one-pod, requested: pods=1, used: pods=1, limited: pods=1';
const both = 'pods "web" is forbidden: exceeded quota: team, requested: limits.memory=512Mi,requests.cpu=500m, used: limits.memory=1Gi,requests.cpu=700m, limited: limits.memory=1Gi,requests.cpu=1';

test('a refusal by a quota is read with its numbers; others are none', () => {
  expect(quotaOf(refused(full))).toEqual({ quota: 'one-pod', resources: { pods: { requested: 1, used: 1, limited: 1 } } });
  expect(Object.keys(quotaOf(refused(both))?.resources ?? {})).toEqual(['limits.memory', 'requests.cpu']);
  expect([quotaOf(refused(full, 500)), quotaOf(refused('pods "web" is forbidden: failed quota: q: must specify cpu')), quotaOf(new Error(full))]).toEqual([undefined, undefined, undefined]);
});

test.each<[string, string, Pod, boolean]>([
  ['the old pod is all that fills it', full, old({}), true],
  ['an old pod that has ended does not count', full, old({}, 'Succeeded'), false],
  ['another one fills it, too', full.replace('used: pods=1', 'used: pods=2'), old({}), false],
  ['each resource has to fit', both, old({ requests: { cpu: '200m' }, limits: { memory: '512Mi' } }), true],
  ['and one does not', both, old({ requests: { cpu: '100m' }, limits: { memory: '512Mi' } }), false],
  ['an amount that cannot be read fits nowhere', full.replace('limited: pods=1', 'limited: pods=x'), old({}), false],
])('a quota is explained by the old pod: %s', (_, message, pod, fits) => {
  const refusal = quotaOf(refused(message));
  expect(refusal && fitsWithout(pod, refusal)).toBe(fits);
});
