import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../topic.ts';
import { openRecentBuilds } from './recent-builds.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podlab-recent-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const build = (image: string, at = '2026-11-24T10:00:00Z') => ({ folder: '/spring', image, at, imageId: `sha256:${image}` });
/** What a Podlab that starts now reads. */
async function known(folder = directory) {
  const { builds } = openRecentBuilds(folder);
  return (await waitFor(builds, (value) => value !== undefined, AbortSignal.timeout(5000)))?.map(({ image }) => image);
}

test('they are kept, the newest first, each once and no more than twenty', async () => {
  const recent = openRecentBuilds(directory);
  expect(await known()).toEqual([]);
  for (let index = 0; index < 25; index++) await recent.add(build(`image-${index}`));
  await recent.add(build('image-20', '2026-11-24T11:00:00Z'));
  expect(await known()).toEqual(['image-20', 'image-24', 'image-23', 'image-22', 'image-21', ...Array.from({ length: 15 }, (_, index) => `image-${19 - index}`)]);
});

test('other arguments are another build, in another order they are the same', async () => {
  const recent = openRecentBuilds(directory);
  await recent.add({ ...build('web'), arguments: { A: '1', B: '2' } });
  await recent.add({ ...build('web'), arguments: { B: '2', A: '1' } });
  await recent.add({ ...build('web'), arguments: { A: '1' } });
  expect(await known()).toEqual(['web', 'web']);
});

test('two Podlabs do not forget each other’s', async () => {
  const [one, two] = [openRecentBuilds(directory), openRecentBuilds(directory)];
  await one.add(build('one'));
  await two.add(build('two'));
  await one.add(build('three'));
  expect(await known()).toEqual(['three', 'two', 'one']);
});

test.each(['', '{"builds"', '[1, {"folder": 3}]', '{}', 'null'])('a broken file has no builds, and the next one is kept: %s', async (text) => {
  await writeFile(join(directory, 'recent-builds.json'), text);
  expect(await known()).toEqual([]);
  await openRecentBuilds(directory).add(build('web'));
  expect(await known()).toEqual(['web']);
});

test('only its owner reads the file, and nothing else is left in the folder', async () => {
  const folder = join(directory, 'made/when/needed');
  await openRecentBuilds(folder).add(build('web'));
  expect((await stat(join(folder, 'recent-builds.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['recent-builds.json']);
});

test('where nothing can be written they are remembered until Podlab ends', async () => {
  await writeFile(join(directory, 'file'), '');
  const recent = openRecentBuilds(join(directory, 'file/below'));
  await recent.add(build('one'));
  await recent.add(build('two'));
  expect(recent.builds.value?.map(({ image }) => image)).toEqual(['two', 'one']);
});
