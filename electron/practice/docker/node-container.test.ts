import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { realClock } from '../clock.ts';
import { createImageStore } from '../runtime/image-store.ts';
import { manifestOf } from '../runtime/image-manifest.ts';
import type { ImageStore } from '../runtime/runtime.ts';
import { kindNodeContainer } from './node-container.ts';
import type { DockerContainer } from './docker-host.ts';
import { image } from './test-docker.ts';

let docker: ImageStore;
let images: ImageStore;
let node: DockerContainer;
const web = image('web');

beforeEach(() => {
  docker = createImageStore();
  docker.add(web, ['web:1'], 'tag');
  images = createImageStore();
  node = kindNodeContainer({ name: 'node', cluster: 'practice', address: '172.18.0.2', apiPort: 40_000, images, clock: realClock(), version: 'v1.34.0' });
});

async function run(command: string | readonly string[], input?: Readable): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
  const { stdin, stdout, stderr, exit } = await node.exec(argv, { tty: false, stdin: input !== undefined });
  input?.pipe(stdin);
  const [out, error, exitCode] = await Promise.all([text(stdout), text(stderr), exit]);
  return { stdout: out, stderr: error, exitCode };
}

const load = () => run(['ctr', '--namespace=k8s.io', 'images', 'import', '--all-platforms', '--digests', '--snapshotter=overlayfs', '-'], docker.save(['web:1']));

test('an image is brought in as kind does it, and the kubelet\'s store has it with the same ID', async () => {
  expect((await run('containerd config dump | grep snapshotter')).stdout).toMatch(/snapshotter = ["']overlayfs["']/);
  expect(await run(['crictl', 'inspecti', 'web:1'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no such image "web:1" present') });
  const { digest } = await manifestOf(web);
  expect(await load()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`unpacking docker.io/library/web:1 (${digest})...done\n`) });
  expect(images.find('web:1')?.image.id).toBe(web.id);
  expect(JSON.parse((await run(['crictl', 'inspecti', 'web:1'])).stdout)).toMatchObject({ status: { id: web.id, repoTags: ['docker.io/library/web:1'], size: '1000' } });
  expect(JSON.parse((await run('crictl images -o json')).stdout)).toMatchObject({ images: [{ id: web.id, repoTags: ['docker.io/library/web:1'], size: '1000' }] });
});

test('ctr lists names, the ID among them, and gives the content of each digest', async () => {
  await load();
  const { digest } = await manifestOf(web);
  const { stdout } = await run('ctr -n k8s.io images ls');
  expect(stdout.split('\n')[0]).toMatch(/^REF +TYPE +DIGEST +SIZE +PLATFORMS +LABELS/);
  expect(stdout).toContain(`docker.io/library/web:1 `);
  expect(stdout).toMatch(new RegExp(`^${web.id} .* ${digest} 1000\\.0 B +linux/`, 'm'));
  expect(JSON.parse((await run(['ctr', '-n', 'k8s.io', 'content', 'get', digest])).stdout)).toMatchObject({ config: { digest: web.id } });
  expect((await run(['ctr', '-n', 'k8s.io', 'content', 'get', web.id])).stdout).toBe(web.configJson.toString());
  expect(await run(`ctr -n k8s.io content get sha256:${'0'.repeat(64)}`)).toMatchObject({ exitCode: 1, stderr: `ctr: content digest sha256:${'0'.repeat(64)}: not found\n` });
  expect((await run('ctr images ls')).stdout).not.toContain('web');
});

test('names are given and taken; an image stays under its ID until that is removed too', async () => {
  await load();
  expect(await run(`ctr -n k8s.io images tag ${web.id} docker.io/library/other:1`)).toMatchObject({ exitCode: 0, stdout: 'docker.io/library/other:1\n' });
  expect(await run('ctr -n k8s.io images tag docker.io/library/web:1 docker.io/library/other:1')).toMatchObject({ exitCode: 1, stderr: 'ctr: image "docker.io/library/other:1": already exists\n' });
  expect(await run('ctr -n k8s.io images tag web:1 x')).toMatchObject({ exitCode: 1, stderr: 'ctr: image "web:1": not found\n' });
  await run('ctr -n k8s.io images rm docker.io/library/web:1 docker.io/library/other:1');
  expect(images.list()).toMatchObject([{ image: { id: web.id }, names: [] }]);
  expect(await run(`ctr -n k8s.io images rm ${web.id} nope`)).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('nope: image not found') });
  expect(images.list()).toEqual([]);
});

test('what is no archive is told in ctr\'s words', async () => {
  expect(await run('ctr -n k8s.io images import -', Readable.from(['no tar']))).toMatchObject({ exitCode: 1, stderr: 'ctr: unexpected EOF\n' });
  expect(await run('ctr -n k8s.io images import -', Readable.from([Buffer.alloc(1024)]))).toMatchObject({ exitCode: 1, stderr: 'ctr: unrecognized image format\n' });
});

test('events come while they are waited for, and a script can end them', async () => {
  const input = new Readable({ read() {} });
  const script = run('ctr -n k8s.io events & events=$!; cat >/dev/null; kill $events', input);
  await expect.poll(async () => (await run('ps')).stdout).toContain('ctr -n k8s.io events');
  images.add(web, ['web:2'], 'load');
  images.untag('web:2');
  input.push(null);
  const { stdout } = await script;
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d [\d:.]+ \+0000 UTC k8s\.io \/images\/create \{"name":"docker\.io\/library\/web:2",.*\n.* \/images\/delete \{"name":"docker\.io\/library\/web:2"\}\n/);
  expect((await run('ps')).stdout).not.toContain('ctr');
});

test('it is labelled and addressed as kind\'s', async () => {
  expect(node).toMatchObject({ name: 'node', image: 'kindest/node:v1.34.0', labels: { 'io.x-k8s.kind.cluster': 'practice', 'io.x-k8s.kind.role': 'control-plane' }, address: '172.18.0.2' });
  await expect(node.exec(['nope'], { tty: false, stdin: false })).rejects.toThrow('exec: "nope": executable file not found in $PATH');
});
