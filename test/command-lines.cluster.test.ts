// The lines in Activity do what Podlab did: each action runs through the engine, and its lines, as they are copied, run in a real bash with the real
// kubectl and docker on a twin: another namespace, and other image names, that began the same way. Then both have the same objects.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ActivityEntry } from '../shared/contract/activity.ts';
import type { Progress } from '../shared/contract/progress.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { docker, kubectl, kubectlInput, kubectlPath, newNamespace } from './fixtures/command-line.ts';

const run = promisify(execFile);
const context = 'docker-desktop';
const own = `lines-${process.pid}`;
const twin = `twin-${process.pid}`;
const image = (version: number) => `lines-test:${version}`;

let folder: string;
let engine: Engine;
/** The namespaces: a line that names the engine's is told the twin's. */
let namespace: string;
let twinNamespace: string;
const toTwin = (text: string) => text.replaceAll(namespace, twinNamespace).replaceAll(own, twin);

const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-lines-'));
  const [one, other] = await Promise.all([newNamespace(context, own), newNamespace(context, twin), buildImages()]);
  namespace = one.name;
  twinNamespace = other.name;
  cleanups.push(async () => one[Symbol.asyncDispose](), async () => other[Symbol.asyncDispose]());
  engine = await openEngine({ stateDirectory: join(folder, 'state') });
  cleanups.push(async () => engine[Symbol.asyncDispose]());
});
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
  await docker('rmi', '-f', image(1), image(2), ...[own, twin].flatMap((name) => [`${name}-built:1`, `${name}-tag:1`])).catch(() => '');
  await rm(folder, { recursive: true });
});

async function buildImages() {
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nARG V=0\nENV V=$V\nCMD ["/bin/busybox", "sleep", "3600"]\n');
  for (const version of [1, 2]) await docker('build', '-q', '-t', image(version), '--build-arg', `V=${version}`, folder);
}

const signal = () => new AbortController().signal;

/**
 * Runs an action to its end, and its lines on the twin: beside it as soon as they are known, since a kubelet takes its time to end a pod, else after it.
 * Of the pod the action's entry tells.
 */
async function both(events: AsyncIterable<Progress<unknown>>, pod?: string): Promise<{ id: string }> {
  let id = '';
  let beside: { commands: readonly string[]; ended: Promise<unknown> } | undefined;
  for await (const event of events) {
    if (event.type === 'done') id = event.activityId;
    if (event.type !== 'step' || event.step.key !== 'step.delete-pod' || beside || pod === undefined) continue;
    const { commands } = await entry((each) => each.state === 'running' && each.subject?.pod === pod);
    beside = { commands, ended: onTwin(commands) };
    beside.ended.catch(() => {}); // told when it is waited for
  }
  const { commands } = await entry((each) => each.id === id);
  expect(beside?.commands ?? commands).toEqual(commands); // all that there were
  await (beside ? beside.ended : onTwin(commands));
  return { id };
}

/** The newest entry of that kind, as soon as there is one. */
async function entry(isIt: (entry: ActivityEntry) => boolean): Promise<ActivityEntry> {
  for await (const { entries } of engine.calls.activity.watch(undefined, signal())) {
    const found = entries.findLast(isIt);
    if (found) return found;
  }
  throw new Error('Activity ended');
}

/** Every line of the entry in one shell, as a person pastes them. A file of Podlab's gets its twin, too. */
async function onTwin(commands: readonly string[]): Promise<string> {
  expect(commands).not.toEqual([]);
  expect(commands.filter((line) => line.startsWith('#'))).toEqual([]);
  const files = new Map<string, string>();
  for (const [path] of commands.join('\n').matchAll(/\/\S+\.(?:open|done)\.yaml/g)) {
    const copy = join(await mkdtemp(join(folder, 'twin-')), 'kept.yaml');
    await writeFile(copy, toTwin(await readFile(path, 'utf8')));
    files.set(path, copy);
  }
  let script = toTwin(commands.join('\n'));
  for (const [path, copy] of files) script = script.replaceAll(toTwin(path), copy);
  const cwd = await mkdtemp(join(folder, 'shell-'));
  const env = { ...process.env, PATH: `${dirname(kubectlPath)}:${process.env.PATH ?? ''}` };
  return (await run('bash', ['-euo', 'pipefail', '-c', script], { cwd, env })).stdout;
}

/** The object as a person wrote it: what is of one life only, and the names that the server chose, are left out. */
async function cleaned(at: string, kind: string, name: string): Promise<unknown> {
  const text = await kubectl(context, '-n', at, 'get', kind, name, '--ignore-not-found', '-o', 'json');
  if (text === '') return 'not there';
  const { metadata, spec } = JSON.parse(text.replaceAll(/default-token-[a-z0-9]{5}/g, 'token')) as {
    metadata: { name: string; labels?: object; annotations?: Record<string, string> };
    spec: { template?: { metadata: { annotations?: Record<string, string> } } };
  };
  const restarted = spec.template?.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'];
  if (restarted !== undefined) spec.template!.metadata.annotations!['kubectl.kubernetes.io/restartedAt'] = 'once';
  return { name: metadata.name, labels: metadata.labels, mine: metadata.annotations?.['mine'], spec };
}

/** The object of the engine's namespace; fails where the twin's is not the same. */
async function twins(kind: string, name: string): Promise<unknown> {
  const [ours, theirs] = await Promise.all([cleaned(namespace, kind, name), cleaned(twinNamespace, kind, name)]);
  expect(theirs).toEqual(ours);
  return ours;
}

const uidOf = (name: string) => kubectl(context, '-n', namespace, 'get', 'pod', name, '-o', 'jsonpath={.metadata.uid}');
const ref = async (name: string) => ({ context, namespace, name, uid: await uidOf(name) });
const undo = (id: string, pod?: string) => both(engine.calls.activity.undo({ id }, signal()), pod);
const containers = (...each: object[]) => ({ spec: { containers: each.map((one) => expect.objectContaining(one)) } });

/** The same pod in both namespaces, as a person made it. */
async function given(name: string, ...each: object[]): Promise<void> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers: each } };
  await Promise.all([namespace, twinNamespace].map(async (at) => {
    await kubectlInput(context, JSON.stringify(pod), '-n', at, 'apply', '--server-side', '-f', '-');
    await kubectl(context, '-n', at, 'wait', '--for=condition=PodScheduled', `pod/${name}`, '--timeout=240s');
  }));
}
const c = (more: object = {}) => ({ name: 'c', image: image(1), ...more });

type Change = Omit<Parameters<Engine['calls']['pods']['recreate']>[0], 'context' | 'namespace' | 'name' | 'uid' | 'load'>;
const recreate = async (name: string, change: Change = {}) => both(engine.calls.pods.recreate({ ...(await ref(name)), ...change, load: false }, signal()), name);

test.concurrent('created, with what a shell could take for its own; deleted, brought back', async ({ expect }) => {
  const manifest = `apiVersion: v1\r
kind: Pod\r
metadata: {name: made, labels: {app: made}, annotations: {mine: "it's $HOME \`예\`"}}\r
spec:\r
  terminationGracePeriodSeconds: 1\r
  containers: [{name: c, image: "${image(1)}", imagePullPolicy: Never, env: [{name: A, value: "a 'b' \\"c\\""}]}]\r
`;
  await both(engine.calls.pods.create({ context, namespace, manifest }, signal()));
  expect(await twins('pod', 'made')).toMatchObject(containers({ imagePullPolicy: 'Never', env: [{ name: 'A', value: `a 'b' "c"` }] }));
  const deleted = await both(engine.calls.pods.delete(await ref('made'), signal()), 'made');
  expect(await twins('pod', 'made')).toBe('not there');
  await undo(deleted.id);
  expect(await twins('pod', 'made')).toMatchObject(containers({ imagePullPolicy: 'Never' }));
});

test.concurrent('created as JSON, and taken back', async ({ expect }) => {
  const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'short' }, spec: { terminationGracePeriodSeconds: 1, containers: [c()] } });
  const made = await both(engine.calls.pods.create({ context, namespace, manifest }, signal()));
  expect(await twins('pod', 'short')).toMatchObject(containers({ image: image(1) }));
  // A kubelet that is still starting a pod takes a minute to end it.
  await Promise.all([namespace, twinNamespace].map((at) => kubectl(context, '-n', at, 'wait', '--for=condition=Ready', 'pod/short', '--timeout=240s')));
  await undo(made.id);
  // kubectl waits until the pod has ended, and Undo says only that it is deleted.
  await vi.waitUntil(async () => (await kubectl(context, '-n', namespace, 'get', 'pod', 'short', '--ignore-not-found')) === '', { timeout: 240_000, interval: 500 });
  expect(await twins('pod', 'short')).toBe('not there');
});

test.concurrent('recreated with IfNotPresent, and back', async ({ expect }) => {
  await given('lax', c({ imagePullPolicy: 'Never' }));
  const { id } = await recreate('lax', { policy: 'IfNotPresent' });
  expect(await twins('pod', 'lax')).toMatchObject(containers({ imagePullPolicy: 'IfNotPresent' }));
  await undo(id, 'lax');
  expect(await twins('pod', 'lax')).toMatchObject(containers({ imagePullPolicy: 'Never' }));
});

test.concurrent('recreated with Never, both containers', async ({ expect }) => {
  await given('never', c(), { ...c(), name: 'd' });
  await recreate('never', { policy: 'Never' });
  expect(await twins('pod', 'never')).toMatchObject(containers({ imagePullPolicy: 'Never' }, { imagePullPolicy: 'Never' }));
});

test.concurrent('recreated with Always, and back', async ({ expect }) => {
  await given('always', c());
  const { id } = await recreate('always', { policy: 'Always' });
  expect(await twins('pod', 'always')).toMatchObject(containers({ imagePullPolicy: 'Always' }));
  await undo(id, 'always');
  expect(await twins('pod', 'always')).toMatchObject(containers({ imagePullPolicy: 'IfNotPresent' }));
});

test.concurrent('recreated as it is', async ({ expect }) => {
  await given('again', c({ imagePullPolicy: 'Never' }));
  const before = await uidOf('again');
  await recreate('again');
  expect(await twins('pod', 'again')).toMatchObject(containers({ imagePullPolicy: 'Never', image: image(1) }));
  expect(await uidOf('again')).not.toBe(before);
});

test.concurrent('recreated with another image: the policy is the default of the new name', async ({ expect }) => {
  await given('image', { name: 'c', image: 'lines-test' });
  expect(await twins('pod', 'image')).toMatchObject(containers({ imagePullPolicy: 'Always' }));
  await recreate('image', { image: image(2) });
  expect(await twins('pod', 'image')).toMatchObject(containers({ imagePullPolicy: 'IfNotPresent', image: image(2) }));
});

test.concurrent('the image and policy of one of two containers, and back', async ({ expect }) => {
  await given('part', c(), { ...c(), name: 'd' });
  const { id } = await recreate('part', { image: image(2), container: 'd', policy: 'Never' });
  expect(await twins('pod', 'part')).toMatchObject(containers({ image: image(1) }, { image: image(2), imagePullPolicy: 'Never' }));
  await undo(id, 'part');
  expect(await twins('pod', 'part')).toMatchObject(containers({ image: image(1) }, { image: image(1), imagePullPolicy: 'IfNotPresent' }));
});

test.concurrent('a command in a container, word by word', async ({ expect }) => {
  await given('words', c());
  await Promise.all([namespace, twinNamespace].map((at) => kubectl(context, '-n', at, 'wait', '--for=condition=Ready', 'pod/words', '--timeout=240s')));
  const command = `/bin/busybox echo "it's" '$HOME' a\\ b`;
  const { stdout } = await engine.calls.pods.runCommand({ ...(await ref('words')), container: 'c', command }, signal());
  const { commands } = await entry(({ title }) => title.key === 'activity.run-command');
  expect([stdout, await onTwin(commands)]).toEqual(["it's $HOME a b\n", "it's $HOME a b\n"]);
});

test.concurrent('a pod of a Deployment: its template is changed, changed back, and restarted; the Deployment deleted and brought back', async ({ expect }) => {
  const deployment = JSON.stringify({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers: [c()] } },
    },
  });
  await Promise.all([namespace, twinNamespace].map(async (at) => {
    await kubectlInput(context, deployment, '-n', at, 'apply', '-f', '-');
    await kubectl(context, '-n', at, 'rollout', 'status', 'deployment/web', '--timeout=240s');
  }));
  const { pods } = engine.calls;
  const podOf = async () => {
    const lines = await kubectl(context, '-n', namespace, 'get', 'pods', '-l', 'app=web', '--sort-by=.metadata.creationTimestamp',
      '-o', 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}');
    const [name = '', uid = ''] = lines.trim().split('\n').at(-1)?.split(' ') ?? [];
    return { context, namespace, name, uid };
  };
  const policy = (imagePullPolicy: string) => ({ spec: { template: containers({ imagePullPolicy }) } });
  const patched = await both(pods.recreate({ ...(await podOf()), policy: 'Never', load: false }, signal()));
  expect(await twins('deployment', 'web')).toMatchObject(policy('Never'));
  await undo(patched.id);
  expect(await twins('deployment', 'web')).toMatchObject(policy('IfNotPresent'));
  await both(pods.restart(await podOf(), signal()));
  expect(await twins('deployment', 'web')).toMatchObject({ spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'once' } } } } });
  const gone = await both(pods.deleteOwner({ ...(await podOf()), confirm: 'web' }, signal()));
  expect(await twins('deployment', 'web')).toBe('not there');
  await undo(gone.id);
  expect(await twins('deployment', 'web')).toMatchObject(policy('IfNotPresent'));
});

test.concurrent('images of Docker: built, named, named anew and back, removed', async ({ expect }) => {
  const { builds, images, environment } = engine.calls;
  // Two builds have two IDs, for their times differ: what they made is compared.
  const madeOf = async (name: string) => docker('image', 'inspect', '-f', '{{json .Config.Env}} {{json .Config.Cmd}} {{len .RootFS.Layers}}', name).catch(() => 'not there');
  const sameImage = async (name: string) => {
    const made = await madeOf(name);
    expect(await madeOf(toTwin(name))).toBe(made);
    return made;
  };
  const tagged = async (from: string, name: string) => {
    await images.tag({ image: from, name }, signal());
    const done = await entry(({ title }) => title.key === 'activity.tag-image');
    await onTwin(done.commands);
    return done.id;
  };
  for await (const state of environment.watch(undefined, signal())) if (state.docker.state === 'connected') break;
  const [built, tag] = [`${own}-built:1`, `${own}-tag:1`];
  await both(builds.build({ folder, image: built, arguments: { V: "it's $V" } }, signal()));
  const made = await sameImage(built);
  expect(made).toContain("V=it's $V");
  await tagged(built, tag);
  expect(await sameImage(tag)).toBe(made);
  const renamed = await tagged(image(1), tag);
  expect(await sameImage(tag)).toBe(await madeOf(image(1)));
  await undo(renamed);
  expect(await sameImage(tag)).toBe(made);
  await both(images.remove({ copies: [{ key: `docker.io/library/${tag}`, place: { docker: true } }] }, signal()));
  expect(await sameImage(tag)).toBe('not there');
});
