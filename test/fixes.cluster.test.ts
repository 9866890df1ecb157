// The parts of a fix on a real cluster: a pod, the template of its owner, other objects, new ones; each with the way back after a restart, what happens
// when somebody else changes the same, and when a later part is refused. All side by side in one namespace.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, test, type ExpectStatic } from 'vitest';
import { getPod } from '../electron/clients/cluster/pods-api.ts';
import { loadKubeconfig } from '../electron/clients/cluster/kubeconfig.ts';
import { createActivity } from '../electron/engine/activity/activity.ts';
import { openHistory } from '../electron/engine/activity/history.ts';
import { openJournal } from '../electron/engine/activity/journal.ts';
import type { Changes } from '../electron/engine/cluster/changes.ts';
import { runInSession } from '../electron/engine/cluster/session-action.ts';
import { openSessions } from '../electron/engine/cluster/sessions.ts';
import { openDocker } from '../electron/engine/docker.ts';
import { openEngine } from '../electron/engine/engine.ts';
import { makeParts } from '../electron/engine/fixes/parts.ts';
import { createTopic } from '../electron/engine/topic.ts';
import type { ChangePart } from '../shared/contract/findings.ts';
import type { Failure } from '../shared/contract/failures.ts';
import type { PodDetail } from '../shared/contract/pods.ts';
import { podsOn } from './fixtures/ask-server.ts';
import { docker, kubectl, kubectlInput, kubectlPath, newNamespace } from './fixtures/command-line.ts';
import { startFaultProxy, type Fault } from './fixtures/fault-proxy.ts';

const context = 'docker-desktop';
const image = 'fixes-test:1';
const { signal } = new AbortController();
/** A busy computer ends its pods slowly, and some are made anew twice. */
const TIME = 900_000;

let folder: string;
let namespace: Awaited<ReturnType<typeof newNamespace>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-fixes-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "sleep", "3600"]\n');
  await docker('build', '-q', '-t', image, folder);
  namespace = await newNamespace(context, 'fixes');
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  await docker('rmi', '-f', image).catch(() => '');
  await rm(folder, { recursive: true });
});

const podSpec = (more: object = {}) => ({
  terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image, imagePullPolicy: 'Never', resources: { limits: { memory: '32Mi' } } }], ...more,
});
const template = (app: string, more: object = {}) => ({ metadata: { labels: { app } }, spec: podSpec(more) });
const scaled = (app: string, more: object = {}) => ({ replicas: 1, selector: { matchLabels: { app } }, template: template(app), ...more });
const inApp = (...rest: (string | number)[]) => ['spec', 'containers', { name: 'app' }, ...rest];
const moreMemory: ChangePart = {
  on: 'pod',
  edits: [
    { path: inApp('resources', 'limits', 'memory'), value: '64Mi' }, { path: inApp('resources', 'requests', 'memory'), value: '32Mi' },
    { path: [...inApp('env'), { name: 'A' }, 'value'], value: '1' },
  ],
};

const at = () => ['-n', namespace.name] as const;
const make = (object: object) => kubectlInput(context, JSON.stringify(object), ...at(), 'create', '-f', '-');
const read = async (...what: string[]) => kubectl(context, ...at(), 'get', ...what, '--ignore-not-found');
const memory = 'jsonpath={.spec.containers[0].resources.limits.memory} {.spec.containers[0].env[0].value}';

interface Seen { metadata: { name: string; uid: string; deletionTimestamp?: string }; spec: { containers: { resources: { limits: { memory: string } } }[] }; status: { phase?: string } }
/** The one pod of the label that runs and is not the old one. */
async function running(expect: ExpectStatic, app: string, not = ''): Promise<Seen> {
  const pods = async () => (await podsOn<Seen>(context, namespace.name, `app=${app}`))
    .filter(({ metadata, status }) => metadata.uid !== not && !metadata.deletionTimestamp && status.phase === 'Running');
  await expect.poll(async () => (await pods()).length, { timeout: 240_000, interval: 300 }).toBe(1);
  return (await pods())[0]!;
}
const memoryOf = ({ spec }: Seen) => spec.containers[0]?.resources.limits.memory;

/** Makes the parts as a change of a Podlab that ends afterwards. */
async function fix(state: string, pod: string, parts: readonly ChangePart[], kubeconfig?: string): Promise<{ id: string; code?: string; parameters?: unknown; raw?: string }> {
  const ownDocker = openDocker();
  const config = createTopic(await loadKubeconfig(kubeconfig === undefined ? {} : { file: kubeconfig }));
  await using sessions = openSessions(config, ownDocker);
  using journal = openJournal(state);
  const changes: Changes = { sessions, activity: createActivity(), docker: ownDocker, journal, history: await openHistory(state) };
  const where = kubeconfig === undefined ? context : 'faulty';
  let id = '';
  try {
    const events = runInSession(changes, where, signal, (all) => ({
      title: { key: 'activity.fix', params: {} }, commands: [], subject: { context: where, namespace: namespace.name, pod }, endsWithCaller: false,
      async run(tell) {
        const { ways } = await makeParts(all, await getPod(await all.session.client(), namespace.name, pod), parts, tell);
        return { result: {}, ways };
      },
    }));
    for await (const event of events) if (event.type === 'done') id = event.activityId;
    return { id };
  } catch (error) {
    const { code, parameters, raw } = error as Failure;
    return { id, code, parameters, raw };
  } finally {
    await ownDocker[Symbol.asyncDispose]?.();
  }
}

/** By another Podlab on the same state. */
async function undo(state: string, id: string): Promise<void> {
  await using engine = await openEngine({ stateDirectory: state });
  for await (const _ of engine.calls.activity.undo({ id }, signal)) void _;
}
const stateOf = (name: string) => join(folder, name);

test.concurrent('a bare pod is made anew with the edits, and comes back as it was', { timeout: TIME }, async ({ expect }) => {
  await make({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', labels: { app: 'bare' } }, spec: podSpec() });
  await running(expect, 'bare');
  const { id, code } = await fix(stateOf('bare'), 'bare', [moreMemory]);
  expect([code, await read('pod', 'bare', '-o', memory)]).toEqual([undefined, '64Mi 1']);
  // Labels can be changed where the pod is.
  const uid = await read('pod', 'bare', '-o', 'jsonpath={.metadata.uid}');
  await fix(stateOf('label'), 'bare', [{ on: 'pod', edits: [{ path: ['metadata', 'labels', 'tier'], value: 'web' }] }]);
  expect(await read('pod', 'bare', '-o', 'jsonpath={.metadata.uid} {.metadata.labels.tier}')).toBe(`${uid} web`);
  await undo(stateOf('bare'), id);
  expect(await read('pod', 'bare', '-o', memory)).toBe('32Mi ');
});

const owners = {
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment', spec: scaled('deployment') },
  ondelete: { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: scaled('ondelete', { serviceName: 'none', updateStrategy: { type: 'OnDelete' } }) },
  job: { apiVersion: 'batch/v1', kind: 'Job', spec: { template: template('job', { restartPolicy: 'Never' }) } },
};
test.concurrent.for(Object.keys(owners) as (keyof typeof owners)[])('%s: its template is changed, its pod follows, both ways', { timeout: TIME }, async (name, { expect }) => {
  const { kind } = owners[name];
  await make({ ...owners[name], metadata: { name } });
  const before = await running(expect, name);
  const { id, code } = await fix(stateOf(name), before.metadata.name, [moreMemory]);
  expect(code).toBeUndefined();
  const after = await running(expect, name, before.metadata.uid);
  const inTemplate = () => read(kind, name, '-o', memory.replaceAll('.spec.containers', '.spec.template.spec.containers'));
  expect([memoryOf(after), await inTemplate()]).toEqual(['64Mi', '64Mi 1']);
  await undo(stateOf(name), id);
  expect([memoryOf(await running(expect, name, after.metadata.uid)), await inTemplate()]).toEqual(['32Mi', '32Mi ']);
});

const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: 'wrong', tier: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 1 }] } });
const service1 = { apiVersion: 'v1', kind: 'Service', name: 'one' };
const shown = 'jsonpath={.spec.selector} {.spec.ports[0].targetPort}';
const idle = async (name: string) => make({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: podSpec({ nodeSelector: { nowhere: 'yes' } }) });

test.concurrent('another object and a new one, and all of it back', { timeout: TIME }, async ({ expect }) => {
  await Promise.all([make(service('one')), idle('idle')]);
  const before = await read('service', 'one', '-o', shown);
  const { id, code } = await fix(stateOf('objects'), 'idle', [
    { on: 'new', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'yes' } } },
    { on: 'object', object: service1, edits: [{ path: ['spec', 'selector', 'app'], value: 'web' }, { path: ['spec', 'selector', 'tier'] }, { path: ['spec', 'ports', { name: 'http' }, 'targetPort'], value: 8080 }] },
  ]);
  expect([code, await read('service', 'one', '-o', shown), await read('configmap', 'settings', '-o', 'jsonpath={.data.a}')]).toEqual([undefined, '{"app":"web"} 8080', 'yes']);
  await undo(stateOf('objects'), id);
  expect([await read('service', 'one', '-o', shown), await read('configmap', 'settings', '-o', 'name')]).toEqual([before, '']);
});

test.concurrent('a later part is refused: what was done before is taken back', { timeout: TIME }, async ({ expect }) => {
  await Promise.all([make(service('two')), idle('later')]);
  const before = await read('service', 'two', '-o', shown);
  const edits = [{ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 }];
  const outcome = await fix(stateOf('later'), 'later', [
    { on: 'new', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'taken-back' } } },
    { on: 'object', object: { ...service1, name: 'two' }, edits },
    { on: 'object', object: { ...service1, name: 'two' }, edits: [{ path: ['spec', 'type'], value: 'Nonsense' }] },
  ]);
  expect(outcome).toMatchObject({ code: 'FIX_TAKEN_BACK', parameters: { part: 3, parts: 3 }, raw: expect.stringContaining('Nonsense') as string });
  expect([await read('service', 'two', '-o', shown), await read('configmap', 'taken-back', '-o', 'name')]).toEqual([before, '']);
});

test.concurrent('what is not there to be changed changes nothing', { timeout: TIME }, async ({ expect }) => {
  await idle('place');
  const outcome = await fix(stateOf('place'), 'place', [{ on: 'pod', edits: [{ path: ['spec', 'containers', { name: 'other' }, 'image'], value: 'x' }] }]);
  expect(outcome).toMatchObject({ code: 'PLACE_MISSING', parameters: { kind: 'Pod', name: 'place', path: 'spec.containers[other]' } });
  expect(await fix(stateOf('exists'), 'place', [{ on: 'new', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'place' }, spec: podSpec() } }])).toMatchObject({ code: 'OBJECT_EXISTS' });
});

test.concurrent('what somebody else changes meanwhile is not written over; what they change beside it is no hindrance', { timeout: TIME }, async ({ expect }) => {
  await Promise.all([make(service('three')), idle('conflict')]);
  const edits = [{ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 }];
  const part: ChangePart = { on: 'object', object: { ...service1, name: 'three' }, edits };
  const meanwhile = async (patch: string) => {
    let isFirst = true;
    const fault: Fault = async ({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/services/three') && isFirst) {
        isFirst = false;
        await kubectl(context, ...at(), 'patch', 'service', 'three', '-p', patch);
      }
      return undefined;
    };
    await using proxy = await startFaultProxy(context, fault);
    return await fix(stateOf('conflict'), 'conflict', [part], proxy.kubeconfig);
  };
  expect(await meanwhile('{"spec":{"ports":[{"port":80,"targetPort":99}]}}')).toMatchObject({ code: 'OBJECT_CHANGED', parameters: { kind: 'Service', name: 'three' } });
  expect(await read('service', 'three', '-o', 'jsonpath={.spec.ports[0].targetPort}')).toBe('99');
  expect((await meanwhile('{"metadata":{"labels":{"theirs":"yes"}}}')).code).toBeUndefined();
  expect(await read('service', 'three', '-o', 'jsonpath={.spec.ports[0].targetPort} {.metadata.labels.theirs}')).toBe('8080 yes');
});

test.concurrent('a finding is repaired and gone; its lines do the same when pasted', { timeout: TIME }, async ({ expect }) => {
  await using engine = await openEngine({ stateDirectory: stateOf('finding') });
  const nowhere = { nodeSelector: { nowhere: 'yes' } };
  await Promise.all([
    make({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lost', labels: { app: 'lost' } }, spec: podSpec(nowhere) }),
    make({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'pasted' }, spec: { ...scaled('pasted'), template: template('pasted', nowhere) } }),
  ]);
  const change = async (name: string): Promise<{ detail: PodDetail; offer: PodDetail['offers'][number] }> => {
    for await (const event of engine.calls.pods.watchDetail({ context, namespace: namespace.name, name }, AbortSignal.timeout(240_000))) {
      const detail = event.type === 'pod' ? event.detail : undefined;
      const offer = detail?.offers.find(({ fix: of, refused }) => of?.key === 'F14.drop-selector' && !refused);
      if (detail && offer) return { detail, offer };
    }
    throw new Error(`no such offer of ${name}`);
  };
  const pasted = (await read('pods', '-l', 'app=pasted', '-o', 'name')).replace('pod/', '').trim();
  const [{ detail, offer }, other] = await Promise.all([change('lost'), change(pasted)]);

  const where = { cwd: folder, env: { ...process.env, PATH: `${dirname(kubectlPath)}:${process.env['PATH'] ?? ''}` } };
  for (const line of other.offer.commands) await promisify(execFile)('bash', ['-ec', line], where);
  await running(expect, 'pasted');

  const steps: string[] = [];
  const { uid, name } = detail.row;
  const input = { context, namespace: namespace.name, name, uid, finding: offer.fix?.finding ?? '', key: offer.fix?.key ?? '', ...(offer.container === undefined ? {} : { container: offer.container }) };
  for await (const event of engine.calls.pods.applyFix(input, signal)) if (event.type === 'step' && event.state === 'running') steps.push(event.step.key);
  expect(steps.at(-1)).toBe('step.finding-gone');
  expect(await read('pod', 'lost', '-o', 'jsonpath={.status.phase} {.spec.nodeSelector}')).toBe('Running ');
  const again = (async () => {
    for await (const _ of engine.calls.pods.applyFix({ ...input, uid: await read('pod', 'lost', '-o', 'jsonpath={.metadata.uid}') }, signal)) void _;
  })();
  await expect(again).rejects.toMatchObject({ code: 'FINDING_GONE' });
});
