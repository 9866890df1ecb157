// From a form to a Deployment that answers through its Service; a folder of manifests, applied and applied again; a fix that goes into the file as well.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FileOrigin } from '../shared/contract/files.ts';
import { emptyRunForm, nameForImage, runManifests } from '../shared/kubernetes/run-manifests.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { joinSources, objectsOfPaths } from '../renderer/views/apply/sources.ts';
import { docker, kubectl, newNamespace } from './fixtures/command-line.ts';

const context = 'docker-desktop';
const image = 'run-and-apply:1';
const never = new AbortController().signal;
let engine: Engine;
let namespace: Awaited<ReturnType<typeof newNamespace>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-run-'));
  const source = join(folder, 'image');
  await mkdir(source);
  await copyFile('/bin/busybox', join(source, 'busybox'));
  await writeFile(join(source, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCOPY Dockerfile /www/index.html\nEXPOSE 8080\nCMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]\n');
  [namespace] = await Promise.all([newNamespace(context, 'run-apply'), docker('build', '-q', '-t', image, source)]);
  engine = await openEngine({ context, stateDirectory: join(folder, 'state') });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  await docker('rmi', '-f', image);
});

async function apply(text: string): Promise<string[]> {
  for await (const event of engine.calls.objects.apply({ context, namespace: namespace.name, text }, never)) {
    if (event.type === 'done') return event.result.objects.map(({ object, outcome }) => `${object.kind} ${object.name} ${outcome}`);
  }
  throw new Error('no result');
}
const check = (text: string) => engine.calls.objects.check({ context, namespace: namespace.name, text }, never);

/** Opens a file as the screen does: the first word of its watch. */
async function open(path: string): Promise<string> {
  const stop = new AbortController();
  for await (const state of engine.calls.files.watch({ path }, stop.signal)) {
    stop.abort();
    if (state.state === 'text') return state.text;
    throw new Error(`${path}: ${state.state}`);
  }
  throw new Error('no state');
}

async function originOf(pod: string): Promise<FileOrigin | undefined> {
  const stop = new AbortController();
  for await (const { origin } of engine.calls.files.watchOrigin({ context, namespace: namespace.name, pod }, stop.signal)) {
    stop.abort();
    return origin;
  }
  return undefined;
}

test('an image as a Deployment with a Service: what the form writes runs and answers', async () => {
  // Docker is there a moment after the engine.
  const exposed = () => engine.calls.images.inspect({ image }, never).then(({ ports }) => ports, () => undefined);
  await expect.poll(exposed, { timeout: 240_000 }).toEqual(['8080/tcp']);
  const form = { ...emptyRunForm, image, name: nameForImage(image), ports: '8080', kind: 'Deployment' as const, replicas: '2', service: 'ClusterIP' as const, env: [{ name: 'ON', value: 'yes' }], memoryLimit: '32Mi' };
  const { text } = await engine.calls.files.toYaml({ objects: runManifests(form) }, never);
  // A text that YAML 1.1 reads as true would be refused.
  expect(text).toContain('value: "yes"');
  expect(await apply(text)).toEqual(['Deployment run-and-apply created', 'Service run-and-apply created']);
  await kubectl(context, '-n', namespace.name, 'rollout', 'status', 'deployment/run-and-apply', '--timeout=240s');
  const get = async () => kubectl(context, 'get', '--raw', `/api/v1/namespaces/${namespace.name}/services/run-and-apply:8080/proxy/`).catch(() => '');
  await expect.poll(get, { timeout: 240_000 }).toContain('EXPOSE 8080');
  expect(await apply(text)).toEqual(['Deployment run-and-apply unchanged', 'Service run-and-apply unchanged']);
});

test('a folder of three files is one apply; the pods know their files; a fix goes into the file, and applied again nothing changes', async () => {
  const place = join(folder, 'manifests');
  await mkdir(place);
  const pod = `# A pod of a person.\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: lone\r\nspec:\r\n  terminationGracePeriodSeconds: 1\r\n  containers:\r\n    - name: c\r\n      image: ${image}   # mine\r\n`;
  await writeFile(join(place, '1-config.yml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: "1"}\n');
  await writeFile(join(place, '2-pod.yaml'), pod);
  await writeFile(join(place, '3-more.json'), JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' } }));
  await writeFile(join(place, 'kustomization.yaml'), 'resources: [2-pod.yaml]\n');
  const listed = await engine.calls.files.list({ path: place }, never);
  expect(listed.files.map(({ name }) => name)).toEqual(['1-config.yml', '2-pod.yaml', '3-more.json']);
  expect(listed.kustomizations).toEqual(['kustomization.yaml']);

  const sources = await Promise.all(listed.files.map(async ({ path, name }, id) => ({ id, path, name, text: await open(path) })));
  const joined = joinSources(sources);
  const before = await check(joined.text);
  expect(before.problems).toEqual([]);
  expect(before.documents.map(({ object, change }) => `${object?.kind} ${object?.name} ${change}`)).toEqual(['ConfigMap settings create', 'Pod lone create', 'ConfigMap more create']);
  expect(await apply(joined.text)).toEqual(['ConfigMap settings created', 'Pod lone created', 'ConfigMap more created']);
  for (const [path, objects] of objectsOfPaths(sources, joined, before.documents)) await engine.calls.files.remember({ context, path, objects }, never);

  const origin = await originOf('lone');
  expect(origin).toEqual({ kind: 'Pod', namespace: namespace.name, name: 'lone', path: join(place, '2-pod.yaml') });
  const fix = { ...origin!, container: 'c', policy: 'IfNotPresent' as const };
  const plan = await engine.calls.files.planFix(fix, never);
  expect(plan.before).toBe(pod);
  expect(plan.after).toBe(pod.replace('# mine\r\n', '# mine\r\n      imagePullPolicy: IfNotPresent\r\n'));
  let activityId = '';
  for await (const event of engine.calls.files.writeFix({ ...fix, context, hash: plan.hash }, never)) if (event.type === 'done') activityId = event.activityId;
  expect(await readFile(fix.path, 'utf8')).toBe(plan.after);
  expect((await check(await open(fix.path))).documents.map(({ problems }) => problems)).toEqual([[]]);
  expect(await apply(await open(fix.path))).toHaveLength(1);
  expect(await apply(await open(fix.path))).toEqual(['Pod lone unchanged']);

  // Planned before somebody else wrote: refused, and their text stays.
  await writeFile(fix.path, `${plan.after}# theirs\r\n`);
  const late = async () => {
    for await (const _ of engine.calls.files.writeFix({ ...fix, policy: 'Never', context, hash: plan.hash }, never)) void _;
  };
  await expect(late()).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  const undo = async () => {
    for await (const _ of engine.calls.activity.undo({ id: activityId }, never)) void _;
  };
  await expect(undo()).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  await writeFile(fix.path, plan.after);
  await undo();
  expect(await readFile(fix.path, 'utf8')).toBe(pod);
});

test('a pod of a Deployment came from its file; a file that was never opened is not written, and neither is any other kind of file', async () => {
  const path = join(folder, 'web.yaml');
  const { text } = await engine.calls.files.toYaml({ objects: runManifests({ ...emptyRunForm, image, name: 'web', kind: 'Deployment' }) }, never);
  await writeFile(path, text);
  const objects = [{ kind: 'Deployment', namespace: namespace.name, name: 'web' }];
  await expect(engine.calls.files.remember({ context, path, objects }, never)).rejects.toMatchObject({ code: 'FILE_NOT_OPENED' });
  expect(await apply(await open(path))).toEqual(['Deployment web created']);
  await engine.calls.files.remember({ context, path, objects }, never);
  await kubectl(context, '-n', namespace.name, 'rollout', 'status', 'deployment/web', '--timeout=240s');
  const pod = await kubectl(context, '-n', namespace.name, 'get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}');
  expect(await originOf(pod)).toEqual({ ...objects[0], path });
  const fix = { kind: 'Pod', namespace: namespace.name, name: 'x', policy: 'Never' as const };
  await expect(engine.calls.files.planFix({ ...fix, path: '/etc/hosts' }, never)).rejects.toMatchObject({ code: 'FILE_NOT_MANIFEST' });
  await expect(engine.calls.files.planFix({ ...fix, path: join(folder, 'other.yaml') }, never)).rejects.toMatchObject({ code: 'FILE_NOT_OPENED' });
});
