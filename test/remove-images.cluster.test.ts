// Removing images and bringing them back, on the real Docker and in the stores of real nodes: by name and by ID, and never more than was asked.
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../shared/contract/failures.ts';
import type { ImageCopy } from '../shared/contract/images.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { docker, nodeName, putOnNode } from './fixtures/command-line.ts';

const image = 'remove-images';
const key = (tag: string) => `docker.io/library/${image}:${tag}`;
const { signal } = new AbortController();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-remove-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
});
const clean = () => docker('rmi', '-f', ...['1', '2', '3'].map((tag) => `${image}:${tag}`)).catch(() => '');
beforeEach(async () => void (await clean()));
afterAll(async () => {
  await clean();
  await rm(folder, { recursive: true });
});

/** A new image, unlike all before, under these tags. Gives its ID. */
async function build(...tags: string[]): Promise<string> {
  await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nLABEL made=${process.hrtime.bigint()}\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "sleep", "60"]\n`);
  const id = (await docker('build', '-q', folder)).trim();
  for (const tag of tags) await docker('tag', id, `${image}:${tag}`);
  return id;
}

async function open(state?: string): Promise<{ engine: Engine; state: string }> {
  const at = state ?? await mkdtemp(join(tmpdir(), 'podlab-state-'));
  if (!state) onTestFinished(() => rm(at, { recursive: true, force: true }));
  const engine = await openEngine({ stateDirectory: at });
  onTestFinished(() => engine[Symbol.asyncDispose]());
  for await (const { docker: state } of engine.calls.environment.watch(undefined, signal)) if (state.state === 'connected') break;
  return { engine, state: at };
}

async function remove(engine: Engine, copies: ImageCopy[], context?: string, withoutCopy?: boolean): Promise<{ id?: string; code?: string; raw?: string; parameters?: unknown }> {
  try {
    for await (const event of engine.calls.images.remove({ copies, ...(context && { context }), ...(withoutCopy && { withoutCopy }) }, signal)) if (event.type === 'done') return { id: event.activityId };
    return {};
  } catch (error) {
    const { code, raw, parameters } = error as Failure;
    return { code, raw, parameters };
  }
}

async function undo(engine: Engine, id: string | undefined): Promise<void> {
  for await (const _ of engine.calls.activity.undo({ id: id ?? '' }, signal)) void _;
}

const inDocker = (...tags: string[]): ImageCopy[] => tags.map((tag) => ({ key: key(tag), place: { docker: true } }));
const idOf = async (name: string) => (await docker('image', 'inspect', '--format', '{{.Id}}', name).catch(() => '')).trim();
const ids = () => Promise.all(['1', '2', '3'].map((tag) => idOf(`${image}:${tag}`)));

async function kept(state: string): Promise<string[]> {
  const files = await readdir(join(state, 'removed-images'), { recursive: true }).catch(() => []);
  return files.filter((name) => name.endsWith('.tar')).map((name) => join(state, 'removed-images', name));
}

test('one of two names: nothing has to be kept, and it comes back', async () => {
  const id = await build('1', '2');
  const { engine, state } = await open();
  const removed = await remove(engine, inDocker('2'));
  expect([await ids(), await kept(state)]).toEqual([[id, '', ''], []]);
  await undo(engine, removed.id);
  expect(await ids()).toEqual([id, id, '']);
});

test('both names, and the image with them: it comes back with its ID, from a file that nobody else can read', async () => {
  const id = await build('1', '2');
  const { engine, state } = await open();
  const removed = await remove(engine, inDocker('1', '2'));
  expect([await ids(), await idOf(id)]).toEqual([['', '', ''], '']);
  const files = await kept(state);
  expect([files.length, ...await Promise.all(files.map(async (file) => (await stat(file)).mode & 0o777))]).toEqual([1, 0o600]);
  await undo(engine, removed.id);
  expect([await ids(), await kept(state)]).toEqual([[id, id, ''], []]);
});

test('a name as a person writes it is the same image: kept, and it comes back; what is no name is refused', async () => {
  const id = await build('1');
  const { engine, state } = await open();
  const removed = await remove(engine, [{ key: `${image}:1`, place: { docker: true } }, ...inDocker('1')]);
  expect([await idOf(id), (await kept(state)).length]).toEqual(['', 1]);
  await undo(engine, removed.id);
  expect(await ids()).toEqual([id, '', '']);
  const wrong = await remove(engine, [...inDocker('1'), { key: 'Capitals', place: { docker: true } }]);
  expect([wrong, await ids()]).toEqual([{ code: 'IMAGE_NAME_INVALID', parameters: { image: 'Capitals', reason: 'uppercase' }, raw: 'Capitals: uppercase' }, [id, '', '']]);
});

test('an image without a name comes back by its ID', async () => {
  const id = await build();
  const { engine } = await open();
  const removed = await remove(engine, [{ key: id, place: { docker: true } }]);
  expect(await idOf(id)).toBe('');
  await undo(engine, removed.id);
  expect(await idOf(id)).toBe(id);
  await docker('rmi', id);
});

test('what was kept goes when Podlab ends', async () => {
  await build('1');
  const { engine, state } = await open();
  await remove(engine, inDocker('1'));
  expect(await kept(state)).toHaveLength(1);
  await engine[Symbol.asyncDispose]();
  expect(await readdir(join(state, 'removed-images'))).toEqual([]);
});

test('what was kept goes when Activity has so much that is newer that it forgets the removal', async () => {
  await build('1');
  const { engine, state } = await open();
  const { id } = await remove(engine, inDocker('1'));
  const nothing = () => engine.calls.images.tag({ image: `${image}:nowhere`, name: `${image}:2` }, signal).catch(() => {});
  for (let newer = 0; newer < 199; newer += 1) await nothing();
  expect(await kept(state)).toHaveLength(1);
  await nothing();
  await expect.poll(() => kept(state)).toEqual([]);
  await expect(undo(engine, id)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
});

test('a container uses one of them: it is named, and none of them is touched', async () => {
  const other = await build('2');
  const id = await build('1');
  const container = (await docker('create', '--name', `${image}-user`, `${image}:1`)).trim();
  onTestFinished(async () => void (await docker('rm', container)));
  const { engine, state } = await open();
  expect(await remove(engine, inDocker('2', '1'))).toMatchObject({ code: 'IMAGE_IN_USE', parameters: { image: `${image}:1` }, raw: expect.stringContaining(`${image}-user`) as string });
  expect([await ids(), await kept(state)]).toEqual([[id, other, ''], []]);
});

test('the name is another build\'s by the time of Undo: that keeps it, and the archive stays', async () => {
  await build('1');
  const { engine, state } = await open();
  const removed = await remove(engine, inDocker('1'));
  const newer = await build('1');
  await expect(undo(engine, removed.id)).rejects.toMatchObject({ code: 'IMAGE_NOT_RESTORED', parameters: { image: `${image}:1`, place: 'Docker' } });
  expect(await ids()).toEqual([newer, '', '']);
  const [archive = ''] = await readdir(join(state, 'images-not-restored'));
  await docker('rmi', `${image}:1`);
  await docker('load', '-i', join(state, 'images-not-restored', archive));
  // As the person wanted: it can be tried again.
  await undo(engine, removed.id);
  expect((await ids())[0]).not.toBe(newer);
});

test('a disk that is full or read-only: refused before anything is deleted, and done without a copy where that is wanted', async () => {
  const id = await build('1', '2');
  const run = promisify(execFile);
  const full = await mkdtemp(join(tmpdir(), 'podlab-full-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', full]);
  onTestFinished(async () => {
    await run('umount', [full]);
    await rm(full, { recursive: true });
  });
  const { engine } = await open(full);
  expect(await remove(engine, inDocker('1', '2'))).toMatchObject({ code: 'IMAGE_NOT_KEPT', parameters: { image: `${image}:2`, place: 'Docker', why: 'disk' }, raw: expect.stringContaining('ENOSPC') as string });
  expect([await ids(), await kept(full)]).toEqual([[id, id, ''], []]);
  await run('mount', ['-o', 'remount,ro', full]);
  expect(await remove(engine, inDocker('1', '2'))).toMatchObject({ code: 'IMAGE_NOT_REMOVED', raw: expect.stringContaining('EROFS') as string });
  expect(await remove(engine, inDocker('1', '2'), undefined, true)).toMatchObject({ code: 'IMAGE_NOT_REMOVED', raw: expect.stringContaining('EROFS') as string });
  expect(await ids()).toEqual([id, id, '']);
  await run('mount', ['-o', 'remount,rw', full]);
  const removed = await remove(engine, inDocker('1', '2'), undefined, true);
  expect([await ids(), await idOf(id), await kept(full)]).toEqual([['', '', ''], '', []]);
  await expect(undo(engine, removed.id)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
  await engine[Symbol.asyncDispose]();
});

test('without a copy only where none can be kept: else it is kept, and comes back', async () => {
  const id = await build('1');
  const { engine, state } = await open();
  const removed = await remove(engine, inDocker('1'), undefined, true);
  expect([await ids(), (await kept(state)).length]).toEqual([['', '', ''], 1]);
  await undo(engine, removed.id);
  expect(await ids()).toEqual([id, '', '']);
});

test('kind: a registry\'s image whose layers the node has discarded goes without a copy, when that is wanted', async () => {
  await build('3');
  await putOnNode('kind-kind', `${image}:3`);
  const node = nodeName['kind-kind'];
  const ctr = (...words: string[]) => docker('exec', node, 'ctr', '--namespace=k8s.io', ...words);
  const digest = async () => (await ctr('images', 'ls', `name==${key('3')}`)).split('\n')[1]?.split(/\s+/)[2] ?? '';
  await ctr('images', 'tag', key('3'), `docker.io/library/${image}@${await digest()}`);
  onTestFinished(async () => void (await ctr('images', 'rm', key('3'), `docker.io/library/${image}@${await digest()}`).catch(() => '')));
  const manifest = JSON.parse(await ctr('content', 'get', await digest())) as { layers: { digest: string }[] };
  for (const layer of manifest.layers) await ctr('content', 'rm', layer.digest);
  const { engine, state } = await open();
  const copies = [...inDocker('3'), { key: key('3'), place: { node } }];
  expect(await remove(engine, copies, 'kind-kind')).toMatchObject({ code: 'IMAGE_NOT_KEPT', parameters: { image: `${image}:3`, place: node, why: 'discarded' } });
  expect([await idOf(`${image}:3`), await digest(), await kept(state)]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./), []]);
  const removed = await remove(engine, copies, 'kind-kind', true);
  expect([await idOf(`${image}:3`), await ctr('images', 'ls', '-q').then((names) => names.includes(image)), await kept(state)]).toEqual(['', false, []]);
  await expect(undo(engine, removed.id)).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
});

test('a name that is nowhere, and a node that has no images of its own', async () => {
  const { engine } = await open();
  expect(await remove(engine, inDocker('nowhere'))).toMatchObject({ code: 'IMAGE_NOT_IN_DOCKER', parameters: { image: `${image}:nowhere` } });
  const copy = { key: key('1'), place: { node: 'docker-desktop' } };
  expect(await remove(engine, [copy], 'docker-desktop')).toMatchObject({ code: 'IMAGE_NOT_REMOVED', parameters: { place: 'docker-desktop' } });
});

test.each(['kind-kind', 'minikube'] as const)('%s: a node\'s copy goes and comes back with its ID; Docker\'s stays', async (context) => {
  const id = await build('3');
  await putOnNode(context, `${image}:3`);
  const node = nodeName[context];
  const { engine } = await open();
  const onNode = async (wanted: (there: string | undefined) => boolean) => {
    for await (const { rows } of engine.calls.images.watch({ context }, AbortSignal.timeout(240_000))) {
      const there = rows.find((row) => row.key === key('3'))?.nodes.find((each) => each.node === node);
      if (there && there.presence !== 'unknown' && wanted(there.imageId)) return there;
    }
    throw new Error('never');
  };
  await onNode((there) => there === id);
  const removed = await remove(engine, [{ key: key('3'), place: { node } }], context);
  expect(removed).toEqual({ id: expect.any(String) as string });
  const { value } = await engine.calls.activity.watch(undefined, signal).next();
  expect(value?.entries.find((entry) => entry.id === removed.id)?.commands).toEqual([
    `docker exec ${node} ${context === 'minikube' ? `docker rmi ${image}:3` : `ctr --namespace=k8s.io images rm ${key('3')}`}`,
  ]);
  expect([(await onNode((there) => there !== id)).presence, (await ids())[2]]).toEqual(['only-in-docker', id]);
  await undo(engine, removed.id);
  expect((await onNode((there) => there !== undefined)).imageId).toBe(id);
  await remove(engine, [{ key: key('3'), place: { node } }], context);
});

test('a name for an image that has none; a name that is taken back from another when that is undone', async () => {
  const id = await build();
  const other = await build('2');
  const { engine } = await open();
  expect(await engine.calls.images.tag({ image: id, name: `${image}:1` }, signal)).toEqual({ reference: `${image}:1` });
  await engine.calls.images.tag({ image: id, name: `${image}:2` }, signal);
  expect(await ids()).toEqual([id, id, '']);
  const { value } = await engine.calls.activity.watch(undefined, signal).next();
  await undo(engine, value?.entries.at(-1)?.id);
  expect(await ids()).toEqual([id, other, '']);
  await expect(engine.calls.images.tag({ image: id, name: 'Capitals' }, signal)).rejects.toMatchObject({ code: 'IMAGE_NAME_INVALID', parameters: { reason: 'uppercase' } });
});
