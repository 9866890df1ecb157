// A pod that an owner makes is changed where it counts: in the template of its root owner, for every kind, and taken back. On a real cluster, all
// kinds side by side in one namespace.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, test, type ExpectStatic, type TestContext } from 'vitest';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import type { Failure } from '../shared/contract/failures.ts';
import type { PullPolicy } from '../shared/contract/findings.ts';
import type { PodDetail } from '../shared/contract/pods.ts';
import { podsOn } from './fixtures/ask-server.ts';
import { docker, kubectl, kubectlInput, kubectlPath, newNamespace } from './fixtures/command-line.ts';
import { startFaultProxy, type Fault, type Passing } from './fixtures/fault-proxy.ts';

const context = 'docker-desktop';
const image = 'workloads-test:1';
const { signal } = new AbortController();
/** A CronJob waits for its minute, and pods are made anew one after the other. */
const TIME = 900_000;

let folder: string;
let engine: Engine;
let namespace: Awaited<ReturnType<typeof newNamespace>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-workloads-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "sleep", "3600"]\n');
  await docker('build', '-q', '-t', image, folder);
  namespace = await newNamespace(context, 'workloads');
  engine = await openEngine({ stateDirectory: join(folder, 'state') });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
  await docker('rmi', '-f', image).catch(() => '');
  await rm(folder, { recursive: true });
});

const template = (labels: object | undefined, restartPolicy = 'Always') => ({
  metadata: { labels },
  spec: { terminationGracePeriodSeconds: 1, restartPolicy, containers: [{ name: 'c', image, imagePullPolicy: 'Never', env: [{ name: 'A', value: '1' }] }] },
});
const scaled = (name: string, more: object = {}) => ({ replicas: 1, selector: { matchLabels: { app: name } }, template: template({ app: name }), ...more });
/** By kind: what makes the pod. */
const kinds = {
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment', spec: scaled('deployment') },
  statefulset: { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: scaled('statefulset', { serviceName: 'none' }) },
  ondelete: { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: scaled('ondelete', { serviceName: 'none', updateStrategy: { type: 'OnDelete' } }) },
  daemonset: { apiVersion: 'apps/v1', kind: 'DaemonSet', spec: { selector: { matchLabels: { app: 'daemonset' } }, template: template({ app: 'daemonset' }) } },
  replicaset: { apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: scaled('replicaset') },
  job: { apiVersion: 'batch/v1', kind: 'Job', spec: { template: template({ app: 'job' }, 'Never') } },
  cronjob: { apiVersion: 'batch/v1beta1', kind: 'CronJob', spec: { schedule: '* * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { template: template({ app: 'cronjob' }, 'Never') } } } },
} as const;
type Name = keyof typeof kinds;

interface Seen { metadata: { name: string; uid: string; deletionTimestamp?: string }; spec: { containers: { imagePullPolicy: string }[] }; status: { phase?: string; containerStatuses?: { ready: boolean }[] } }
const at = () => ['-n', namespace.name] as const;
const make = (object: object) => kubectlInput(context, JSON.stringify(object), ...at(), 'create', '-f', '-');
const podsOf = async (app: string) =>
  (await podsOn<Seen>(context, namespace.name, `app=${app}`)).filter(({ metadata }) => !metadata.deletionTimestamp);

/** Waits for a pod of this label that runs; `not` is the uid of the one before. */
async function running(expect: ExpectStatic, app: string, not = ''): Promise<{ name: string; uid: string; policy: string }> {
  await expect.poll(async () => (await podsOf(app)).filter(({ metadata, status }) => metadata.uid !== not && status.phase === 'Running').length, { timeout: 240_000, interval: 500 }).toBe(1);
  const pod = (await podsOf(app)).find(({ metadata }) => metadata.uid !== not);
  return { name: pod?.metadata.name ?? '', uid: pod?.metadata.uid ?? '', policy: pod?.spec.containers[0]?.imagePullPolicy ?? '' };
}

async function specOf(name: Name): Promise<unknown> {
  const { spec } = JSON.parse(await kubectl(context, ...at(), 'get', kinds[name].kind, name, '-o', 'json')) as { spec: { selector?: unknown; template: { metadata: { labels?: Record<string, string> } } } };
  if (name !== 'job') return spec;
  // A new Job has its own uid in these.
  const { selector: _, ...rest } = spec;
  const { 'controller-uid': _uid, ...labels } = spec.template.metadata.labels ?? {};
  return { ...rest, template: { ...spec.template, metadata: { ...spec.template.metadata, labels } } };
}

const templatePolicy = async (name: Name) => /"imagePullPolicy":\s*"(\w+)"/.exec(JSON.stringify(await specOf(name)))?.[1];

async function result<Result>(events: AsyncIterable<{ type: string; activityId?: string; result?: Result }>): Promise<{ id: string; result: Result | undefined; steps: string[] }> {
  const steps: string[] = [];
  for await (const event of events) {
    if (event.type === 'step' && 'step' in event && 'state' in event && event.state === 'running') steps.push((event.step as { key: string }).key);
    if (event.type === 'done') return { id: event.activityId ?? '', result: event.result, steps };
  }
  throw new Error('ended without a result');
}
const recreate = (pod: { name: string; uid: string }, policy?: PullPolicy) =>
  result(engine.calls.pods.recreate({ context, namespace: namespace.name, name: pod.name, uid: pod.uid, load: false, ...(policy ? { policy } : {}) }, signal));
const detailOf = async (name: string, wanted: (detail: PodDetail) => boolean): Promise<PodDetail> => {
  for await (const event of engine.calls.pods.watchDetail({ context, namespace: namespace.name, name }, AbortSignal.timeout(240_000))) if (event.type === 'pod' && wanted(event.detail)) return event.detail;
  throw new Error(`${name}: not seen in time`);
};
const shell = (script: string) => promisify(execFile)('bash', ['-e', '-c', script], { env: { ...process.env, PATH: `${dirname(kubectlPath)}:${process.env.PATH ?? ''}` } });
const undo = (id: string) => result(engine.calls.activity.undo({ id }, signal));
const commandsOf = async (id: string) => {
  const { value } = await engine.calls.activity.watch(undefined, AbortSignal.timeout(10_000)).next();
  return value?.entries.find((entry) => entry.id === id)?.commands ?? [];
};

describe.concurrent('another policy, and back', () => {
  test.concurrent.for(['deployment', 'statefulset', 'ondelete', 'daemonset', 'replicaset', 'job'] as const)('%s', async (name, { expect }) => {
    await make({ ...kinds[name], metadata: { name } });
    const before = await running(expect, name);
    const old = await specOf(name);
    expect(before.policy).toBe('Never');

    const changed = await recreate(before, 'IfNotPresent');
    const after = await running(expect, name, before.uid);
    expect([after.policy, await templatePolicy(name)]).toEqual(['IfNotPresent', 'IfNotPresent']);
    // What was seen is that pod, and it is said that it runs.
    expect([changed.result, changed.steps.at(-1)]).toEqual([{ namespace: namespace.name, name: after.name, uid: after.uid, workload: { kind: kinds[name].kind, name } }, 'step.pod-ready']);

    await undo(changed.id);
    expect((await running(expect, name, after.uid)).policy).toBe('Never');
    expect(await specOf(name)).toEqual(old);
  });

  test.concurrent('cronjob: the next run and the present one', { timeout: TIME }, async ({ expect }) => {
    await make({ ...kinds.cronjob, metadata: { name: 'cronjob' } });
    const before = await running(expect, 'cronjob');
    const [, job] = /^(.*)-\w+$/.exec(before.name) ?? [];
    const old = await specOf('cronjob');
    const changed = await recreate(before, 'IfNotPresent');
    const after = await running(expect, 'cronjob', before.uid);
    expect([after.policy, await templatePolicy('cronjob'), changed.result?.workload]).toEqual(['IfNotPresent', 'IfNotPresent', { kind: 'CronJob', name: 'cronjob' }]);
    expect(after.name).toContain(job);
    // It is the CronJob's as before.
    expect(await kubectl(context, ...at(), 'get', 'job', job ?? '', '-o', 'jsonpath={.metadata.ownerReferences[0].name}')).toBe('cronjob');
    await undo(changed.id);
    expect((await running(expect, 'cronjob', after.uid)).policy).toBe('Never');
    expect(await specOf('cronjob')).toEqual(old);
  });

  test.concurrent('what changes nothing in the template deletes the pod, and it comes back; the lines do the same', async ({ expect }) => {
    const name = 'plain';
    await make({ ...kinds.deployment, metadata: { name }, spec: scaled(name) });
    const before = await running(expect, name);
    const changed = await recreate(before);
    const after = await running(expect, name, before.uid);
    expect([changed.result?.uid, changed.steps.includes('step.patch-object')]).toEqual([after.uid, false]);
    const [line = ''] = await commandsOf(changed.id);
    expect(line).toBe(`kubectl --context ${context} -n ${namespace.name} delete pod ${before.name}`);
  });

  test.concurrent('the lines, pasted into a shell, do the same', async ({ expect }) => {
    const name = 'pasted';
    await make({ ...kinds.deployment, metadata: { name }, spec: scaled(name) });
    const before = await running(expect, name);
    const changed = await recreate(before, 'IfNotPresent');
    const wanted = JSON.parse(await kubectl(context, ...at(), 'get', 'deployment', name, '-o', 'json')) as { spec: object };
    const commands = await commandsOf(changed.id);
    await kubectl(context, ...at(), 'delete', 'deployment', name, '--wait=true');
    await make({ ...kinds.deployment, metadata: { name }, spec: scaled(name) });
    await shell(commands.join('\n'));
    expect((JSON.parse(await kubectl(context, ...at(), 'get', 'deployment', name, '-o', 'json')) as { spec: object }).spec).toEqual(wanted.spec);
    expect((await running(expect, name, before.uid)).policy).toBe('IfNotPresent');
  });

  test.concurrent('a Job by its lines', async ({ expect }) => {
    const name = 'pasted-job';
    await make({ ...kinds.job, metadata: { name }, spec: { template: template({ app: name }, 'Never') } });
    const before = await running(expect, name);
    const { offers } = await detailOf(before.name, ({ offers: all }) => all.some(({ action, policy, refused }) => action === 'recreate' && policy === 'IfNotPresent' && !refused));
    const offer = offers.find(({ action, policy }) => action === 'recreate' && policy === 'IfNotPresent');
    expect(offer?.describe?.key).toBe('offer.describe.job');
    await shell(`cd ${folder}\n${offer?.commands.join('\n') ?? ''}`);
    expect((await running(expect, name, before.uid)).policy).toBe('IfNotPresent');
  });

  test.concurrent('all pods of a workload are made anew by one restart', async ({ expect }) => {
    const name = 'restarted';
    await make({ ...kinds.deployment, metadata: { name }, spec: { ...scaled(name), replicas: 2 } });
    const uids = async () => (await podsOf(name)).filter(({ status }) => status.phase === 'Running').map(({ metadata }) => metadata.uid);
    await expect.poll(uids, { timeout: 240_000, interval: 500 }).toHaveLength(2);
    const before = await uids();
    const [pod] = await podsOf(name);
    await result(engine.calls.pods.restart({ context, namespace: namespace.name, name: pod!.metadata.name, uid: pod!.metadata.uid }, signal));
    await expect.poll(async () => (await uids()).filter((uid) => !before.includes(uid)).length, { timeout: 240_000, interval: 500 }).toBe(2);
  });

  test.concurrent('an owner is deleted with its pods when its name was typed, and comes back with Undo', async ({ expect }) => {
    const name = 'deleted';
    await make({ ...kinds.deployment, metadata: { name, annotations: { note: 'mine' } }, spec: scaled(name) });
    const before = await running(expect, name);
    const ref = { context, namespace: namespace.name, name: before.name, uid: before.uid };
    await expect(result(engine.calls.pods.deleteOwner({ ...ref, confirm: 'delete' }, signal))).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
    const facts = await engine.calls.pods.dependents(ref, signal);
    expect(facts).toMatchObject({ services: [], withOwner: [{ kind: 'ReplicaSet' }, { kind: 'Pod', name: before.name }], claims: [] });
    const deleted = await result(engine.calls.pods.deleteOwner({ ...ref, confirm: name }, signal));
    await expect.poll(() => podsOf(name), { timeout: 240_000, interval: 500 }).toEqual([]);
    await undo(deleted.id);
    await running(expect, name, before.uid);
    expect(await kubectl(context, ...at(), 'get', 'deployment', name, '-o', 'jsonpath={.metadata.annotations.note}')).toBe('mine');
  });
});

describe.concurrent('several at once', () => {
  test.concurrent('one that fails does not stop the next; a workload is changed once; one Undo for all', { timeout: TIME }, async ({ expect }) => {
    const bare = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: template({}).spec });
    await Promise.all([...['one', 'two', 'three'].map((name) => make(bare(name))), make({ ...kinds.replicaset, metadata: { name: 'set' }, spec: { ...scaled('set'), replicas: 2 } })]);
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((name) => running(expect, name)));
    await expect.poll(async () => (await podsOf('set')).filter(({ status }) => status.phase === 'Running').length, { timeout: 240_000, interval: 500 }).toBe(2);
    const set = (await podsOf('set')).map(({ metadata: { name, uid } }) => ({ name, uid }));
    await kubectl(context, ...at(), 'delete', 'pod', 'two');
    const many = [one!, two!, three!, ...set].map(({ name, uid }) => ({ namespace: namespace.name, name, uid }));
    const changed = await result(engine.calls.pods.recreateMany({ context, pods: many, policy: 'IfNotPresent', load: false }, signal));
    expect(changed.result?.recreated.map(({ name, workload }) => `${name} ${workload?.name ?? ''}`.trim()).sort()).toEqual(['one', 'three', ...set.map(({ name }) => `${name} set`)].sort());
    expect(changed.result?.failed).toMatchObject([{ name: 'two', failure: { code: 'POD_GONE' } }]);
    const policies = async () => [...(await podsOf('one')), ...(await podsOf('three')), ...(await podsOf('set'))].map(({ spec }) => spec.containers[0]?.imagePullPolicy);
    await expect.poll(policies, { timeout: 240_000, interval: 500 }).toEqual(Array(4).fill('IfNotPresent'));
    const log = await engine.calls.activity.watch(undefined, AbortSignal.timeout(10_000)).next();
    expect(log.value?.entries.find(({ id }) => id === changed.id)).toMatchObject({ title: { key: 'activity.recreate-many-with' }, state: 'done', undo: 'offered' });
    await undo(changed.id);
    await expect.poll(policies, { timeout: 240_000, interval: 500 }).toEqual(Array(4).fill('Never'));

    const left = [...(await podsOf('one')), ...(await podsOf('three'))].map(({ metadata: { name, uid } }) => ({ namespace: namespace.name, name, uid }));
    const removed = await result(engine.calls.pods.deleteMany({ context, pods: [...left, { namespace: namespace.name, name: 'two', uid: two!.uid }] }, signal));
    expect([removed.result?.deleted.map(({ name }) => name).sort(), removed.result?.failed.map(({ name }) => name)]).toEqual([['one', 'three'], ['two']]);
    await undo(removed.id);
    await Promise.all(['one', 'three'].map((name) => running(expect, name)));
    await expect(result(engine.calls.pods.deleteMany({ context, pods: [{ namespace: namespace.name, name: 'two', uid: two!.uid }] }, signal))).rejects.toMatchObject({ code: 'MANY_FAILED' });
  });

  test.concurrent('a pod that waits for a finalizer: only when it should be gone, and only when its name was typed', async ({ expect }) => {
    const finalizer = 'podlab.test/hold';
    await make({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'held', labels: { app: 'held' }, finalizers: [finalizer] }, spec: template({}).spec });
    const { uid } = await running(expect, 'held');
    const ref = { context, namespace: namespace.name, name: 'held', uid };
    await expect(result(engine.calls.pods.forceDelete({ ...ref, confirm: 'held' }, signal))).rejects.toMatchObject({ code: 'POD_NOT_STUCK' });
    expect((await detailOf('held', () => true)).offers.map(({ action }) => action)).not.toContain('remove-finalizer');
    await kubectl(context, ...at(), 'delete', 'pod', 'held', '--wait=false');
    const detail = await detailOf('held', ({ offers }) => offers.some(({ action }) => action === 'remove-finalizer'));
    expect(detail.offers.find(({ action }) => action === 'remove-finalizer')).toMatchObject({ finalizer, danger: 'r', confirm: 'held' });
    await expect(result(engine.calls.pods.removeFinalizer({ ...ref, finalizer, confirm: '' }, signal))).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
    await expect(result(engine.calls.pods.removeFinalizer({ ...ref, finalizer: 'other', confirm: 'held' }, signal))).rejects.toMatchObject({ code: 'FINALIZER_GONE' });
    await result(engine.calls.pods.removeFinalizer({ ...ref, finalizer, confirm: 'held' }, signal));
    await expect.poll(() => kubectl(context, ...at(), 'get', 'pod', 'held', '--ignore-not-found', '-o', 'name'), { timeout: TIME, interval: 500 }).toBe('');
  });
});

describe.concurrent('somebody else changes the workload at the same moment', () => {
  /** A Deployment `name`, and an engine that reaches the cluster through the fault. */
  async function scene(expect: ExpectStatic, name: string, fault: (passing: Passing) => Promise<Awaited<ReturnType<Fault>>>, onTestFinished: TestContext['onTestFinished']) {
    await make({ ...kinds.deployment, metadata: { name }, spec: scaled(name) });
    const before = await running(expect, name);
    const proxy = await startFaultProxy(context, fault);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const own = await openEngine({ kubeconfig: proxy.kubeconfig, stateDirectory: join(folder, name) });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const spec = async () => (JSON.parse(await kubectl(context, ...at(), 'get', 'deployment', name, '-o', 'json')) as { spec: { template: { spec: { containers: { env: { value: string }[]; imagePullPolicy: string }[] } } } }).spec.template.spec.containers[0];
    return { spec, change: () => result(own.calls.pods.recreate({ context: 'faulty', namespace: namespace.name, name: before.name, uid: before.uid, policy: 'IfNotPresent', load: false }, signal)) };
  }
  const theirs = (name: string, value: number) => kubectl(context, ...at(), 'set', 'env', `deployment/${name}`, `A=${value}`);
  const isPatch = ({ method, path, dryRun }: Passing, name: string) => method === 'PATCH' && path.endsWith(`/deployments/${name}`) && !dryRun;

  test.concurrent('once: both changes are there', async ({ expect, onTestFinished }) => {
    let patches = 0;
    const it = await scene(expect, 'once', async (passing) => void (isPatch(passing, 'once') && ++patches === 1 && (await theirs('once', 2))), onTestFinished);
    await it.change();
    expect(await it.spec()).toMatchObject({ imagePullPolicy: 'IfNotPresent', env: [{ value: '2' }] });
  });

  test.concurrent('again and again: a conflict is said, and nothing of theirs is lost', async ({ expect, onTestFinished }) => {
    let patches = 0;
    const it = await scene(expect, 'twice', async (passing) => void (isPatch(passing, 'twice') && (await theirs('twice', ++patches + 1))), onTestFinished);
    await expect(it.change()).rejects.toMatchObject({ code: 'WORKLOAD_CHANGED', parameters: { kind: 'Deployment', name: 'twice' } } satisfies Partial<Record<keyof Failure, unknown>>);
    expect([patches, await it.spec()]).toMatchObject([2, { imagePullPolicy: 'Never', env: [{ value: '3' }] }]);
  });

  test.concurrent('refused: nothing was changed', async ({ expect, onTestFinished }) => {
    const it = await scene(expect, 'refused', async ({ method, path }) => (method === 'PATCH' && path.endsWith('/deployments/refused') ? { status: 500, message: 'out of order' } : undefined), onTestFinished);
    await expect(it.change()).rejects.toMatchObject({ code: 'API_ERROR', raw: 'out of order' });
    expect(await it.spec()).toMatchObject({ imagePullPolicy: 'Never' });
  });
});
