// minikube cannot make a machine here, so its place is taken by a small program that notes how it was called and answers as minikube 1.37 does:
// `image ls --format json` with an array of CRI images, the others with nothing on stdout, and with exit code 0 though an image was not loaded or
// removed (it warns on stderr). What is proven is what minikube is asked, and what becomes of its answers; not minikube itself.
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import { minikubeCliStore } from './minikube-cli-store.ts';

const never = new AbortController().signal;
const id = (letter: string) => letter.repeat(64);
let folder: string;
let before: readonly string[];

const archives = async () => (await readdir(tmpdir())).filter(name => name.startsWith('podlab-minikube-'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-minikube-cli-test-'));
  before = await archives();
});
afterEach(() => rm(folder, { recursive: true }));

/** One command as JavaScript; `state` (a JSON file: the images), `args` and `say` are there for it. */
async function standIn(body: string, images: readonly object[] = []): Promise<void> {
  await writeFile(join(folder, 'state.json'), JSON.stringify(images));
  await writeFile(join(folder, 'minikube'), `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync('${folder}/calls', JSON.stringify(args.map(arg => arg.replace(/podlab-minikube-\\w+/, 'FOLDER'))) + '\\n');
const say = text => fs.writeSync(2, text + '\\n');
const images = JSON.parse(fs.readFileSync('${folder}/state.json', 'utf8'));
const keep = list => fs.writeFileSync('${folder}/state.json', JSON.stringify(list));
const profile = { Name: 'vm', Config: { Nodes: [{ Name: '', IP: '192.168.39.7' }] } };
if (args[0] === 'profile') process.stdout.write(JSON.stringify({ invalid: [], valid: [profile] }));
else if (args[1] === 'ls') process.stdout.write(JSON.stringify(images));
else { ${body} }
`);
  await chmod(join(folder, 'minikube'), 0o755);
}
/** What it was asked about images; that it is the right machine is asked before. */
const calls = async () => (await allCalls()).filter(call => call.startsWith('image '));
const allCalls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n').map(line => (JSON.parse(line) as string[]).join(' ').replaceAll(tmpdir(), 'TMP'));
const store = (addresses: readonly string[] = ['192.168.39.7'], profile = 'vm') => minikubeCliStore({
  node: 'minikube', architecture: 'arm64', profile, addresses: () => addresses, surroundings: { env: { PATH: [folder, process.env.PATH].join(delimiter) }, home: folder, platform: process.platform },
  loadCommand: () => 'minikube image load app:1 -p vm', reported,
});
const reported = (): Promise<NodeImages> => Promise.resolve({ node: 'minikube', source: 'node-status', complete: false, readAt: '2026-11-24T12:00:00Z', images: [] });
const dataOf = (promise: Promise<unknown>) => promise.then(value => value, (error: unknown) => (error instanceof Failure ? error.toData() : error));
const app = { id: id('a'), repoDigests: [], repoTags: ['docker.io/library/app:1'], size: '1234' };

test('lists what minikube lists, with whole IDs, and finds an image by any form of its name', async () => {
  await standIn('', [app, { id: `sha256:${id('b')}`, repoDigests: [`registry.k8s.io/pause@sha256:${id('c')}`], repoTags: [], size: '7' }]);
  expect(await store().list()).toEqual({
    node: 'minikube', source: 'minikube-cli', complete: true, readAt: expect.any(String) as string,
    images: [{ id: `sha256:${id('a')}`, names: ['docker.io/library/app:1'], size: 1234 }, { id: `sha256:${id('b')}`, names: [`registry.k8s.io/pause@sha256:${id('c')}`], size: 7 }],
  });
  expect((await store().identify('app:1'))?.id).toBe(`sha256:${id('a')}`);
  expect(await store().identify('app:2')).toBeUndefined();
  expect(await calls()).toEqual(Array(3).fill('image ls --format json -p vm'));
});

test('a load gives minikube the archive as a file, which is gone afterwards', async () => {
  await standIn(`keep([{ id: '${id('d')}', repoTags: [fs.readFileSync(args[2], 'utf8')], size: '1' }]);`);
  await store().load!(Readable.from([Buffer.from('docker.io/library/'), Buffer.from('sent:1')]), never);
  expect((await store().identify('sent:1'))?.id).toBe(`sha256:${id('d')}`);
  expect((await calls())[0]).toBe('image load TMP/FOLDER/image.tar -p vm');
  expect(await archives()).toEqual(before);
});

test('an archive that breaks off is not given to minikube; a cancelled load ends minikube', async () => {
  await standIn("fs.writeFileSync('" + folder + "/started', String(process.pid)); setInterval(() => {}, 1000);");
  const broken = Readable.from((async function* () { yield Buffer.from('x'); throw new Error('broke off'); })());
  await expect(store().load!(broken, never)).rejects.toThrow('broke off');
  await expect(calls()).rejects.toThrow('ENOENT');
  const cancel = new AbortController();
  const loading = dataOf(store().load!(Readable.from([Buffer.from('x')]), cancel.signal));
  const pid = await vi.waitFor(async () => {
    const written = await readFile(join(folder, 'started'), 'utf8');
    expect(written).not.toBe('');
    return Number(written);
  }, { timeout: 20_000, interval: 20 });
  cancel.abort(new Error('enough'));
  expect(await loading).toEqual(new Error('enough'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await archives()).toEqual(before);
});

test('a removal is believed when the image is gone; one that was not there is no call', async () => {
  await standIn("keep(images.filter(image => !image.repoTags.includes(args[2])));", [app]);
  await store().remove!('app:1');
  await store().remove!('app:1');
  expect(await calls()).toEqual(['image ls --format json -p vm', 'image rm docker.io/library/app:1 -p vm', 'image ls --format json -p vm', 'image ls --format json -p vm']);
});

test('a name is given back to the image that had it, by its ID; nothing is asked for where it leads there already, or to nothing', async () => {
  await standIn('', [app]);
  await store().giveBack!('app:1', { id: `sha256:${id('b')}`, names: [], size: 1 });
  expect(await calls()).toEqual(['image ls --format json -p vm', 'image rm app:1 -p vm', `image tag sha256:${id('b')} docker.io/library/app:1 -p vm`]);
  await store().giveBack!('app:1');
  expect((await calls()).slice(3)).toEqual(['image ls --format json -p vm', 'image rm app:1 -p vm']);
  await store().giveBack!('app:1', { id: `sha256:${id('a')}`, names: ['docker.io/library/app:1'], size: 1234 });
  await store().giveBack!('app:2', { id: `sha256:${id('b')}`, names: [], size: 1 });
  expect((await calls()).slice(5)).toEqual(Array(2).fill('image ls --format json -p vm'));
});

test('minikube ends well though it could not remove it: then it is not removed', async () => {
  await standIn("console.log('container 1234 is using its referenced image');", [app]);
  expect(await dataOf(store().remove!('app:1'))).toEqual({
    code: 'IMAGE_NOT_REMOVED', params: { image: 'app:1', place: 'minikube' }, cause: 'container 1234 is using its referenced image',
  });
});

test('an export is the file that minikube saves, which is gone once it was read', async () => {
  await standIn("fs.writeFileSync(args[3], 'archive of ' + args[2]);", [app]);
  expect(await text(store().export!('docker.io/library/app:1', never))).toBe('archive of app:1');
  expect(await calls()).toEqual(['image save app:1 TMP/FOLDER/image.tar -p vm']);
  expect(await archives()).toEqual(before);
});

test('it is seen once that the profile is the node', async () => {
  await standIn('', [app]);
  const one = store();
  await one.list();
  await one.list();
  expect(await allCalls()).toEqual(['profile list -o json --light', 'image ls --format json -p vm', 'image ls --format json -p vm']);
});

test.each([
  ['another address', store.bind(null, ['10.0.0.9']), "minikube's profile vm is at 192.168.39.7, the node is at 10.0.0.9"],
  ['no address', store.bind(null, []), "minikube's profile vm is at 192.168.39.7, the node has no address"],
  ['no such profile', store.bind(null, ['192.168.39.7'], 'other'), 'minikube has no profile other'],
])('a node that is not seen to be the profile is only read from its status: %s', async (_what, open, cause) => {
  await standIn('', [app]);
  const other = open();
  const failure = { code: 'NODE_STORE_UNREACHABLE', params: { node: 'minikube' }, cause };
  expect(await other.list()).toEqual(await reported());
  expect(await dataOf(other.identify('app:1'))).toEqual(failure);
  expect(await dataOf(other.load!(Readable.from([Buffer.from('x')]), never))).toEqual(failure);
  expect(await dataOf(other.remove!('app:1'))).toEqual(failure);
  expect(await dataOf(text(other.export!('app:1', never)))).toEqual(failure);
  expect(await calls()).toEqual([]);
});

test('what minikube says is the cause, and no minikube is told as that; the list is then what the node reports', async () => {
  await standIn('');
  await writeFile(join(folder, 'minikube'), `#!/bin/sh\necho 'X Exiting due to GUEST_STATUS: state: unknown state "vm": machine does not exist' >&2\nexit 80\n`);
  expect(await store().list()).toEqual(await reported());
  expect(await dataOf(store().identify('app:1'))).toEqual({ code: 'NODE_STORE_UNREACHABLE', params: { node: 'minikube' }, cause: 'X Exiting due to GUEST_STATUS: state: unknown state "vm": machine does not exist' });
  expect(await dataOf(store().load!(Readable.from([Buffer.from('x')]), never))).toMatchObject({ code: 'TOOL_FAILED', params: { tool: 'minikube' } });
  await writeFile(join(folder, 'minikube'), `#!/bin/sh\necho 'not JSON'\n`);
  expect(await dataOf(store().identify('app:1'))).toMatchObject({ code: 'NODE_STORE_UNREACHABLE', cause: expect.stringContaining('not JSON') as string });
  const without = minikubeCliStore({ node: 'n', architecture: undefined, profile: 'vm', addresses: () => [], surroundings: { env: { PATH: '' }, home: folder, platform: 'win32' }, loadCommand: () => undefined, reported });
  expect(await without.list()).toEqual(await reported());
  expect(await dataOf(without.remove!('app:1'))).toMatchObject({ code: 'TOOL_MISSING', params: { tool: 'minikube' } });
});
