import { expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import { isFor } from './pull-secrets.ts';
import { pulls } from './sample-pulls.ts';
import { podOf, sharedWorld } from './sample-worlds.ts';
import type { PullSecret, World } from './world.ts';

const registry = '10.0.0.9:5000';
const json = (...hosts: string[]): PullSecret => ({ type: 'kubernetes.io/dockerconfigjson', hosts });
const world = (named: readonly string[], pullSecrets: World['pullSecrets'], rest: Partial<World> = {}, error: string = pulls.basicC): World => {
  const pod = podOf({ image: `${registry}/app:1`, policy: 'IfNotPresent', reason: 'ErrImagePull', message: error });
  return sharedWorld({ ...pod, spec: { ...pod.spec, ...(named.length > 0 && { imagePullSecrets: named.map((name) => ({ name })) }) } },
    { hostImages: [], ...(pullSecrets && { pullSecrets }), ...rest });
};
const secret = (type: string) => ({ kind: 'Secret', metadata: { name: 's' }, type });

const cases: readonly [string, World, string][] = [
  ['no secret, containerd', world([], undefined), 'none strong  F9.secret pull-10.0.0.9-5000'],
  ['no secret, Docker', world([], undefined, {}, pulls.basicD), 'none strong  F9.secret pull-10.0.0.9-5000'],
  ['no secret, a token service, Docker', world([], undefined, {}, pulls.bearerD), 'none strong  F9.secret pull-10.0.0.9-5000'],
  ['no secret, a token service, containerd', world([], undefined, {}, pulls.bearerC), 'none strong  F9.secret pull-10.0.0.9-5000'],
  ['no secret, but a fitting one exists', world([], { work: json(registry), hub: json('https://index.docker.io/v1/') }), 'none strong  *F9.attach work, F9.secret pull-10.0.0.9-5000'],
  ['the secret is not there', world(['s'], { s: 'missing' }), 'missing proven s F9.secret s'],
  ['the secret is not there, as its object says', world(['s'], undefined, { related: { 'Secret/s': 'missing' } }), 'missing proven s F9.secret s'],
  ['a secret of another type', world(['s'], { s: { type: 'Opaque', hosts: [] } }), 'wrong-type proven s F9.secret pull-10.0.0.9-5000'],
  ['a secret of another type, as its object says', world(['s'], undefined, { related: { 'Secret/s': secret('Opaque') } }), 'wrong-type proven s F9.secret pull-10.0.0.9-5000'],
  ['a secret for another registry', world(['s'], { s: json('10.0.0.9', 'registry:5000') }), 'other-registry strong s F9.secret pull-10.0.0.9-5000'],
  ['the secret is not taken', world(['s'], { s: json(`http://${registry}`) }), 'rejected strong s F9.secret pull-10.0.0.9-5000'],
  ['nobody could read the secret', world(['s'], undefined), 'unknown strong s F9.secret pull-10.0.0.9-5000'],
  ['of a right type, what is in it is not known', world(['s'], undefined, { related: { 'Secret/s': secret('kubernetes.io/dockerconfigjson') } }), 'unknown strong s F9.secret pull-10.0.0.9-5000'],
  ['one is missing, the other one is not taken', world(['s', 't'], { s: 'missing', t: json(registry) }), 'rejected strong t F9.secret pull-10.0.0.9-5000'],
  ['the name for a new secret is taken', world(['pull-10.0.0.9-5000'], { 'pull-10.0.0.9-5000': json(registry) }), 'rejected strong pull-10.0.0.9-5000 F9.secret pull-10.0.0.9-5000-2'],
];

test.each(cases)('%s', (_, subject, expected) => {
  const [found] = diagnose(subject);
  expect(found?.id).toBe('IMG-06');
  const fixes = found?.fixes.map((fix) => `${fix.recommended ? '*' : ''}${'key' in fix ? fix.key : fix.action} ${'label' in fix ? fix.label.params['secret'] : ''}`).join(', ');
  expect([found?.message.key.replace('finding.IMG-06.sentence-', ''), found?.confidence, found?.message.params['secret'], fixes].join(' ')).toBe(expected);
});

test('a secret is begun without a name or a password, and attached beside the others', () => {
  const [found] = diagnose(world(['s'], { s: 'missing', work: json(registry) }));
  expect(found?.fixes[0]).toMatchObject({ action: 'change', parts: [{ on: 'pod', edits: [{ path: ['spec', 'imagePullSecrets'], value: [{ name: 's' }, { name: 'work' }] }] }] });
  expect(found?.fixes[1]).toMatchObject({ action: 'write', manifest: {
    kind: 'Secret', metadata: { name: 's', namespace: 'default' }, type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': '{"auths":{"10.0.0.9:5000":{"username":"","password":""}}}' },
  } });
  expect(found?.evidence.slice(-1)).toMatchObject([{ message: { key: 'evidence.missing', params: { kind: 'Secret', name: 's' } } }]);
});

test.each([
  ['https://index.docker.io/v1/', 'docker.io/library/app', true],
  ['docker.io', 'docker.io/user/app', true],
  ['registry:5000', 'registry:5000/app', true],
  ['registry', 'registry:5000/app', false],
  ['*.example.com', 'eu.example.com/app', true],
  ['*.example.com', 'a.b.example.com/app', false],
  ['r*.example.com', 'registry.example.com/app', true],
  ['quay.io/team', 'quay.io/team/app', true],
  ['quay.io/team', 'quay.io/other/app', false],
  ['https://registry:5000/v2/', 'registry:5000/app', true],
])('a login kept for %s, for %s: %s', (key, repository, expected) => {
  expect(isFor(key, repository)).toBe(expected);
});
