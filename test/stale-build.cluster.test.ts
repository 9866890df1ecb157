// A build that is made anew under its old name: Podlab says that the pod runs the older one, and its own fix makes the new content served.
// On each of the three kinds of node, by content and by ID.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Finding, Fix } from '../shared/contract/findings.ts';
import type { PodDetail } from '../shared/contract/pods.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { docker, kubectl, kubectlInput, newNamespace, nodeName, removeFromNode, type TestContext } from './fixtures/command-line.ts';
import { springServerFolder } from './fixtures/spring-server.ts';

let engine: Engine;
let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'podlab-stale-'));
  engine = await openEngine({ stateDirectory: state });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(state, { recursive: true });
});
const { signal } = new AbortController();
const TIME = 240_000;

async function build(image: string, greeting: string): Promise<string> {
  await using folder = await springServerFolder(greeting);
  return (await docker('build', '-q', '-t', image, folder.path)).trim();
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events) void _;
}

/** A pod `served` of an image that was just built, in a namespace of its own. */
async function scene(context: TestContext, image: string) {
  const namespace = await newNamespace(context, 'stale');
  onTestFinished(async () => {
    await namespace[Symbol.asyncDispose]();
    await removeFromNode(context, image);
    await docker('rmi', '-f', image).catch(() => '');
  });
  const at = { context, namespace: namespace.name, name: 'served' };
  /** The pod as the screen sees it, once it is as wanted. */
  const until = async (wanted: (detail: PodDetail) => boolean): Promise<PodDetail> => {
    let last: PodDetail | undefined;
    for await (const event of engine.calls.pods.watchDetail(at, AbortSignal.timeout(TIME))) {
      if (event.type !== 'pod') continue;
      last = event.detail;
      if (wanted(last)) return last;
    }
    throw new Error(`not seen in time; last: ${JSON.stringify({ row: last?.row, findings: last?.findings })}`);
  };
  const isReady = ({ row }: PodDetail) => row.ready === '1/1';
  const load = () => drain(engine.calls.images.load({ context, image }, signal));
  const make = async (policy: string) => {
    const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image, imagePullPolicy: policy }] };
    await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'served' }, spec }), '-n', namespace.name, 'apply', '--server-side', '-f', '-');
  };
  return {
    make, load, until, isReady,
    /** The pod's finding that its build is old. */
    stale: async (which: string): Promise<Finding> => {
      const key = `finding.IMG-16.sentence-${which}`;
      const { findings, row } = await until((detail) => detail.findings.some(({ message }) => message.key === key));
      expect(row.headline).toMatchObject({ id: 'IMG-16', message: { key } });
      return findings.find(({ message }) => message.key === key)!;
    },
    /** Does what a press of the finding's button does. */
    async press(fix: Fix | undefined) {
      const { row } = await until(() => true);
      if (fix?.action !== 'recreate' && fix?.action !== 'load-and-recreate') throw new Error(`no such button: ${JSON.stringify(fix)}`);
      await drain(engine.calls.pods.recreate({ ...at, uid: row.uid, load: fix.action === 'load-and-recreate', ...(fix.policy && { policy: fix.policy }) }, signal));
      await until((detail) => detail.row.uid !== row.uid && isReady(detail));
    },
    /** The same press, and Cancel as soon as the image is on its way. @returns how Activity says that it ended, and whether the pod is still the one it was */
    async pressAndCancel() {
      const { row } = await until(() => true);
      const cancel = new AbortController();
      for await (const event of engine.calls.pods.recreate({ ...at, uid: row.uid, load: true, policy: 'IfNotPresent' }, cancel.signal)) {
        if (event.type === 'step' && event.step.key === 'step.load-image') cancel.abort();
      }
      let state: string | undefined = 'running';
      for await (const { entries } of engine.calls.activity.watch(undefined, AbortSignal.timeout(TIME))) {
        state = entries.findLast(({ title }) => title.key === 'activity.recreate-with')?.state;
        if (state !== 'running') break;
      }
      return { state, isSamePod: (await until(isReady)).row.uid === row.uid };
    },
    async served() {
      const imageId = () => kubectl(context, '-n', namespace.name, 'get', 'pod', at.name, '-o', 'jsonpath={.status.containerStatuses[0].imageID}');
      const { row } = await until(isReady);
      const { stdout } = await engine.calls.pods.runCommand({ ...at, uid: row.uid, container: 'app', command: 'curl -s localhost:8080/' }, signal);
      return { content: stdout.trim(), runs: /(sha256:[0-9a-f]{64})/.exec(await imageId())?.[1], policy: row.containers[0]?.policy };
    },
    /** How the Images screen tells of it: what the node has, and which build this container runs. */
    async inTable(wanted: (seen: string) => boolean) {
      let last = '';
      for await (const { rows } of engine.calls.images.watch({ context }, AbortSignal.timeout(TIME))) {
        const row = rows.find(({ reference }) => reference === image);
        const use = row?.usedBy.find((each) => each.namespace === namespace.name);
        last = `${row?.nodes.find(({ node }) => node === nodeName[context])?.presence} ${use?.runs} ${use?.verdict}`;
        if (wanted(last)) return last;
      }
      return last;
    },
  };
}

test.each(['kind-kind', 'minikube'] as const)('%s: rebuilt and not loaded, then loaded and not restarted', async (context) => {
  const image = `stale-build-${context}:1`;
  const it = await scene(context, image);
  const first = await build(image, 'build one');
  await it.load();
  await it.make('IfNotPresent');
  expect(await it.served()).toEqual({ content: 'build one', runs: first, policy: 'IfNotPresent' });
  expect((await it.until(it.isReady)).findings).toEqual([]);

  const second = await build(image, 'build two');
  const stale = await it.stale('not-loaded');
  expect([stale.severity, stale.confidence, stale.message.params['age']]).toEqual(['warning', 'proven', 'newer']);
  expect(stale.evidence.map(({ value }) => value)).toEqual(expect.arrayContaining([first, second]));
  expect(await it.inTable((seen) => seen.startsWith('older-build another'))).toBe('older-build another-build V3');
  expect(await it.pressAndCancel()).toEqual({ state: 'cancelled', isSamePod: true });
  expect(await it.inTable((seen) => seen.startsWith('older-build another'))).toBe('older-build another-build V3');
  await it.press(stale.fixes[0]);
  expect(await it.served()).toEqual({ content: 'build two', runs: second, policy: 'IfNotPresent' });
  expect((await it.until(({ findings }) => findings.length === 0)).row.headline).toBeUndefined();
  expect(await it.inTable((seen) => seen.startsWith('present this'))).toBe('present this-build V3');

  await build(image, 'build three');
  await it.stale('not-loaded');
  await it.load();
  const loaded = await it.stale('not-restarted');
  expect([loaded.message.params['shared'], loaded.fixes]).toEqual(['no', [{ action: 'recreate', recommended: true, danger: 'y' }]]);
});

test('docker-desktop: rebuilt and not restarted', async () => {
  const image = 'stale-build-shared:1';
  const it = await scene('docker-desktop', image);
  const first = await build(image, 'build one');
  await it.make('IfNotPresent');
  expect(await it.served()).toEqual({ content: 'build one', runs: first, policy: 'IfNotPresent' });
  const second = await build(image, 'build two');
  const stale = await it.stale('not-restarted');
  expect([stale.confidence, stale.message.params['age'], stale.message.params['shared']]).toEqual(['proven', 'newer', 'yes']);
  expect(stale.evidence.map(({ value }) => value?.replace('docker://', ''))).toEqual(expect.arrayContaining([first, second]));
  expect(await it.inTable((seen) => seen.includes('another'))).toBe('present another-build V3');
  await it.press(stale.fixes[0]);
  expect(await it.served()).toEqual({ content: 'build two', runs: second, policy: 'IfNotPresent' });
});
