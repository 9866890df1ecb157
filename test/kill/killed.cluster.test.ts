// Podlab is killed at every step of a recreate, and the API server goes away in the middle of one: the pod is there with the old or the new definition, or
// the next Podlab offers what brings it there. killed.long.test.ts does the same many times.
import { expect, test } from 'vitest';
import { kindServer } from './api-server.ts';
import { points } from './points.ts';
import { fateOfKilled, fateWithout, type How } from './scene.ts';
import { sleepingImage } from './sleeping-image.ts';

// Beside one another, since a kubelet takes its ten seconds and more to end a pod.
test('killed at every point: nothing is lost', async () => {
  const image = await sleepingImage('docker-desktop');
  const ways = points.map((point, at): { point: (typeof points)[number]; how: How } => ({ point, how: at % 2 === 0 ? 'finish' : 'restore' }));
  const fates = await Promise.all(ways.map(async ({ point, how }) => [point.name, await fateOfKilled({ context: 'docker-desktop', image }, point, how)]));
  expect(fates).toEqual(ways.map(({ point: { name, leaves }, how }) => [name, leaves !== 'unfinished' ? leaves : how === 'finish' ? 'finished' : 'restored']));
}, 600_000);

// Nothing else is asked of this cluster meanwhile: test files run one after the other.
test('the API server goes away when the pod was deleted, and comes back: the new one is there', async () => {
  const image = await sleepingImage('kind-kind');
  const point = points.find(({ at }) => 'request' in at && at.request === 'look')!;
  expect(await fateWithout(kindServer, { context: 'kind-kind', image }, point, 'restore')).toEqual({ ended: 'done', fate: 'done' });
}, 600_000);
