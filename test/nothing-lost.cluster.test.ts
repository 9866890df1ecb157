// Whatever happens in the middle of a change, no definition of a pod is lost: somebody else deletes or replaces the pod at the worst
// moment, the server refuses what it had accepted before. On a real cluster, through a proxy of the test that lets it happen. A kubelet takes its ten
// seconds to end a pod, so the tests wait beside one another, each in a namespace and with an engine of its own.
import { beforeAll, test } from 'vitest';
import type { Failure } from '../shared/contract/failures.ts';
import { kubectl, kubectlInput } from './fixtures/command-line.ts';
import type { Passing } from './fixtures/fault-proxy.ts';
import { buildImage, context, journal, keptPod as scene, manifest, recreate } from './fixtures/kept-pod.ts';

beforeAll(buildImage);

const isPod = ({ path }: Passing) => path.endsWith('/pods/kept');
const refusal = { status: 500, message: 'the server is out of order' };
const denial = { status: 422, message: 'a rule of the cluster is against it' };

test.concurrent('all goes well: the same pod with another policy, and the old definition in a finished file', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async () => undefined);
  const before = await it.pod();
  expect(await recreate(it, before?.uid ?? '')).toEqual({});
  const after = await it.pod();
  expect(after).toEqual({ uid: after?.uid, policy: 'IfNotPresent', label: 'yes', env: '1' });
  expect(after?.uid).not.toBe(before?.uid);
  expect(await journal(it)).toEqual(['kept.done.yaml']);
});

test.concurrent('undo gives the old definition back', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async () => undefined);
  await recreate(it, (await it.pod())?.uid ?? '');
  const watch = it.engine.calls.activity.watch(undefined, new AbortController().signal);
  const { value } = await watch.next();
  const id = value?.entries.at(-1)?.id ?? '';
  for await (const _ of it.engine.calls.activity.undo({ id }, new AbortController().signal)) void _;
  expect(await it.pod()).toMatchObject({ policy: 'Never', label: 'yes', env: '1' });
});

test.concurrent('a deleted pod whose list has a name twice, which apply refuses, comes back as it was', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished);
  const twice = manifest.replace('name: kept', 'name: twice').replace('env: [{', 'env: [{name: A, value: "0"}, {');
  await kubectlInput(context, twice, '-n', it.namespace, 'create', '-f', '-');
  // A kubelet that is still starting a pod takes half a minute to end it.
  await kubectl(context, '-n', it.namespace, 'wait', '--for=condition=Ready', 'pod/twice', '--timeout=240s');
  const read = () => kubectl(context, '-n', it.namespace, 'get', 'pod', 'twice', '--ignore-not-found', '-o', 'jsonpath={.metadata.uid} {.spec.containers[0].env[*].value}');
  const [uid = ''] = (await read()).split(' ');
  let id = '';
  const signal = new AbortController().signal;
  for await (const event of it.engine.calls.pods.delete({ context: 'faulty', namespace: it.namespace, name: 'twice', uid }, signal)) if (event.type === 'done') id = event.activityId;
  expect(await read()).toBe('');
  for await (const _ of it.engine.calls.activity.undo({ id }, signal)) void _;
  expect(await read()).toMatch(/ 0 1$/);
});

test.concurrent('deleted by somebody else just before our delete: said so, and nothing is made anew', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async (passing, namespace) => {
    if (passing.method === 'DELETE' && isPod(passing)) await kubectl(context, '-n', namespace, 'delete', 'pod', 'kept');
    return undefined;
  });
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toMatchObject({ code: 'POD_GONE', parameters: { pod: 'kept' } });
  expect(await it.pod()).toBeUndefined();
  expect(await journal(it)).toEqual(['kept.done.yaml']);
});

test.concurrent('the answer to our delete is lost: the pod is made anew all the same', async ({ expect, onTestFinished }) => {
  let lost = 0;
  const it = await scene(onTestFinished, async (passing) => (passing.method === 'DELETE' && isPod(passing) && ++lost === 1 ? 'lose-answer' : undefined));
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  expect(await it.pod()).toMatchObject({ policy: 'IfNotPresent', label: 'yes', env: '1' });
  expect(await journal(it)).toEqual(['kept.done.yaml']);
});

test.concurrent('the answer to our create is lost: the new pod counts as made', async ({ expect, onTestFinished }) => {
  let creations = 0;
  const it = await scene(onTestFinished, async (passing) => (passing.method === 'PATCH' && isPod(passing) && !passing.dryRun && ++creations === 1 ? 'lose-answer' : undefined));
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  expect(await it.pod()).toMatchObject({ policy: 'IfNotPresent', label: 'yes', env: '1' });
});

test.concurrent('somebody else is deleting it already: it is not brought back', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async () => undefined);
  const uid = (await it.pod())?.uid ?? '';
  await kubectl(context, '-n', it.namespace, 'patch', 'pod', 'kept', '-p', '{"metadata":{"finalizers":["podlab.test/hold"]}}');
  await kubectl(context, '-n', it.namespace, 'delete', 'pod', 'kept', '--wait=false');
  expect(await recreate(it, uid)).toMatchObject({ code: 'POD_ENDING' });
  await kubectl(context, '-n', it.namespace, 'patch', 'pod', 'kept', '-p', '{"metadata":{"finalizers":null}}');
  await expect.poll(() => it.pod(), { timeout: 240_000 }).toBeUndefined();
});

test.concurrent('replaced by somebody else just before our delete: the new pod is not touched', async ({ expect, onTestFinished }) => {
  let theirs = '';
  const replace = async (namespace: string) => {
    // At once: who waits longer than a request may take has gone on meanwhile.
    await kubectl(context, '-n', namespace, 'delete', 'pod', 'kept', '--force', '--grace-period=0');
    await kubectlInput(context, manifest.replace('"yes"', '"theirs"'), '-n', namespace, 'create', '-f', '-');
    theirs = await kubectl(context, '-n', namespace, 'get', 'pod', 'kept', '-o', 'jsonpath={.metadata.uid}');
  };
  let replaced: Promise<void> | undefined;
  const it = await scene(onTestFinished, async (passing, namespace) => {
    if (passing.method !== 'DELETE' || !isPod(passing)) return undefined;
    // A delete whose answer takes long is asked again.
    await (replaced ??= replace(namespace));
    return undefined;
  });
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toMatchObject({ code: 'POD_REPLACED', parameters: { pod: 'kept' } });
  expect(await it.pod()).toMatchObject({ uid: theirs, label: 'theirs', policy: 'Never' });
});

test.concurrent('refused at the check: the old pod was never touched', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async ({ method, dryRun }) => (method === 'PATCH' && dryRun ? refusal : undefined));
  const before = await it.pod();
  expect(await recreate(it, before?.uid ?? '')).toMatchObject({ code: 'API_ERROR', raw: refusal.message });
  expect(await it.pod()).toEqual(before);
  expect(await journal(it)).toEqual([]);
});

test.concurrent('refused after the delete: the old pod comes back as it was', async ({ expect, onTestFinished }) => {
  let creations = 0;
  const it = await scene(onTestFinished, async (passing) => (passing.method === 'PATCH' && isPod(passing) && !passing.dryRun && ++creations === 1 ? denial : undefined));
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({ code: 'RECREATE_RESTORED', parameters: { pod: 'kept' }, raw: denial.message });
  expect(await it.pod()).toMatchObject({ policy: 'Never', label: 'yes', env: '1' });
  expect(await journal(it)).toEqual(['kept.done.yaml']);
});

test.concurrent('refused twice: the file that is named restores the pod', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async (passing) => (passing.method === 'PATCH' && isPod(passing) && !passing.dryRun ? denial : undefined));
  const failure = await recreate(it, (await it.pod())?.uid ?? '');
  expect(failure).toMatchObject({ code: 'RECREATE_NOT_RESTORED' });
  expect(await it.pod()).toBeUndefined();
  expect(await journal(it)).toEqual(['kept.open.yaml']);
  const { file } = failure.parameters as { file: string };
  // As the sentence says: create it from there.
  await kubectl(context, '-n', it.namespace, 'create', '-f', file);
  expect(await it.pod()).toMatchObject({ policy: 'Never', label: 'yes', env: '1' });
});

test.concurrent('the cluster answers nothing for a while after the delete: the pod is made anew when it is back', async ({ expect, onTestFinished }) => {
  let awayUntil = 0;
  let refused = 0;
  const it = await scene(onTestFinished, async (passing) => {
    if (isPod(passing) && Date.now() < awayUntil) {
      refused += 1;
      return refusal;
    }
    if (passing.method === 'DELETE' && isPod(passing)) awayUntil = Date.now() + 5_000;
    return undefined;
  });
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  expect(refused).toBeGreaterThan(0);
  expect(await it.pod()).toMatchObject({ policy: 'IfNotPresent', label: 'yes', env: '1' });
  expect(await journal(it)).toEqual(['kept.done.yaml']);
});

test.concurrent('a server that is out of order for a moment when it should create: it is asked again', async ({ expect, onTestFinished }) => {
  let creations = 0;
  const it = await scene(onTestFinished, async (passing) => (passing.method === 'PATCH' && isPod(passing) && !passing.dryRun && ++creations === 1 ? refusal : undefined));
  expect(await recreate(it, (await it.pod())?.uid ?? '')).toEqual({});
  expect(await it.pod()).toMatchObject({ policy: 'IfNotPresent', label: 'yes', env: '1' });
});

test.concurrent('a pod that is gone already: each action says so and changes nothing', async ({ expect, onTestFinished }) => {
  const it = await scene(onTestFinished, async () => undefined);
  const uid = (await it.pod())?.uid ?? '';
  await kubectl(context, '-n', it.namespace, 'delete', 'pod', 'kept');
  const ref = { context: 'faulty', namespace: it.namespace, name: 'kept', uid };
  const { signal } = new AbortController();
  const drain = async (events: AsyncIterable<unknown>) => {
    for await (const _ of events) void _;
  };
  const codes = await Promise.allSettled([
    recreate(it, uid).then(({ code }) => Promise.reject(Object.assign(new Error(), { code }))),
    drain(it.engine.calls.pods.delete(ref, signal)),
    drain(it.engine.calls.pods.loadImages(ref, signal)),
    it.engine.calls.pods.runCommand({ ...ref, container: 'c', command: 'true' }, signal),
  ]);
  expect(codes.map((result) => (result.status === 'rejected' ? (result.reason as Failure).code : 'done'))).toEqual(['POD_GONE', 'POD_GONE', 'POD_GONE', 'POD_GONE']);
  expect(await kubectl(context, '-n', it.namespace, 'get', 'pods', '-o', 'name')).toBe('');
});
