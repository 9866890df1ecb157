import { expect, test } from 'vitest';
import type { KubeEvent } from '../kubernetes/objects.ts';
import { correctedName } from './corrected-name.ts';
import { diagnose } from './diagnose.ts';
import { hostImage, kindWorld, podOf, sharedWorld } from './sample-worlds.ts';
import type { World } from './world.ts';

const hex = 'a'.repeat(64);
const told = (image: string, rest: Partial<World> = {}) => diagnose(sharedWorld(podOf({
  image, policy: 'IfNotPresent', reason: 'InvalidImageName', message: `Failed to apply default image tag "${image}": couldn't parse image reference "${image}": invalid reference format`,
}), rest)).map(({ id, message, confidence, fixes }) => [id, message.params['why'], message.params['better'], confidence,
  ...fixes.map((fix) => [fix.recommended ? '*' : '', 'key' in fix ? fix.key : fix.action, 'image' in fix ? fix.image : '', 'policy' in fix ? fix.policy : ''].filter(Boolean).join(' '))].join(', '));

// The reasons and messages of Kubernetes 1.20.2; a blank at either end its API server refuses.
test.each([
  ['My-App:1', 'uppercase, my-app:1, proven, * recreate my-app:1, F5.image'],
  ['My-App', 'uppercase, my-app, proven, * recreate my-app IfNotPresent, F5.image'],
  ['app::1', 'colons, app:1, proven, * recreate app:1, F5.image'],
  ['app:', 'empty_tag, app, proven, * recreate app IfNotPresent, F5.image'],
  ['https://x.io/app:1', 'scheme, x.io/app:1, proven, * recreate x.io/app:1, F5.image'],
  ['my app:1', 'whitespace, none, proven, * F5.image'],
  [hex, 'id, none, proven, * F5.image'],
  ['app@sha256:12', 'digest, none, proven, * F5.image'],
  ['app:-1', 'tag, none, proven, * F5.image'],
])('IMG-15: %s', (image, expected) => {
  expect(told(image, { hostImages: [] })).toEqual([`IMG-15, ${expected}`]);
});

test('an ID that is one of Docker\'s has a name', () => {
  expect(told(hex, { hostImages: [hostImage(['web:3'])] })).toEqual(['IMG-15, id, web:3, proven, * recreate web:3, F5.image']);
});

test('of an owner whose kind nobody knows, the name is only for a person to write', () => {
  const world = sharedWorld(podOf({ image: 'My-App:1', policy: 'IfNotPresent', reason: 'InvalidImageName', metadata: {
    ...podOf().metadata, ownerReferences: [{ kind: 'Thing', name: 't', uid: 't', controller: true }] } }), { owners: 'unknown' });
  expect(diagnose(world)[0]?.fixes.map(({ action }) => action)).toEqual(['write']);
});

test('a name that can be read has no such finding, and a correction changes something', () => {
  expect(diagnose(sharedWorld(podOf({ image: 'app:1', reason: 'ContainerCreating' }))).filter(({ id }) => id === 'IMG-15')).toEqual([]);
  expect(['app:1', 'app:Tag', '', ':', 'http://', '::'].map(correctedName)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  expect([' app:1', 'App:Tag', 'docker://App', 'R.io:5000/App:1'].map(correctedName)).toEqual(['app:1', 'app:Tag', 'app', 'r.io:5000/app:1']);
});

// By pkg/kubelet/images/image_manager.go; no cluster here can be made to say it.
const inspect = { reason: 'ImageInspectError', message: 'Failed to inspect image "app:1": rpc error: code = Unavailable desc = connection error' };
const failed: KubeEvent = { metadata: { name: 'e' }, reason: 'InspectFailed', message: inspect.message, involvedObject: { kind: 'Pod', name: 'spring', uid: 'u1', fieldPath: 'spec.containers{app}' } };

test('IMG-19: the node cannot read its own store', () => {
  const nodes: World['nodes'] = [{ metadata: { name: 'node-1' }, status: { conditions: [{ type: 'DiskPressure', status: 'True' }, { type: 'Ready', status: 'True' }] } }];
  const [found] = diagnose(kindWorld(podOf({ image: 'app:1', ...inspect }), { nodes, events: [failed] }));
  expect([found?.id, found?.confidence, found?.raw, found?.evidence.map(({ kind, value }) => `${kind} ${value}`), found?.fixes.map((fix) => ('lines' in fix ? fix.lines[0] : fix.action))]).toEqual([
    'IMG-19', 'proven', inspect.message, [`status ${inspect.message}`, `event ${inspect.message}`, 'node DiskPressure=True'], ['recreate', 'docker restart node-1']]);
});
