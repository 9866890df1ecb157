// What is told before anything is deleted, and what is kept when it goes wrong after that: quotas, webhooks, a disk that takes nothing, and others who
// change the same pod. On a real cluster.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test, vi } from 'vitest';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { kubectl, kubectlInput } from './fixtures/command-line.ts';
import type { Passing } from './fixtures/fault-proxy.ts';
import { buildImage, context, ended, first, journal, keptPod, manifest, recreate, recreating, stateFolder, type KeptPod } from './fixtures/kept-pod.ts';
import { startWebhook } from './fixtures/webhook.ts';

beforeAll(buildImage);

const isCreation = ({ method, path, dryRun }: Passing) => method === 'PATCH' && path.endsWith('/pods/kept') && !dryRun;
const isDeletion = ({ method, path }: Passing) => method === 'DELETE' && path.endsWith('/pods/kept');
const entries = async (engine: Engine) => (await first((input, signal) => engine.calls.activity.watch(input, signal))).entries;
const unfinished = async (engine: Engine) => (await first((input, signal) => engine.calls.activity.watchUnfinished(input, signal))).changes;
const settle = (engine: Engine, id: string, how: 'finish' | 'restore') => ended(engine.calls.activity.settleUnfinished({ id, how }, new AbortController().signal));
const onePod = (namespace: string) => kubectl(context, '-n', namespace, 'create', 'quota', 'one-pod', '--hard=pods=1');
/** The quota controller counts what was there before; until then the quota has no number for it. */
const counted = (namespace: string, pods = 1) =>
  expect.poll(() => kubectl(context, '-n', namespace, 'get', 'quota', 'one-pod', '-o', 'jsonpath={.status.used.pods}'), { timeout: 240_000 }).toBe(String(pods));

test.concurrent('a quota that the old pod fills itself: a warning, and the pod is recreated', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  await onePod(it.namespace);
  await counted(it.namespace);
  const outcome = await ended(recreating(it, it.engine, (await it.pod())?.uid ?? ''));
  expect(outcome).toEqual({ steps: expect.arrayContaining(['step.quota-explained', 'step.create-pod']) });
  expect([(await it.pod())?.policy, await journal(it)]).toEqual(['IfNotPresent', ['kept.done.yaml']]);
});

test.concurrent('a quota that another pod fills, too: refused, and nothing is changed', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  const before = await it.pod();
  await kubectlInput(context, manifest.replace('name: kept', 'name: second'), '-n', it.namespace, 'create', '-f', '-');
  await onePod(it.namespace);
  await counted(it.namespace, 2);
  expect(await recreate(it, before?.uid ?? '')).toMatchObject({ code: 'API_ERROR', parameters: { status: 403 } });
  expect([await it.pod(), await journal(it)]).toEqual([before, []]);
});

test.concurrent('somebody takes the room once the old pod is gone: tried again, then offered, and put back when there is room', async ({ onTestFinished }) => {
  const taker = manifest.replace('name: kept', 'name: taker');
  let creations = 0;
  const it = await keptPod(onTestFinished, async (passing, namespace) => {
    if (!isCreation(passing)) return undefined;
    creations += 1;
    if (creations === 1) await vi.waitFor(() => kubectlInput(context, taker, '-n', namespace, 'create', '-f', '-'), { timeout: 240_000 });
    return undefined;
  });
  await onePod(it.namespace);
  await counted(it.namespace);
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toMatchObject({ code: 'RECREATE_NOT_RESTORED', raw: expect.stringContaining('exceeded quota: one-pod') });
  expect(creations).toBeGreaterThan(5);
  const [found] = await unfinished(it.engine);
  expect([found?.pod, found?.canFinish, await journal(it)]).toEqual(['kept', true, ['kept.open.yaml']]);
  // Beside it another Podlab, whose it is not.
  expect(await unfinished(await it.openAnother())).toEqual([]);
  await kubectl(context, '-n', it.namespace, 'delete', 'pod', 'taker');
  expect(await settle(it.engine, found?.id ?? '', 'restore')).not.toHaveProperty('code');
  expect([(await it.pod())?.policy, await unfinished(it.engine), await journal(it)]).toEqual(['Never', [], ['kept.done.yaml']]);
});

test.concurrent('a webhook that cannot be asked without an effect: told as that, and nothing is changed', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  const before = await it.pod();
  const webhook = await startWebhook(context, it.namespace);
  onTestFinished(() => webhook[Symbol.asyncDispose]());
  const other = manifest.replace('name: kept', 'name: other');
  await expect.poll(() => kubectlInput(context, other, '-n', it.namespace, 'create', '--dry-run=server', '-f', '-').catch(String), { timeout: 240_000 }).toContain('does not support dry run');
  expect(await recreate(it, before?.uid ?? '')).toMatchObject({ code: 'DRY_RUN_NOT_SUPPORTED', parameters: { pod: 'kept', webhook: 'pods.podlab.test' } });
  expect([await it.pod(), await journal(it)]).toEqual([before, []]);
});

test.concurrent('a webhook that refuses the new pod only when it is meant: the old one is put back', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  const before = await it.pod();
  const webhook = await startWebhook(context, it.namespace, ({ object, dryRun }) =>
    object.metadata.name === 'probe' || (!dryRun && object.spec?.containers?.[0]?.imagePullPolicy === 'IfNotPresent') ? 'not this one' : undefined);
  onTestFinished(() => webhook[Symbol.asyncDispose]());
  const probe = manifest.replace('name: kept', 'name: probe');
  await expect.poll(() => kubectlInput(context, probe, '-n', it.namespace, 'create', '--dry-run=server', '-f', '-').catch(String), { timeout: 240_000 }).toContain('not this one');
  expect(await recreate(it, before?.uid ?? '')).toMatchObject({ code: 'RECREATE_RESTORED', raw: expect.stringContaining('not this one') });
  expect([(await it.pod())?.policy, (await it.pod())?.uid === before?.uid, await journal(it)]).toEqual(['Never', false, ['kept.done.yaml']]);
});

test.skipIf(process.getuid?.() !== 0).concurrent('a journal folder that is read-only, and a disk that is full: refused before anything is deleted', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  const before = await it.pod();
  const mounted = async (options: string) => {
    const folder = join(await stateFolder(onTestFinished), 'disk');
    await mkdir(folder);
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', options, 'podlab-test', folder]);
    onTestFinished(async () => void (await promisify(execFile)('umount', [folder])));
    return folder;
  };
  const [readOnly, full] = [await mounted('ro,size=64k'), await mounted('size=64k,mode=0700')];
  await writeFile(join(full, 'everything'), 'x'.repeat(64 * 1024)).catch(() => {});
  for (const [state, reason] of [[readOnly, /EROFS/], [full, /ENOSPC/]] as const) {
    const engine = await openEngine({ stateDirectory: state });
    onTestFinished(() => engine[Symbol.asyncDispose]());
    const ref = { context, namespace: it.namespace, name: 'kept', uid: before?.uid ?? '' };
    const { signal } = new AbortController();
    for (const events of [engine.calls.pods.recreate({ ...ref, policy: 'IfNotPresent', load: false }, signal), engine.calls.pods.delete(ref, signal)]) {
      expect(await ended(events)).toMatchObject({ code: 'JOURNAL_NOT_WRITTEN', parameters: { file: expect.stringContaining(state) }, raw: expect.stringMatching(reason) });
    }
  }
  expect(await it.pod()).toEqual(before);
});

test.concurrent('a kubectl changes the pod between our look and our delete: the change is kept', async ({ onTestFinished }) => {
  let deletions = 0;
  const it = await keptPod(onTestFinished, async (passing, namespace) => {
    if (isDeletion(passing) && ++deletions === 1) await kubectl(context, '-n', namespace, 'label', 'pod', 'kept', 'mine=changed', '--overwrite');
    return undefined;
  });
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  expect([deletions, (await it.pod())?.policy, (await it.pod())?.label]).toEqual([2, 'IfNotPresent', 'changed']);
});

test.concurrent('two Podlabs delete the same pod at the same moment: one makes it anew, and the other one says why it did not', async ({ onTestFinished }) => {
  let both = async () => {};
  const it = await keptPod(onTestFinished, async (passing) => {
    if (isDeletion(passing)) await both();
    return undefined;
  });
  const uid = (await it.pod())?.uid ?? '';
  const other = anotherPodlab(it, uid);
  await other.ready;
  // Ours waits for its journal, and no longer than a request may take: nobody would know then who deleted the pod.
  both = other.begin;
  const outcomes = await Promise.all([recreate(it, uid), other.outcome]);
  expect(outcomes.filter(({ code }) => code === undefined)).toHaveLength(1);
  expect(['POD_GONE', 'POD_ENDING', 'POD_REPLACED']).toContain(outcomes.find(({ code }) => code !== undefined)?.code);
  expect(await it.pod()).toMatchObject({ policy: 'IfNotPresent', label: 'yes', env: '1' });
  // Whoever was too late has changed nothing, and has nothing left to do.
  expect(new Set(await journal(it))).toEqual(new Set(['kept.done.yaml']));
});

/** The same change in a Podlab of another process. `ready`: it is open; `begin`: its journal is on the disk, or it has ended. */
function anotherPodlab({ namespace, state }: KeptPod, uid: string): { ready: Promise<void>; begin(): Promise<void>; outcome: Promise<{ code?: string }> } {
  const source = `
    const { openEngine } = await import(${JSON.stringify(new URL('../electron/engine/engine.ts', import.meta.url).href)});
    const engine = await openEngine({ stateDirectory: ${JSON.stringify(state)} });
    const input = ${JSON.stringify({ context, namespace, name: 'kept', uid, policy: 'IfNotPresent', load: false })};
    console.log('ready');
    await new Promise((go) => process.stdin.once('data', go));
    let outcome = {};
    try {
      for await (const event of engine.calls.pods.recreate(input, new AbortController().signal)) if (event.step?.key === 'step.delete-pod') console.log('begun');
    } catch (error) {
      outcome = { code: error.code ?? String(error) };
    }
    console.log(JSON.stringify(outcome));
    await engine[Symbol.asyncDispose]();
    process.exit();`;
  const child = execFile(process.execPath, ['--input-type=module', '-e', source]);
  let out = '';
  const said = (word: string) => new Promise<void>((resolve) => {
    const look = () => void (new RegExp(`^${word}`, 'm').test(out) && resolve());
    child.stdout?.on('data', look);
    look();
  });
  child.stdout?.on('data', (text: string) => (out += text));
  const outcome = once(child, 'exit').then(() => JSON.parse(out.trim().split('\n').at(-1) ?? '') as { code?: string });
  return {
    ready: said('ready'),
    async begin() {
      child.stdin?.write('go\n');
      await Promise.race([said('begun'), outcome]);
    },
    outcome,
  };
}

test.concurrent('a pod that takes its time to end: Stop now ends the wait, and the new pod is made', async ({ onTestFinished }) => {
  // sleep as the first process of a container hears no SIGTERM (pid_namespaces(7)).
  const it = await keptPod(onTestFinished, undefined, manifest.replace('terminationGracePeriodSeconds: 1', 'terminationGracePeriodSeconds: 300'));
  onTestFinished(async () => void (await kubectl(context, '-n', it.namespace, 'delete', 'pod', 'kept', '--grace-period=0', '--force', '--ignore-not-found', '--wait=false')));
  const running = ended(recreating(it, it.engine, (await it.pod())?.uid ?? ''));
  await expect.poll(async () => (await entries(it.engine)).at(-1)?.canStopNow, { timeout: 240_000 }).toBe(true);
  const { id, steps } = (await entries(it.engine)).at(-1) ?? { id: '', steps: [] };
  expect(steps.at(-1)).toEqual({ step: { key: 'step.wait-until-gone', params: { pod: 'kept', seconds: 300 } }, state: 'running' });
  await it.engine.calls.activity.stopNow({ id }, new AbortController().signal);
  expect(await running).not.toHaveProperty('code');
  const entry = (await entries(it.engine)).find((each) => each.id === id);
  expect([entry?.canStopNow, entry?.commands.at(-1)]).toEqual([false, `kubectl --context faulty -n ${it.namespace} delete pod kept --grace-period=0 --force`]);
  expect((await it.pod())?.policy).toBe('IfNotPresent');
  await expect(it.engine.calls.activity.stopNow({ id }, new AbortController().signal)).rejects.toMatchObject({ code: 'NOTHING_TO_STOP' });
});

test.concurrent('a restart: Activity still has the change and takes it back, once', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  const before = (await entries(it.engine)).at(-1);
  await it.engine[Symbol.asyncDispose]();

  const next = await it.openAnother();
  expect(await entries(next)).toEqual([before]);
  expect([before?.undo, before?.title.key]).toEqual(['offered', 'activity.recreate-with']);
  const undo = (engine: Engine) => ended((async function* () { yield* engine.calls.activity.undo({ id: before?.id ?? '' }, new AbortController().signal); })());
  // A third one, which was opened before it was taken back, and learns it from the disk.
  const late = await it.openAnother();
  expect(await undo(next)).not.toHaveProperty('code');
  expect(await it.pod()).toMatchObject({ policy: 'Never', label: 'yes', env: '1' });
  expect(await undo(late)).toMatchObject({ code: 'NOTHING_TO_UNDO' });
  expect((await entries(await it.openAnother())).map(({ undo: offered }) => offered)).toEqual(['undone']);
});

test.concurrent('a restart, and the context leads elsewhere: Undo says so and changes nothing', async ({ onTestFinished }) => {
  const it = await keptPod(onTestFinished);
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  const id = (await entries(it.engine)).at(-1)?.id ?? '';
  await it.engine[Symbol.asyncDispose]();
  const server = await kubectl(context, 'config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}');
  const kubeconfig = join(await stateFolder(onTestFinished), 'config');
  const { clusters, users } = JSON.parse(await kubectl(context, 'config', 'view', '--raw', '--minify', '-o', 'json')) as { clusters: { name: string }[]; users: { name: string }[] };
  await writeFile(kubeconfig, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', clusters, users, contexts: [{ name: 'faulty', context: { cluster: clusters[0]?.name, user: users[0]?.name } }],
  }));
  const engine = await openEngine({ kubeconfig, stateDirectory: it.state });
  onTestFinished(() => engine[Symbol.asyncDispose]());
  const outcome = await ended((async function* () { yield* engine.calls.activity.undo({ id }, new AbortController().signal); })());
  expect(outcome).toMatchObject({ code: 'CONTEXT_LEADS_ELSEWHERE', parameters: { context: 'faulty', server } });
  expect([(await it.pod())?.policy, (await entries(engine))[0]?.undo]).toEqual(['IfNotPresent', 'offered']);
});
