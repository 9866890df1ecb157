// As killed.cluster.test.ts, ten times at every point on a real cluster and on the practice cluster, and an API server that is away and comes back at
// every point. The figures are printed.
import { expect, test } from 'vitest';
import { openPracticeTarget } from '../conformance/practice-target.ts';
import { kindServer } from './api-server.ts';
import { points } from './points.ts';
import { fateOfKilled, fateWithout, type Cluster, type Fate, type How } from './scene.ts';
import { sleepingImage } from './sleeping-image.ts';

const TIMES = 10;

async function manyTimes(cluster: Cluster): Promise<readonly [string, Fate][]> {
  const fates: [string, Fate][] = [];
  for (let time = 0; time < TIMES; time++) {
    const how = (at: number): How => ((time + at) % 2 === 0 ? 'finish' : 'restore');
    fates.push(...(await Promise.all(points.map(async (point, at): Promise<[string, Fate]> => [point.name, await fateOfKilled(cluster, point, how(at))]))));
    print(`${cluster.context}, ${time + 1}/${TIMES}`, fates);
  }
  expect(fates).toHaveLength(TIMES * points.length);
  return lost(fates);
}

const lost = (fates: readonly [string, Fate][]) => fates.filter(([, fate]) => fate.startsWith('LOST'));

function print(what: string, fates: readonly [string, Fate][]): void {
  const counts = Map.groupBy(fates, ([, fate]) => (fate.startsWith('LOST') ? 'lost' : fate));
  console.log(`${what}: ${counts.get('lost')?.length ?? 0} lost of ${fates.length}; ${[...counts].map(([fate, all]) => `${fate} ${all.length}`).join(', ')}`);
}

test('killed ten times at every point of a recreate on a real cluster: nothing is lost', async () => {
  expect(await manyTimes({ context: 'docker-desktop', image: await sleepingImage('docker-desktop') })).toEqual([]);
});

test('the same on the practice cluster', async () => {
  await using practice = await openPracticeTarget('practice');
  expect(await manyTimes({ context: 'practice', kubeconfig: practice.kubeconfig, image: practice.image })).toEqual([]);
});

test('the API server is stopped and started at every point: nothing is lost', async () => {
  const cluster: Cluster = { context: 'kind-kind', image: await sleepingImage('kind-kind') };
  const fates: [string, Fate][] = [];
  for (const [at, point] of points.entries()) {
    const { ended, fate } = await fateWithout(kindServer, cluster, point, at % 2 === 0 ? 'finish' : 'restore');
    console.log(`API server away, ${point.name}: ended as ${ended}, ${fate}`);
    fates.push([point.name, fate]);
  }
  print('API server away', fates);
  expect(lost(fates)).toEqual([]);
});
