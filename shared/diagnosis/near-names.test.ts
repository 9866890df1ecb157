import { expect, test } from 'vitest';
import { parseImageReference } from '../kubernetes/image-reference.ts';
import { editDistance, nearNames } from './near-names.ts';
import { hostImage, imagesOf, nodeImage } from './sample-worlds.ts';
import type { HostImage, World } from './world.ts';

test.each([
  ['', '', 0], ['a', '', 1], ['', 'ab', 2], ['nginx', 'nginx', 0], ['ngnix', 'nginx', 1], ['ngnx', 'nginx', 1], ['nginxx', 'nginx', 1], ['mginx', 'nginx', 1],
  ['spring-sever', 'spring-server', 1], ['ca', 'abc', 3], ['kitten', 'sitting', 3],
])('from %j to %j are %i edits', (a, b, edits) => {
  expect([editDistance(a, b), editDistance(b, a)]).toEqual([edits, edits]);
});

const separate: World['stores'] = [{ node: 'node-1', kind: 'kind', sharesDocker: 'no', known: 'node-container-label' }];
const shared: World['stores'] = [{ node: 'node-1', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' }];
function near(wanted: string, pieces: Partial<Pick<World, 'hostImages' | 'nodeImages' | 'stores'>>) {
  const reference = parseImageReference(wanted);
  return reference.ok && nearNames(reference, 'node-1', { hostImages: [], nodeImages: [], stores: separate, ...pieces });
}
const made = (tags: readonly string[], Created: number): HostImage => ({ ...hostImage(tags), Created });

test.each<[string, string[], string[]]>([
  ['t/okk:1', ['t/ok:1', 'other:1'], ['t/ok:1']],
  ['spring-server:2', ['spring-server:1', 'spring-server:20'], ['spring-server:1', 'spring-server:20']],
  ['spring-sever', ['spring-server:latest', 'spring-server:1'], ['spring-server:latest', 'spring-server:1']],
  ['docker.io/library/app:1', ['app:2'], ['app:2']],
  ['abc', ['xyc:latest', 'abd:latest'], ['abd:latest']],
  ['spring-server', ['spring-server:latest', '<none>:<none>'], []],
  ['app', ['localhost:5000/app:latest'], []],
  ['web:1', ['web:2', 'web:3', 'web:4', 'web:5'], ['web:2', 'web:3', 'web:4']],
])('near %s among %j', (wanted, tags, expected) => {
  expect(near(wanted, { hostImages: [hostImage(tags)] })).toEqual(expected.map((name) => ({ name, where: 'docker', created: 1_772_366_000 })));
});

test('the newer build comes first where both are as near', () => {
  expect(near('web:1', { hostImages: [made(['web:2'], 10), made(['web:3'], 20)] })).toEqual([
    { name: 'web:3', where: 'docker', created: 20 }, { name: 'web:2', where: 'docker', created: 10 },
  ]);
});

test('where the near image is', () => {
  const nodeImages = imagesOf([nodeImage(['docker.io/library/web:2', 'docker.io/library/web:3'])]);
  expect(near('web:1', { hostImages: [made(['web:2'], 10)], nodeImages })).toEqual([
    { name: 'web:2', where: 'both', created: 10 }, { name: 'web:3', where: 'node' },
  ]);
  expect(near('web:1', { hostImages: [made(['web:2'], 10)], stores: shared })).toEqual([{ name: 'web:2', where: 'both', created: 10 }]);
  expect(near('web:1', { hostImages: 'unknown', nodeImages: 'unknown', stores: 'unknown' })).toEqual([]);
});
