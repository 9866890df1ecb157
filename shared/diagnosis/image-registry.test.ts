import { expect, test } from 'vitest';
import type { Fix, Message } from '../contract/findings.ts';
import type { KubeNode, Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { pulls } from './sample-pulls.ts';
import { hostImage, id, imagesOf, kindWorld, nodeImage, podOf, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const name = '10.0.0.9:5000/app:1';
const pod = (message: string, subject: Parameters<typeof podOf>[0] = {}): Pod => podOf({ image: name, policy: 'IfNotPresent', reason: 'ErrImagePull', message, ...subject });
/** Neither on the node nor in Docker. */
const shared = (message: string, rest: Partial<World> = {}, subject: Parameters<typeof podOf>[0] = {}) => sharedWorld(pod(message, subject), { hostImages: [], ...rest });
const box = (message: string, rest: Partial<World> = {}, subject: Parameters<typeof podOf>[0] = {}) => kindWorld(pod(message, subject), { hostImages: [], ...rest });
const always = { policy: 'Always', set: true };
const here = { hostImages: [hostImage([name])] };
const amd: KubeNode = { metadata: { name: 'node-1' }, status: { nodeInfo: { architecture: 'amd64', operatingSystem: 'linux' } } };
const full: KubeNode = { ...amd, status: { ...amd.status, conditions: [{ type: 'DiskPressure', status: 'True' }] } };

const word = (fix: Fix) => [fix.recommended ? '*' : '', 'key' in fix ? fix.key : fix.action, 'image' in fix ? fix.image : '', 'policy' in fix ? fix.policy : ''].filter(Boolean).join(' ');
/** `ID sentence explanation: fixes`, with what the sentence selects on. */
const told = (world: World, ...params: string[]) => diagnose(world).map(({ id: cause, message, explanation, fixes }) => {
  const last = (part: Message | undefined) => part?.key.split('.').at(-1)?.replace(/^(sentence|explanation)-?/, '');
  const chosen = params.map((param) => `${param}=${message.params[param]}`);
  return `${[cause, last(message), last(explanation), ...chosen].filter(Boolean).join(' ')}: ${fixes.map(word).join(', ')}`;
}).join('; ');

const cases: readonly [string, World, string[], string][] = [
  // IMG-04
  ['Docker tells that only the tag is unknown', shared(pulls.tagMissingD), ['missing', 'tag', 'repository', 'digest'], 'IMG-04 missing=tag tag=1 repository=10.0.0.9:5000/app digest=no: F5.image'],
  ['containerd does not tell', box(pulls.notFoundC), ['missing'], 'IMG-04 missing=either: F5.image'],
  ['another tag is here', shared(pulls.tagMissingD, { hostImages: [hostImage(['10.0.0.9:5000/app:2'])] }), ['near'],
    'IMG-04 near near=10.0.0.9:5000/app:2: * recreate 10.0.0.9:5000/app:2, F5.image'],
  ['Docker says "name unknown": refused, not a missing tag', shared(pulls.nameUnknownD), [], 'IMG-05: F5.image, F9.secret'],
  ['on the node, Always: it is IMG-01', shared(pulls.tagMissingD, here, always), [], 'IMG-01: * recreate IfNotPresent, recreate Never'],
  // IMG-06 is in image-credentials.test.ts
  ['forbidden, in Docker\'s one word', shared(pulls.deniedD), ['forbidden'], 'IMG-06 none none forbidden=yes: F9.secret'],
  ['forbidden, on the node, Always', shared(pulls.deniedD, here, always), [], 'IMG-06 none none: * recreate IfNotPresent, recreate Never, F9.secret'],
  // IMG-07
  ['too many downloads, Docker', shared(pulls.limitD), ['hub'], 'IMG-07 hub=no: F9.secret'],
  ['too many downloads, containerd', box(pulls.limitC), [], 'IMG-07: F9.secret'],
  ['too many downloads, but it is on the node', shared(pulls.limitD, here, always), [], 'IMG-07: * recreate IfNotPresent, recreate Never, F9.secret'],
  ['too many downloads, but it is in Docker', box(pulls.limitC, here), [], 'IMG-02: * load-and-recreate 10.0.0.9:5000/app:1 IfNotPresent, load 10.0.0.9:5000/app:1'],
  // IMG-10
  ['localhost in a box', box(pulls.localhostC, {}, { image: 'localhost:5000/app:1' }), ['port', 'class'], 'IMG-10 port=5000 class=REFUSED: * F21.pull-here, F21.alias-kind'],
  ['127.0.0.1 in a box, HTTP', box(pulls.plainC, {}, { image: '127.0.0.1:5000/app:1' }), ['class'], 'IMG-10 class=PLAIN_HTTP: * F21.pull-here, F21.alias-kind'],
  ['localhost where the node is this computer', shared(pulls.localhostD, {}, { image: 'localhost:5000/app:1' }), [], 'IMG-09: '],
  ['localhost, and nobody knows whose store it is', box(pulls.localhostC, { stores: 'unknown' }, { image: 'localhost:5000/app:1' }), [], 'IMG-09: '],
  ['a name that only begins like localhost', box(pulls.plainC, {}, { image: 'localhost.test:5000/app:1' }), [], 'IMG-11: F21.http-kind'],
  // IMG-11
  ['HTTP, Docker', shared(pulls.plainD), ['host'], 'IMG-11 host=10.0.0.9:5000: F21.http-docker'],
  ['HTTP, kind', box(pulls.plainC), ['host'], 'IMG-11 host=10.0.0.9:5000: F21.http-kind'],
  ['HTTP, minikube', box(pulls.plainC, { stores: [{ node: 'node-1', kind: 'minikube', sharesDocker: 'no', known: 'node-container-label' }] }), [], 'IMG-11: F21.http-minikube'],
  ['HTTPS where HTTP was spoken', shared(pulls.tlsToHttp), ['host'], 'IMG-11 https https host=10.0.0.9:5000: '],
  // IMG-12
  ['signed by nobody known', shared(pulls.issuerD), ['why'], 'IMG-12 why=issuer: F21.trust'],
  ['for another name', box(pulls.nameC), ['why'], 'IMG-12 why=name: '],
  ['expired', shared(pulls.expired), ['why'], 'IMG-12 why=expired: '],
  // IMG-13
  ['500, Docker', shared(pulls.down500D), ['code', 'host'], 'IMG-13 code=500 host=10.0.0.9:5000: * recreate'],
  ['503, containerd', box(pulls.down503C), ['code'], 'IMG-13 code=503: * recreate'],
  ['the newer reason, without a number', shared(pulls.down, {}, { reason: 'RegistryUnavailable' }), ['code'], 'IMG-13 code=none: * recreate'],
  ['503, but it is on the node', shared(pulls.down500D, here, always), [], 'IMG-13: * recreate IfNotPresent, recreate Never, recreate'],
  // IMG-14
  ['another processor, Docker', shared(pulls.platformD, { nodes: [amd] }), ['arch'], 'IMG-14 arch=amd64: F5.image, F21.platform'],
  ['another processor, containerd, an unknown node', box(pulls.platformC, { nodes: 'unknown' }), ['arch'], 'IMG-14 arch=none: F5.image'],
  // IMG-20
  ['pinned, another build is here', box(pulls.digestC, { hostImages: [hostImage(['10.0.0.9:5000/app:2'])] }, { image: `10.0.0.9:5000/app@sha256:${'0'.repeat(64)}` }), ['digest', 'near', 'dated'],
    'IMG-20 digest=000000000000 near=10.0.0.9:5000/app:2 dated=yes: * recreate 10.0.0.9:5000/app:2'],
  ['pinned, offline, on the node only', box(pulls.offlineC, { nodeImages: imagesOf([nodeImage(['docker.io/library/app:1'])]) }, { image: `app@${id('f')}` }), ['dated'], 'IMG-20 dated=no: * recreate app:1'],
  ['pinned, nothing of that name here', box(pulls.digestC, { hostImages: [hostImage(['10.0.0.9:5000/apq:2'])] }, { image: `10.0.0.9:5000/app@sha256:${'0'.repeat(64)}` }), ['digest'],
    'IMG-04 near digest=yes: * recreate 10.0.0.9:5000/apq:2, F5.image'],
  ['pinned, but the disk is full', box(pulls.full, { hostImages: [hostImage(['10.0.0.9:5000/app:2'])] }, { image: `10.0.0.9:5000/app@sha256:${'0'.repeat(64)}` }), [],
    'IMG-21 disk disk: * recreate, F21.free-disk'],
  // IMG-21
  ['the disk is full', shared(pulls.full), [], 'IMG-21 disk disk: * recreate, F21.free-disk'],
  ['damaged', shared(pulls.corrupt), [], 'IMG-21 damaged damaged: * recreate'],
  ['an old format', shared(pulls.oldFormat), [], 'IMG-21 old-format old-format: F5.image'],
  ['a signature, for which there is no way around', shared(pulls.signature, {}, { reason: 'SignatureValidationFailed' }), [], 'IMG-21 signature signature: '],
];

test.each(cases)('%s', (_, world, params, expected) => {
  expect(told(world, ...params)).toBe(expected);
});

test.each([pulls.qps, 'rpc error: code = Unknown desc = something new'])('no cause of an image for %s', (message) => {
  expect(diagnose(shared(message)).map(({ id: cause }) => cause).filter((cause) => cause.startsWith('IMG'))).toEqual([]);
});

test('what is known of the node goes along: its processor, its full disk', () => {
  const of = (message: string) => diagnose(shared(message, { nodes: [full] }))[0]?.evidence.at(-1);
  expect(of(pulls.platformD)).toMatchObject({ kind: 'node', path: 'status.nodeInfo.architecture', value: 'amd64' });
  expect(of(pulls.full)).toMatchObject({ kind: 'node', path: 'status.conditions[0]', value: 'DiskPressure=True' });
});

test('an image that came after the last try is not called missing', () => {
  expect(diagnose(shared(pulls.tagMissingD, here))[0]).toMatchObject({ id: 'IMG-04', severity: 'info', message: { key: 'finding.arrived.sentence' } });
});

const never = (serverMinor: number | undefined, at: string) => kindWorld(podOf({ image: 'app:1', policy: 'Never', reason: 'ErrImageNeverPull', set: true }), {
  ...(serverMinor !== undefined && { serverMinor }), hostImages: [], nodeImages: imagesOf([nodeImage(['docker.io/library/app:1'])]),
  events: [{ metadata: { name: 'e' }, reason: 'ErrImageNeverPull', message: 'Container image "app:1" is not present with pull policy of Never', lastTimestamp: at,
    involvedObject: { uid: 'u1', fieldPath: 'spec.containers{app}' } }],
});

test.each([
  ['newer, said after the image was seen on the node', 35, '2026-03-01T12:04:50Z', 'IMG-22 checked checked: recreate IfNotPresent'],
  ['newer, said before', 35, '2026-03-01T12:04:10Z', 'IMG-18 arrived arrived: * recreate'],
  ['too old for such a check', 20, '2026-03-01T12:04:50Z', 'IMG-18 arrived arrived: * recreate'],
  ['of an unknown version', undefined, '2026-03-01T12:04:50Z', 'IMG-18 arrived arrived: * recreate'],
])('Never, refused though it is there: a cluster %s', (_, minor, at, expected) => {
  expect(told(never(minor, at))).toBe(expected);
});

test('Always that the cluster forces, of a template that says otherwise', () => {
  const metadata = { ...podOf().metadata, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d', uid: 'r', controller: true }] };
  const owners = (policy: string): World['owners'] => [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-7d' }, spec: { template: { spec: { containers: [{ name: 'app', image: name, imagePullPolicy: policy }] } } } }];
  expect(told(box(pulls.notFoundC, { ...here, owners: owners('IfNotPresent') }, { policy: 'Always', metadata }), 'where')).toBe('IMG-22 where=docker: F5.image, F21.who-forces');
  expect(told(box(pulls.notFoundC, { ...here, owners: owners('Always') }, { policy: 'Always', metadata }))).toMatch(/^IMG-02/);
});
