// Events on real clusters: of a pod, its owners and its node, of a workload and what it makes, in the order in which one thing led to another; and kept when
// the server has forgotten them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import type { EventRow, EventsOfTarget } from '../../shared/contract/events.ts';
import type { KubeEvent, Pod } from '../../shared/kubernetes/objects.ts';
import { prepareImages } from '../catalogue/images.ts';
import { podsOn } from '../fixtures/ask-server.ts';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { kubectl, kubectlInput, newNamespace, nodeName, type TestContext } from '../fixtures/command-line.ts';

/** Kubelets of a busy computer take their time. */
const PATIENCE = { timeout: 240_000, interval: 250 };
const used = clustersOfRun('kind-kind', 'docker-desktop');

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-events-'));
  await prepareImages(['kind-kind']);
  engine = await openEngine({ stateDirectory: folder });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const container = (more: object = {}) => ({ name: 'app', image: 'catalogue-ok:1', imagePullPolicy: 'Never', ...more });
const web = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers: [container()] } } },
};
const crash = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'crash' }, spec: { terminationGracePeriodSeconds: 1, containers: [container({ command: ['/bin/sh', '-c', 'exit 3'] })] } };

/** The latest word about one object, for as long as it is not disposed of. */
function follow(context: string, namespace: string, kind: string, name: string) {
  const stop = new AbortController();
  let latest: EventsOfTarget | undefined;
  let messages = 0;
  const ended = (async () => {
    for await (const next of engine.calls.events.watch({ context, namespace, target: { kind, name } }, stop.signal)) {
      latest = next;
      messages += 1;
    }
  })();
  const rows = (): readonly EventRow[] => (latest === undefined || latest.events === 'unknown' ? [] : latest.events);
  return {
    rows,
    get latest() { return latest; },
    get messages() { return messages; },
    /** Of one relation, the oldest first. */
    reasons: (...relations: EventRow['about']['relation'][]) => rows().toReversed().filter(({ about }) => relations.includes(about.relation)).map(({ reason }) => reason),
    find: (reason: string) => rows().filter((row) => row.reason === reason),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
const listed = async (context: TestContext, namespace: string) =>
  (JSON.parse(await kubectl(context, '-n', namespace, 'get', 'events', '-o', 'json')) as { items: KubeEvent[] }).items;

describe.each(used)('%s', (context) => {
  let namespace: Awaited<ReturnType<typeof newNamespace>>;
  let pod: string;
  const at = () => ['-n', namespace.name] as const;
  const nodeEvent = `podlab-events.${process.pid}.${context}`;
  beforeAll(async () => {
    namespace = await newNamespace(context, 'events');
    await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [web, crash] }), ...at(), 'create', '-f', '-');
    pod = await vi.waitFor(async () => {
      const name = (await podsOn<Pod>(context, namespace.name, 'app=web'))[0]?.metadata.name;
      if (name === undefined) throw new Error('the Deployment has no pod yet');
      return name;
    }, PATIENCE);
  });
  afterAll(async () => {
    await kubectl(context, '-n', 'default', 'delete', 'event', nodeEvent, '--ignore-not-found');
    await namespace[Symbol.asyncDispose]();
  });

  test('a workload has its own, its ReplicaSet\'s and its pod\'s, each after what led to it', async () => {
    await using watched = follow(context, namespace.name, 'Deployment', 'web');
    await expect.poll(() => watched.find('Started').length, PATIENCE).toBe(1);
    await expect.poll(() => watched.reasons('self', 'owned', 'pod'), PATIENCE).toEqual(['ScalingReplicaSet', 'SuccessfulCreate', 'Scheduled', 'Pulled', 'Created', 'Started']);
    expect(watched.rows().map(({ about, reason }) => `${reason} ${about.kind} ${about.name}`).filter((row) => !/Pod|ReplicaSet web-/.test(row))).toEqual(['ScalingReplicaSet Deployment web']);
    // Nothing of the other pod, and nothing that kubectl does not list.
    const known = (await listed(context, namespace.name)).filter(({ involvedObject: { name = '' } }) => name.startsWith('web'));
    expect(watched.rows().reduce((sum, { count }) => sum + count, 0)).toBe(known.reduce((sum, { count }) => sum + (count || 1), 0));
    expect(watched.latest).toMatchObject({ unread: [], notShown: 0, connection: { state: 'live' } });
  });

  test('a pod has its own, its owners\' and its node\'s', async () => {
    await using watched = follow(context, namespace.name, 'Pod', pod);
    const node = nodeName[context];
    const now = new Date().toISOString().replace(/\.\d+/, '');
    // As a kubelet writes it: the uid is the name, https://github.com/kubernetes/kubernetes/blob/v1.20.2/pkg/kubelet/kubelet.go (nodeRef).
    await kubectlInput(context, JSON.stringify({
      apiVersion: 'v1', kind: 'Event', metadata: { name: nodeEvent, namespace: 'default' }, involvedObject: { kind: 'Node', name: node, uid: node },
      type: 'Warning', reason: 'ImageGCFailed', message: 'a test', source: { component: 'kubelet', host: node }, count: 1, firstTimestamp: now, lastTimestamp: now,
    }), '-n', 'default', 'create', '-f', '-');
    await expect.poll(() => watched.reasons('node'), PATIENCE).toContain('ImageGCFailed');
    expect(watched.reasons('self')).toEqual(['Scheduled', 'Pulled', 'Created', 'Started']);
    await expect.poll(() => watched.reasons('owner'), PATIENCE).toEqual(['ScalingReplicaSet', 'SuccessfulCreate']);
    expect(watched.find('ImageGCFailed')[0]).toMatchObject({ about: { kind: 'Node', name: node, relation: 'node' }, type: 'Warning' });
  });

  test('an event of the scheduler, which has eventTime alone, has its time', async () => {
    await using watched = follow(context, namespace.name, 'Pod', pod);
    await expect.poll(() => watched.find('Scheduled').length, PATIENCE).toBe(1);
    const said = (await listed(context, namespace.name)).find(({ reason, involvedObject }) => reason === 'Scheduled' && involvedObject.name === pod);
    expect({ last: said?.lastTimestamp, first: said?.firstTimestamp }).toEqual({ last: null, first: null });
    const [row] = watched.find('Scheduled');
    expect({ at: row?.at, firstAt: row?.firstAt }).toEqual({ at: new Date(said?.eventTime ?? '').toISOString(), firstAt: new Date(said?.eventTime ?? '').toISOString() });
    expect(row?.source).toBe('default-scheduler');
  });

  test('what repeats is one row whose count grows, and goes on growing after the server has forgotten it', { timeout: 900_000 }, async () => {
    await using watched = follow(context, namespace.name, 'Pod', 'crash');
    await expect.poll(() => watched.find('BackOff')[0]?.count ?? 0, PATIENCE).toBeGreaterThanOrEqual(2);
    const [first] = watched.find('BackOff');
    expect(first).toMatchObject({ type: 'Warning', source: 'kubelet', about: { relation: 'self', container: 'app' }, isForgotten: false });
    await expect.poll(() => watched.find('BackOff')[0]?.count ?? 0, PATIENCE).toBeGreaterThan(first!.count);
    expect(watched.find('BackOff').map(({ id, firstAt }) => [id, firstAt])).toEqual([[first!.id, first!.firstAt]]);

    const before = watched.rows();
    await kubectl(context, ...at(), 'delete', 'events', '--all');
    await expect.poll(() => watched.rows().filter(({ isForgotten }) => isForgotten).length, PATIENCE).toBeGreaterThanOrEqual(before.length - 2);
    expect(watched.rows().map(({ id }) => id).toSorted()).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
    // The kubelet writes it anew, with the count that it had.
    const [kept] = watched.find('BackOff');
    await expect.poll(() => watched.find('BackOff').map(({ count, isForgotten }) => count > kept!.count && !isForgotten), PATIENCE).toEqual([true]);
    const said = (await listed(context, namespace.name)).filter(({ reason }) => reason === 'BackOff').map(({ count }) => count ?? 0);
    expect(said).toHaveLength(1);
    const [now] = watched.find('BackOff');
    expect(Math.abs(now!.count - said[0]!)).toBeLessThanOrEqual(1);
    process.stdout.write(`${context}: BackOff ×${now!.count}, kubectl says ×${said[0]}; ${watched.messages} messages\n`);
  });

  test('what was forgotten and what is about a deleted pod stays, also for who comes later', { timeout: 900_000 }, async () => {
    await kubectl(context, ...at(), 'delete', 'deployment', 'web', '--wait=true');
    await expect.poll(() => podsOn(context, namespace.name, 'app=web'), PATIENCE).toEqual([]);
    {
      await using watched = follow(context, namespace.name, 'Pod', pod);
      await expect.poll(() => watched.reasons('self'), PATIENCE).toEqual(['Scheduled', 'Pulled', 'Created', 'Started', 'Killing']);
      expect(watched.find('Started')[0]?.isForgotten).toBe(true);
      expect(watched.find('Killing')[0]?.isForgotten).toBe(false);
      // Its owners are gone with it, and are known for what they were.
      expect(watched.reasons('owner').slice(0, 2)).toEqual(['ScalingReplicaSet', 'SuccessfulCreate']);
    }
    // The session of a cluster that nobody looks at closes after half a minute.
    await pause(35_000);
    await using again = follow(context, namespace.name, 'Deployment', 'web');
    await expect.poll(() => again.reasons('self', 'owned', 'pod'), PATIENCE).toEqual(['ScalingReplicaSet', 'SuccessfulCreate', 'Scheduled', 'Pulled', 'Created', 'Started', 'Killing']);
    expect(again.find('ScalingReplicaSet')[0]).toMatchObject({ isForgotten: true, about: { kind: 'Deployment', relation: 'self' } });
  });

  test('a pod of the same name has its own, and those of the one before are said to be that one\'s', { timeout: 900_000 }, async () => {
    await using watched = follow(context, namespace.name, 'Pod', 'crash');
    await expect.poll(() => watched.reasons('self').length, PATIENCE).toBeGreaterThan(0);
    // Those of its node are no pod's.
    const before = watched.rows().filter(({ about }) => about.relation === 'self').map(({ id }) => id);
    await kubectl(context, ...at(), 'delete', 'pod', 'crash', '--wait=true');
    await kubectlInput(context, JSON.stringify({ ...crash, spec: { ...crash.spec, containers: [container()] } }), ...at(), 'create', '-f', '-');
    // Until the new one is seen, these are those of the pod of that name; and both may have done the same.
    await expect.poll(() => watched.rows().filter(({ about }) => about.relation === 'earlier').map(({ id }) => id), PATIENCE).toEqual(expect.arrayContaining(before));
    await expect.poll(() => watched.reasons('self'), PATIENCE).toEqual(['Scheduled', 'Pulled', 'Created', 'Started']);
  });
});

test('a pod that never was has none, and that is known', async () => {
  await using watched = follow('docker-desktop', 'default', 'Pod', 'never-was');
  await expect.poll(() => watched.latest, PATIENCE).toMatchObject({ events: [], unread: [] });
});
