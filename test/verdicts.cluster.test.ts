// The whole verdict table on each real cluster, with a registry that has the image, has another build under its name, lacks it, or is out
// of reach: what Podlab says before a pod is created equals what the kubelet then does, and the registry says whether it was asked.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import type { Prediction } from '../shared/contract/images.ts';
import { defaultPullPolicy } from '../shared/kubernetes/pull-policy.ts';
import { verdict, type Verdict, type VerdictId } from '../shared/kubernetes/verdict.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { wait } from './conformance/bench.ts';
import { Api, type Json } from './conformance/http.ts';
import { readConnection } from './conformance/target.ts';
import { contexts, docker, kubectl, newNamespace, nodeContainer, nodeName, putOnNode, type TestContext } from './fixtures/command-line.ts';
import { contentOf, type ImageContent } from './registry/image-content.ts';
import { registryOnNode } from './registry/on-node.ts';
import type { Registry } from './registry/registry.ts';

/** What is under the image's name in its registry. `closed`: nobody listens there; `hub`: no registry in the name, and no way to Docker Hub. */
const registries = { same: 'has', other: 'has-other', lacks: 'lacks', closed: 'down', hub: 'down' } as const;
const policies = ['Never', 'IfNotPresent', 'Always'] as const;
const tags = ['', ':latest', ':1'] as const;

interface Row {
  /** Of the container. */
  readonly name: string;
  readonly policy: (typeof policies)[number] | undefined;
  readonly registry: keyof typeof registries;
  readonly image: string;
  /** What is put on the node beforehand: the name, or only its bytes where the pod names a digest. */
  readonly onNode: string | undefined;
}

let engine: Engine;
let folder: string;
/** Built here, and another build, which only the registry has. */
let ours: ImageContent;
let other: ImageContent;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-verdicts-'));
  engine = await openEngine({ stateDirectory: folder });
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  // It says which build it is, and stays: with restartPolicy Never a container that ended would look like one that never started.
  const command = ['/bin/busybox', 'sh', '-c', '/bin/busybox cat /build; exec /bin/busybox sleep 3600'];
  await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nCOPY busybox /bin/busybox\nCOPY build /build\nCMD ${JSON.stringify(command)}\n`);
  ours = await build('verdict-ours:1', 'ours');
  await forgetOther();
  other = await build('verdict-other:1', `other ${Date.now()}`);
  await docker('rmi', '-f', 'verdict-other:1');
  await writeFile(join(folder, 'build'), 'ours\n');
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function build(name: string, what: string): Promise<ImageContent> {
  await writeFile(join(folder, 'build'), `${what}\n`);
  await docker('build', '-q', '-t', name, folder);
  return contentOf(name);
}

test.concurrent.for(contexts)('every row is predicted before creation: %s', { timeout: 900_000 }, async (context, { expect, onTestFinished }) => {
  const registry = await registryOnNode(context);
  onTestFinished(() => registry[Symbol.asyncDispose]());
  const rows = rowsFor(context, registry);
  onTestFinished(() => forget(context, rows));
  serve(rows, registry);
  const onNode = rows.flatMap((row) => row.onNode ?? []);
  await docker('build', '-q', ...onNode.flatMap((name) => ['-t', name]), folder);
  await putOnNode(context, 'verdict-ours:1', ...onNode);
  await using namespace = await newNamespace(context, 'verdict');
  const api = new Api(await readConnection(process.env['KUBECONFIG'] ?? '', context));
  onTestFinished(() => api.close());

  // What runs on the node shows whose images it has. Without a pod only equal lists show that, and this Docker has more names than a node tells.
  await kubectl(context, '-n', namespace.name, 'run', WITNESS, '--image=verdict-ours:1', '--image-pull-policy=Never', '--restart=Never', '--grace-period=0');
  const present = await presenceOf(context, onNode);
  const predicted = new Map<string, Verdict>();
  for (const { name, policy, image, registry: where } of rows) {
    predicted.set(name, verdict({ policy: policy ?? defaultPullPolicy(image), onNode: present(image), registry: registries[where] }));
  }
  const told = await Promise.all(rows.map((row) => toldBefore(context, row)));
  expect(registry.requests, 'Podlab asks no registry itself').toEqual([]);

  const pods = podsOf(rows, predicted);
  const { seen, slowed } = await createAll(api, `/api/v1/namespaces/${namespace.name}`, pods);
  const facts = await factsOf(api, `/api/v1/namespaces/${namespace.name}`, pods, predicted, slowed);

  for (const [index, { name, policy, image, registry: where }] of rows.entries()) {
    const { id, fate, reasons, asksRegistry } = predicted.get(name) as Verdict;
    expect.soft(fate === 'stuck' ? reasons : ['Running'], name).toContain(seen.get(name)?.word);
    // The engine knows nothing of the registry before anybody asked it: what it says fits, and is never another fate.
    const before = told[index];
    expect.soft(before?.effective, name).toBe(policy ?? defaultPullPolicy(image));
    expect.soft([id, 'unknown'], name).toContain(before?.verdict);
    expect.soft([fate, 'unknown'], name).toContain(before?.fate);
    const asked = registry.requests.filter(({ repository }) => repository === repositoryOf(image));
    if (where !== 'closed' && where !== 'hub') expect.soft(asked.some(({ kind }) => kind === 'manifest'), `${name} asked`).toBe(asksRegistry);
    // What is there already is not fetched again, neither the same build under this name nor its bytes under another one.
    if (id === 'V7') expect.soft(asked.filter(({ kind, reference }) => kind === 'blob' && isLayer(reference)), name).toEqual([]);
    if (fate !== 'stuck') {
      const runs = id === 'V8' || (fate === 'downloads' && where === 'other') ? other : ours;
      expect.soft(facts.log.get(name), name).toMatch(runs === other ? /^other \d+\n$/ : /^ours\n$/);
      expect.soft([runs.config.digest, runs.manifest.digest].some((digest) => seen.get(name)?.imageId.includes(digest)), `${name}: ${seen.get(name)?.imageId}`).toBe(true);
    }
    expect.soft(facts.strangeEvents.get(name), `${name}: events that do not belong to ${id}`).toEqual([]);
  }
  // Nothing was said of nothing: every verdict was there, with the events that belong to it.
  expect([...facts.complete].sort(byNumber)).toEqual(ALL);
  const fetched = registry.requests.filter(({ kind, reference }) => kind === 'blob' && isLayer(reference));
  expect(fetched.length, 'layers of the other build were fetched').toBeGreaterThan(0);
});

const WITNESS = 'witness';
const ALL: readonly VerdictId[] = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8', 'V9', 'V10', 'V11', 'V12'];
const byNumber = (a: string, b: string) => Number(a.slice(1)) - Number(b.slice(1));
const isLayer = (digest: string) => [ours, other].some(({ layers }) => layers.some((layer) => layer.digest === digest));
const repositoryOf = (image: string) => /verdict-[^:@]+/.exec(image)?.[0] ?? '';

/**
 * The tag matters where no policy is written: all three, with each registry. For a written policy one registry has all three and the others
 * one, another one each.
 */
function rowsFor(context: TestContext, { host }: Registry): Row[] {
  const prefix = { same: `${host}/`, other: `${host}/`, lacks: `${host}/`, closed: '127.0.0.1:1/', hub: '' };
  const names = Object.keys(registries) as (keyof typeof registries)[];
  return names.flatMap((registry, turn) => {
    const tagsFor = (of: number) => (registry === 'hub' ? tags : registry === 'closed' ? [] : [tags[(turn + of) % 3] ?? '']);
    const kinds = [...policies.flatMap((policy, of) => tagsFor(of).map((tag) => ({ policy, tag }))), ...tags.map((tag) => ({ policy: undefined, tag }))];
    const row = (policy: Row['policy'], tag: string, word: string, put: string | undefined): Row => {
      const name = `${(policy ?? 'none').toLowerCase()}-${registry}-${word}-${put === undefined ? 'absent' : 'here'}`;
      const repository = `${prefix[registry]}verdict-${context}-${name}`;
      return { name, policy, registry, image: `${repository}${tag}`, onNode: put === undefined ? undefined : `${repository}${put}` };
    };
    return [
      ...kinds.flatMap(({ policy, tag }) => [tag || ':latest', undefined].map((put) => row(policy, tag, tag.slice(1) || 'notag', put))),
      // An image that was never pulled has no digest by which it could be found (kind's issue 2734): it counts as absent.
      ...(registry === 'other' || registry === 'hub' ? [] : [row(undefined, `@${ours.manifest.digest}`, 'digest', ':1')]),
    ];
  });
}

function serve(rows: readonly Row[], registry: Registry): void {
  for (const [index, { image, registry: where }] of rows.entries()) {
    const lacks = { kind: index % 2 === 0 ? 'manifest-unknown' : 'name-unknown' } as const;
    registry.serve(repositoryOf(image), where === 'same' ? { kind: 'image', image: ours } : where === 'other' ? { kind: 'image', image: other } : lacks);
  }
}

/** What the engine knows of images on the cluster's node, once it has heard of those that were put there. */
async function presenceOf(context: TestContext, put: readonly string[]): Promise<(image: string) => 'yes' | 'no'> {
  const stop = AbortSignal.timeout(180_000);
  for await (const { rows: images } of engine.calls.images.watch({ context }, stop)) {
    const there = new Set(images.filter(({ nodes }) => nodes.some(({ node, presence }) => node === nodeName[context] && presence === 'present')).map(({ reference }) => reference));
    if (!put.every((name) => there.has(name))) continue;
    // The list of this node is whole (it was read from the node itself), so what is not in it is not there.
    return (image) => (there.has(/[:@][^/]+$/.test(image) ? image : `${image}:latest`) ? 'yes' : 'no');
  }
  throw new Error(`${context}: the engine never said what is on the node`);
}

/** What the engine predicts of the row on its node. */
async function toldBefore(context: TestContext, { image, policy }: Row): Promise<Prediction['nodes'][number]['fates'][number] | undefined> {
  for await (const { nodes } of engine.calls.images.watchPrediction({ context, image }, AbortSignal.timeout(180_000))) {
    const here = nodes.find(({ node, presence }) => node === nodeName[context] && presence !== 'unknown');
    if (here) return here.fates.find((fate) => fate.policy === (policy ?? 'none'));
  }
  return undefined;
}

interface Seen {
  word: string;
  imageId: string;
}

interface TestPod {
  readonly name: string;
  readonly rows: readonly Row[];
}

/**
 * The first row of each verdict has a pod of its own, since its events are looked at. The others share pods: each container is pulled and
 * started by itself, and the sandboxes are most of the work.
 */
function podsOf(rows: readonly Row[], predicted: ReadonlyMap<string, Verdict>): TestPod[] {
  const firsts = ALL.flatMap((id) => rows.find(({ name }) => predicted.get(name)?.id === id) ?? []);
  const others = rows.filter((row) => !firsts.includes(row));
  const shared = Array.from({ length: Math.ceil(others.length / SHARE) }, (_, at) => others.slice(at * SHARE, (at + 1) * SHARE));
  return [...firsts.map((row) => ({ name: row.name, rows: [row] })), ...shared.map((some, at) => ({ name: `shared-${at}`, rows: some }))];
}

const SHARE = 8;

/** Creates the pods and watches until each container has started or says why it does not; also which of them a busy kubelet did not pull for at first. */
async function createAll(api: Api, path: string, pods: readonly TestPod[]): Promise<{ seen: Map<string, Seen>; slowed: Set<string> }> {
  const seen = new Map<string, Seen>();
  const slowed = new Set<string>();
  const count = pods.flatMap(({ rows }) => rows).length;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(600_000)]);
  const creating = (async () => {
    for (const { name, rows } of pods) {
      const containers = rows.map((row) => ({ name: row.name, image: row.image, ...(row.policy ? { imagePullPolicy: row.policy } : {}) }));
      // Images have nothing to do with the pod's network, which costs most of the time that a sandbox takes.
      const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, hostNetwork: true, containers };
      const { status, text } = await api.post(`${path}/pods`, { metadata: { name }, spec });
      if (status !== 201) throw new Error(text);
      // A kubelet starts five pulls a second and tells five events a second (--registry-qps, --event-qps): what is too much of either is lost.
      await wait(rows.length === 1 ? 600 : 1_200);
    }
  })();
  try {
    for await (const { object } of api.watch(`${path}/pods`, { timeoutSeconds: 600 }, { signal })) {
      for (const status of (object.status?.containerStatuses ?? []) as Json[]) {
        const { reason, message } = status.state?.waiting ?? {};
        const isSlowed = String(message).includes('QPS exceeded');
        const isRefusal = reason === 'ErrImageNeverPull' || (reason === 'ErrImagePull' && !isSlowed);
        if (isSlowed) slowed.add(status.name);
        if (object.metadata.name === WITNESS) continue;
        if (status.state?.running) seen.set(status.name, { word: 'Running', imageId: status.imageID });
        else if (isRefusal && !seen.has(status.name)) seen.set(status.name, { word: reason, imageId: '' });
      }
      if (seen.size === count) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error; // What was not seen is said row by row.
  }
  stop.abort();
  await creating;
  return { seen, slowed };
}

/** What each container wrote; events that do not belong to the row; and the verdicts of which some row had every event. */
async function factsOf(api: Api, path: string, pods: readonly TestPod[], predicted: ReadonlyMap<string, Verdict>, slowed: ReadonlySet<string>) {
  const log = new Map<string, string>();
  let strangeEvents = new Map<string, string[]>();
  let complete = new Set<string>();
  const rows = pods.flatMap((pod) => pod.rows.map((row) => ({ ...row, pod: pod.name })));
  for (let left = 60; left > 0; left--) {
    const { body } = await api.get(`${path}/events`);
    const events = Map.groupBy(body.items as Json[], ({ involvedObject }) => /\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1] ?? '');
    strangeEvents = new Map();
    complete = new Set();
    for (const { name, image } of rows) {
      const lines = (events.get(name) ?? []).filter(({ source }) => source.component === 'kubelet').map(({ reason, message }): string => `${reason}: ${message}`);
      const { id, needed, allowed } = eventsOf(predicted.get(name) as Verdict, image);
      // The event that has the reason may be the one that is lost; the status had it, too.
      const isSlowed = slowed.has(name) || lines.some((line) => line.includes('QPS exceeded'));
      const heads = [...needed, ...allowed, ...(isSlowed ? ['Pulling: ', 'Failed: ', 'BackOff: '] : [])];
      strangeEvents.set(name, lines.filter((line) => !heads.some((head) => line.startsWith(head))));
      if (needed.every((head) => lines.some((line) => line.startsWith(head)))) complete.add(id);
    }
    for (const { name, pod } of rows) {
      if (predicted.get(name)?.fate !== 'stuck' && !log.get(name)) log.set(name, (await api.get(`${path}/pods/${pod}/log`, { query: { container: name } })).text);
    }
    if (complete.size === ALL.length && [...log.values()].every((text) => text !== '')) break;
    await wait(500);
  }
  return { log, strangeEvents, complete };
}

function eventsOf({ id, fate, asksRegistry, reasons }: Verdict, image: string): { id: string; needed: string[]; allowed: string[] } {
  const started = ['Created: ', 'Started: '];
  if (fate === 'starts' && !asksRegistry) return { id, needed: [`Pulled: Container image "${image}" already present on machine`, ...started], allowed: [] };
  if (fate !== 'stuck') return { id, needed: [`Pulling: Pulling image "${image}"`, `Pulled: Successfully pulled image "${image}"`, ...started], allowed: [] };
  if (reasons.includes('ErrImageNeverPull')) {
    return { id, needed: [`ErrImageNeverPull: Container image "${image}" is not present with pull policy of Never`, 'Failed: Error: ErrImageNeverPull'], allowed: [] };
  }
  const needed = [`Pulling: Pulling image "${image}"`, `Failed: Failed to pull image "${image}"`, 'Failed: Error: ErrImagePull'];
  return { id, needed, allowed: [`BackOff: Back-off pulling image "${image}"`, 'Failed: Error: ImagePullBackOff'] };
}

/** Takes all names of the run away, from the node and from Docker. The other build keeps one: what runs cannot lose its last name. */
async function forget(context: TestContext, rows: readonly Row[]): Promise<void> {
  const container = nodeContainer[context];
  const names = rows.map(({ image, onNode }) => onNode ?? (/[:@][^/]+$/.test(image) ? image : `${image}:latest`));
  const inDocker = context === 'minikube' ? ['exec', 'minikube', 'docker'] : [];
  if (context === 'kind-kind') {
    const digests = rows.flatMap(({ image }) => [ours, other].map(({ manifest }) => `${image.replace(/[:@][^/]+$/, '')}@${manifest.digest}`));
    const full = [...names, ...digests].map((name) => (name.includes('/') ? name : `docker.io/library/${name}`));
    await docker('exec', container ?? '', 'ctr', '-n', 'k8s.io', 'images', 'rm', ...full).catch(() => '');
  } else {
    await docker(...inDocker, 'tag', other.config.digest, 'verdict-other:1').catch(() => '');
    await docker(...inDocker, 'rmi', '-f', ...names).catch(() => '');
  }
  await docker('rmi', '-f', ...rows.flatMap((row) => row.onNode ?? [])).catch(() => '');
}

/** Of an earlier run. */
async function forgetOther(): Promise<void> {
  await docker('rmi', '-f', 'verdict-other:1').catch(() => '');
  await docker('exec', 'minikube', 'docker', 'rmi', '-f', 'verdict-other:1').catch(() => '');
}
