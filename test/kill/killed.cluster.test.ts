// Podlab is killed at every step of a recreate, and the API server goes away in the middle of one: the pod is there with the old or the new definition, or
// the next Podlab offers what brings it there. killed.long.test.ts does the same many times.
import { test } from 'vitest';
import { points } from './points.ts';
import { fresh, kill, old, openScene, settle, type Cluster } from './scene.ts';
import { sleepingImage } from './sleeping-image.ts';

const shared: Cluster = { context: 'docker-desktop', image: await sleepingImage('docker-desktop') };

for (const [at, point] of points.entries()) {
  const how = at % 2 === 0 ? 'finish' : 'restore';
  test.concurrent(`killed: ${point.name}${point.offered ? `; then: ${how}` : ''}`, async ({ expect }) => {
    await using scene = await openScene(shared);
    const before = await scene.pod();
    expect(await scene.recreate(point, kill)).toBeUndefined();
    const { found, offered, left, offeredStill } = await settle(scene, how);
    expect({ offered, offeredStill }).toEqual({ offered: point.offered ? 1 : 0, offeredStill: 0 });
    if (point.offered) expect(left).toMatchObject(how === 'finish' ? fresh : old);
    else expect(left).toEqual(found);
    if (!point.offered) expect(found).toMatchObject(point.isDone ? fresh : { ...old, uid: before?.uid });
  });
}
