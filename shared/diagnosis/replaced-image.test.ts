import { expect, test } from 'vitest';
import type { Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { created, hostImage, id, imagesOf, kindWorld, nodeImage, podOf, sharedWorld } from './sample-worlds.ts';
import type { HostImage, World } from './world.ts';

const name = 'docker.io/library/spring-server:latest';
const digest = `docker.io/library/spring-server@${id('d')}`;
const running = (imageID: string, subject: Parameters<typeof podOf>[0] = {}): Pod => podOf({
  ...subject, status: { phase: 'Running', containerStatuses: [{ name: 'app', image: 'spring-server', imageID, ready: true, restartCount: 0, state: { running: { startedAt: created } } }] },
});
/** The registry's image on the node, with the digest that containerd keeps of a pull; another build in Docker. */
const kind = (pod: Pod, host: Partial<HostImage> = {}, names: readonly string[] = [name, digest]): World =>
  kindWorld(pod, { hostImages: [{ ...hostImage(['spring-server:latest'], 'b'), ...host }], nodeImages: imagesOf([nodeImage(names, 'a')]) });
const told = (world: World) => diagnose(world).map(({ id: cause, fixes }) => `${cause}: ${fixes.map((fix) => `${fix.action} ${'policy' in fix ? fix.policy : ''}`.trim()).join(', ')}`);

test('IMG-17: Always, the registry\'s image runs, Docker\'s was never pushed', () => {
  expect(told(kind(running(digest)))).toEqual(['IMG-17: load-and-recreate IfNotPresent, load']);
  expect(diagnose(kind(running(digest)))[0]).toMatchObject({ severity: 'warning', confidence: 'likely', container: 'app' });
});

test.each<[string, World, string[]]>([
  ['IfNotPresent: what was loaded before is only old', kind(running(digest, { policy: 'IfNotPresent', set: true })), ['IMG-16: load-and-recreate IfNotPresent, load']],
  ['Docker\'s image was pushed or pulled itself', kind(running(digest), { RepoDigests: [`spring-server@${id('e')}`], Created: 1 }), []],
  ['the same build', kind(running(digest), { Id: id('a') }), []],
  ['loaded without a registry', kind(running(id('a')), {}, [name]), ['IMG-16: load-and-recreate IfNotPresent, load']],
  ['loaded without its name', kind(running(`docker.io/library/import-2026-03-01@${id('d')}`), {}, [name, `docker.io/library/import-2026-03-01@${id('d')}`]), ['IMG-16: load-and-recreate IfNotPresent, load']],
  ['Docker does not have the name', { ...kind(running(digest)), hostImages: [] }, []],
  ['a shared store, where the pull took the name', sharedWorld(running(`docker-pullable://spring-server@${id('d')}`), { hostImages: [{ ...hostImage(['spring-server:latest'], 'a'), RepoDigests: [`spring-server@${id('d')}`] }] }), []],
  ['a digest that leads nowhere', kind(running(`docker.io/library/spring-server@${id('e')}`)), ['IMG-16: load-and-recreate IfNotPresent, load']],
])('not IMG-17: %s', (_, world, expected) => {
  expect(told(world).filter((line) => line.startsWith('IMG-17'))).toEqual([]);
  expect(told(world)).toEqual(expected);
});
