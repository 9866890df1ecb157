// A change whose Podlab died in the middle is finished or taken back from whatever the cluster shows, and no pod of somebody else is touched by
// it. The journal of a Podlab that died is written here as that would have written it. On a real cluster.
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pod } from '../shared/kubernetes/objects.ts';
import { recreateManifest } from '../shared/kubernetes/recreate-manifest.ts';
import { openJournal } from '../electron/engine/activity/journal.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { kubectl, kubectlInput, newNamespace } from './fixtures/command-line.ts';
import { buildImage, context, ended, first, stateFolder } from './fixtures/kept-pod.ts';

let namespace: { name: string } & AsyncDisposable;
let server: string;
beforeAll(async () => {
  namespace = await newNamespace(context, 'unfinished');
  server = await kubectl(context, 'config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}');
  await buildImage();
});
afterAll(() => namespace[Symbol.asyncDispose]());

const at = (...args: string[]) => kubectl(context, '-n', namespace.name, ...args);
const uidOf = (name: string) => at('get', 'pod', name, '--ignore-not-found', '-o', 'jsonpath={.metadata.uid}');
const policyOf = (name: string) => at('get', 'pod', name, '--ignore-not-found', '-o', 'jsonpath={.spec.containers[0].imagePullPolicy}');
const asPodlab = (pod: Pod) => kubectlInput(context, JSON.stringify(pod), '-n', namespace.name, 'apply', '--server-side', '--field-manager=podlab', '-f', '-');
const remove = async (name: string) => {
  await at('delete', 'pod', name, '--wait=true');
};

interface Scene {
  engine: Engine;
  state: string;
  uid: string;
  make: Pod;
  settle(how: 'finish' | 'restore' | 'dismiss'): ReturnType<typeof ended>;
  offered(): Promise<string[]>;
}

/** A running pod with the policy Never, and the journal of a Podlab that died while it was giving it IfNotPresent, or deleting it. */
async function scene(name: string, onTestFinished: Parameters<typeof stateFolder>[0], of: { change?: 'recreate' | 'delete'; server?: string; context?: string } = {}): Promise<Scene> {
  const state = await stateFolder(onTestFinished);
  const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nothing-lost:1', imagePullPolicy: 'Never' }] };
  await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }), '-n', namespace.name, 'apply', '--server-side', '-f', '-');
  await at('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=240s');
  const live = JSON.parse(await at('get', 'pod', name, '-o', 'json')) as Pod;
  const make = recreateManifest(live, { policy: 'IfNotPresent' });
  const dead = openJournal(state);
  const { change = 'recreate' } = of;
  await dead.write({
    change, context, server, ...of, namespace: namespace.name, pod: name, uid: live.metadata.uid ?? '', restore: recreateManifest(live, {}),
    ...(change === 'recreate' ? { make } : {}),
  });
  dead[Symbol.dispose]();
  const engine = await openEngine({ stateDirectory: state });
  onTestFinished(() => engine[Symbol.asyncDispose]());
  const unfinished = () => first((input, signal) => engine.calls.activity.watchUnfinished(input, signal));
  return {
    engine,
    state,
    uid: live.metadata.uid ?? '',
    make,
    async settle(how) {
      const { changes: [found] } = await unfinished();
      return ended(engine.calls.activity.settleUnfinished({ id: found?.id ?? '', how }, new AbortController().signal));
    },
    offered: async () => (await unfinished()).changes.map(({ pod, canFinish }) => `${pod}${canFinish ? '' : ' (cannot be finished)'}`),
  };
}

const files = async ({ state }: Scene) => (await readdir(join(state, 'journal'))).map((name) => name.replace(/^.*\.(?=(open|done)\.yaml$)/, '')).sort();

test.concurrent('the old pod was never touched: finishing recreates it, restoring leaves it', async ({ onTestFinished }) => {
  const it = await scene('untouched', onTestFinished);
  expect(await it.offered()).toEqual(['untouched']);
  await at('label', 'pod', 'untouched', 'since=then');
  expect(await it.settle('finish')).toMatchObject({ steps: expect.arrayContaining(['step.delete-pod']) });
  expect([await policyOf('untouched'), await at('get', 'pod', 'untouched', '-o', 'jsonpath={.metadata.labels.since}')]).toEqual(['IfNotPresent', 'then']);
  expect([await it.offered(), await files(it)]).toEqual([[], ['done.yaml', 'done.yaml']]);

  const other = await scene('left', onTestFinished);
  expect(await other.settle('restore')).toEqual({ steps: ['step.check-pod', 'step.pod-as-wanted'] });
  expect([await uidOf('left'), await other.offered()]).toEqual([other.uid, []]);
});

test.concurrent('the old pod is gone: finishing creates the new one', async ({ onTestFinished }) => {
  const it = await scene('gone', onTestFinished);
  await remove('gone');
  expect(await it.settle('finish')).not.toHaveProperty('code');
  expect([await policyOf('gone'), await it.offered(), await files(it)]).toEqual(['IfNotPresent', [], ['done.yaml']]);
});

test.concurrent('the old pod is gone: restoring creates it again, and the file alone does so, too', async ({ onTestFinished }) => {
  const it = await scene('lost', onTestFinished);
  await remove('lost');
  expect(await it.settle('restore')).not.toHaveProperty('code');
  expect([await policyOf('lost'), await it.offered()]).toEqual(['Never', []]);
  await at('replace', '--force', '-f', join(it.state, 'journal', (await readdir(join(it.state, 'journal')))[0] ?? ''));
  expect(await policyOf('lost')).toBe('Never');
});

test.concurrent('the old pod is ending: it is waited for, and then comes back', async ({ onTestFinished }) => {
  const it = await scene('ending', onTestFinished);
  await at('patch', 'pod', 'ending', '-p', '{"metadata":{"finalizers":["podlab.test/hold"]}}');
  await at('delete', 'pod', 'ending', '--wait=false');
  const settled = it.settle('restore');
  await expect.poll(async () => (await first((input, signal) => it.engine.calls.activity.watch(input, signal))).entries.at(-1)?.canStopNow, { timeout: 240_000 }).toBe(true);
  expect([await uidOf('ending'), await it.offered()]).toEqual([it.uid, []]);
  await at('patch', 'pod', 'ending', '-p', '{"metadata":{"finalizers":null}}');
  expect(await settled).toEqual({ steps: ['step.check-pod', 'step.wait-until-gone', 'step.restore-pod'] });
  expect([await policyOf('ending'), await files(it)]).toEqual(['Never', ['done.yaml']]);
});

test.concurrent('the new pod is there already: finishing has nothing to do, and restoring puts the old one in its place', async ({ onTestFinished }) => {
  const it = await scene('made', onTestFinished);
  await mkdir(join(it.state, 'kept'));
  const [name = ''] = await readdir(join(it.state, 'journal'));
  await copyFile(join(it.state, 'journal', name), join(it.state, 'kept', name));
  await remove('made');
  await asPodlab(it.make);
  const made = await uidOf('made');
  expect(await it.settle('finish')).toEqual({ steps: ['step.check-pod', 'step.pod-as-wanted'] });
  expect([await uidOf('made'), await it.offered()]).toEqual([made, []]);
  await copyFile(join(it.state, 'kept', name), join(it.state, 'journal', name));
  expect(await it.settle('restore')).not.toHaveProperty('code');
  expect([await policyOf('made'), await it.offered()]).toEqual(['Never', []]);
});

test.concurrent('somebody else has the name: neither touches their pod, and the change stays offered until it is dismissed', async ({ onTestFinished }) => {
  const it = await scene('theirs', onTestFinished);
  await remove('theirs');
  await kubectlInput(context, JSON.stringify(it.make), '-n', namespace.name, 'create', '-f', '-');
  const theirs = await uidOf('theirs');
  expect(await it.settle('finish')).toMatchObject({ code: 'POD_REPLACED' });
  expect(await it.settle('restore')).toMatchObject({ code: 'POD_REPLACED' });
  expect([await uidOf('theirs'), await it.offered(), await files(it)]).toEqual([theirs, ['theirs'], ['open.yaml']]);
  expect(await it.settle('dismiss')).toEqual({ steps: [] });
  expect([await uidOf('theirs'), await it.offered(), await files(it)]).toEqual([theirs, [], ['done.yaml']]);
});

test.concurrent('a delete: finishing deletes what is there still, and restoring brings back what is gone', async ({ onTestFinished }) => {
  const it = await scene('deleted', onTestFinished, { change: 'delete' });
  expect(await it.settle('finish')).not.toHaveProperty('code');
  expect([await uidOf('deleted'), await it.offered()]).toEqual(['', []]);
  const other = await scene('deleted', onTestFinished, { change: 'delete' });
  await remove('deleted');
  expect(await other.settle('restore')).not.toHaveProperty('code');
  expect([await policyOf('deleted'), await other.offered()]).toEqual(['Never', []]);
});

test.concurrent('a context that is gone or leads elsewhere: refused in a sentence, and the change stays offered', async ({ onTestFinished }) => {
  const it = await scene('elsewhere', onTestFinished, { server: 'https://192.0.2.1:6443' });
  expect(await it.settle('restore')).toMatchObject({ code: 'CONTEXT_LEADS_ELSEWHERE', parameters: { context, server, before: 'https://192.0.2.1:6443' } });
  const other = await scene('nowhere', onTestFinished, { context: 'no-such-context' });
  expect(await other.settle('finish')).toMatchObject({ code: 'CONTEXT_NOT_FOUND' });
  expect([await it.offered(), await other.offered(), await uidOf('elsewhere')]).toEqual([['elsewhere'], ['nowhere'], it.uid]);
  expect(await ended(it.engine.calls.activity.settleUnfinished({ id: 'none', how: 'restore' }, new AbortController().signal))).toMatchObject({ code: 'UNFINISHED_GONE' });
});

test.concurrent('two Podlabs that settle the same change: one does', async ({ onTestFinished }) => {
  const it = await scene('both', onTestFinished);
  const second = await openEngine({ stateDirectory: it.state });
  onTestFinished(() => second[Symbol.asyncDispose]());
  await remove('both');
  const { changes: [found] } = await first((input, signal) => second.calls.activity.watchUnfinished(input, signal));
  const settle = (engine: Engine) => ended(engine.calls.activity.settleUnfinished({ id: found?.id ?? '', how: 'restore' }, new AbortController().signal));
  const outcomes = await Promise.all([settle(it.engine), settle(second)]);
  expect(outcomes.map(({ code }) => code ?? 'done').sort()).toEqual(['UNFINISHED_GONE', 'done']);
  expect([await policyOf('both'), await it.offered()]).toEqual(['Never', []]);
});
