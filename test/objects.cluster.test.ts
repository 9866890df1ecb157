// Texts with objects of several kinds, checked and applied on a real cluster of Kubernetes 1.20, with kubectl as the other who changes them.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Inputs, Outputs } from '../shared/contract/contract.ts';
import { Failure } from '../shared/contract/failures.ts';
import type { Applied } from '../shared/contract/objects.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { docker, kubectl, kubectlInput, newNamespace } from './fixtures/command-line.ts';

const context = 'docker-desktop';
const never = new AbortController().signal;
let engine: Engine;
let namespace: Awaited<ReturnType<typeof newNamespace>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-objects-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "sleep", "3600"]\n');
  [namespace] = await Promise.all([newNamespace(context, 'objects'), docker('build', '-q', '-t', 'objects-test:1', folder)]);
  engine = await openEngine({ context, stateDirectory: join(folder, 'state') });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  await docker('rmi', '-f', 'objects-test:1');
});

type ApplyInput = Partial<Inputs['objects']['apply']>;
const check = (text: string, more: ApplyInput = {}): Promise<Outputs['objects']['check']> =>
  engine.calls.objects.check({ context, namespace: namespace.name, text, ...more }, never);

async function apply(text: string, more: ApplyInput = {}): Promise<{ objects?: Applied[]; activityId?: string; code?: string; parameters?: unknown; raw?: string; steps: string[] }> {
  const steps: string[] = [];
  try {
    for await (const event of engine.calls.objects.apply({ context, namespace: namespace.name, text, ...more }, never)) {
      if (event.type === 'step' && event.state === 'running') steps.push(event.step.key);
      if (event.type === 'done') return { objects: event.result.objects, activityId: event.activityId, steps };
    }
    return { steps };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.code, parameters: error.parameters, raw: error.raw, steps };
  }
}

async function undo(id = ''): Promise<void> {
  for await (const _ of engine.calls.activity.undo({ id }, never)) void _;
}

const get = async (kind: string, name: string, path: string) => kubectl(context, '-n', namespace.name, 'get', kind, name, '--ignore-not-found', '-o', `jsonpath={${path}}`);
const outcomes = ({ objects, ...rest }: { objects?: Applied[] }) => objects?.map(({ object: { kind, name }, outcome }) => `${kind} ${name} ${outcome}`) ?? rest;
const config = (name: string, value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "${value}"\n`;
const deployment = (name: string, replicas: number, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: c
          image: objects-test:1
          imagePullPolicy: Never
${more}`;

test.concurrent('several kinds at once: created, unchanged, changed, and taken back', async () => {
  const text = (value: string) => `${config('many', value)}---\n${deployment('many', 0)}---\napiVersion: v1\nkind: Service\nmetadata: {name: many}\nspec:\n  selector: {app: many}\n  ports: [{port: 80}]\n`;
  expect((await check(text('1'))).documents.map(({ change, problems }) => [change, problems])).toEqual([['create', []], ['create', []], ['create', []]]);
  const created = await apply(text('1'));
  expect(outcomes(created)).toEqual(['ConfigMap many created', 'Deployment many created', 'Service many created']);
  const checked = await check(text('2'));
  expect(checked.documents.map(({ change }) => change)).toEqual(['change', 'none', 'none']);
  expect(checked.documents[0]?.live).toBe(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: many\n  namespace: ${namespace.name}\ndata:\n  a: "1"\n`);
  expect(checked.documents[0]?.result).toContain('a: "2"');
  const changed = await apply(text('2'));
  expect(outcomes(changed)).toEqual(['ConfigMap many changed', 'Deployment many unchanged', 'Service many unchanged']);
  await undo(changed.activityId);
  expect(await get('configmap', 'many', '.data.a')).toBe('1');
  await undo(created.activityId);
  expect(await get('configmap,deployment,service', 'many', '.items')).toBe('');
});

test.concurrent('every unknown field is told at its line, with what was meant', async () => {
  const text = `${config('typo', '1').replace('\ndata:', '\ndta:')}---\n${deployment('typo', 0).replace('replicas', 'replica').replace('imagePullPolicy', 'imagePullPolcy')}`;
  const { documents } = await check(text);
  expect(documents.map(({ change, problems }) => [change, problems.map(({ code, line, path, suggestion }) => [code, line, path, suggestion])])).toEqual([
    ['unknown', [['MANIFEST_UNKNOWN_FIELD', 5, 'dta', 'data']]],
    ['unknown', [['MANIFEST_UNKNOWN_FIELD', 13, 'spec.replica', 'replicas'], ['MANIFEST_UNKNOWN_FIELD', 21, 'spec.template.spec.containers[0].imagePullPolcy', 'imagePullPolicy']]],
  ]);
  expect(await apply(text)).toMatchObject({ code: 'MANIFEST_UNKNOWN_FIELD', parameters: { path: 'dta', line: 5, suggestion: 'data' } });
});

test.concurrent('where one is refused, none is written, and all reasons are told', async () => {
  const text = `${config('before-bad', '1')}---\n${deployment('bad', 0).replace('name: c', 'name: C_')}          ports: [{containerPort: 70000}]\n`;
  const { documents } = await check(text);
  expect(documents[1]?.problems.map(({ code, line }) => [code, line])).toEqual([['MANIFEST_REFUSED', 19], ['MANIFEST_REFUSED', 22]]);
  expect(await apply(text)).toMatchObject({ code: 'MANIFEST_REFUSED' });
  expect(await get('configmap', 'before-bad', '.data')).toBe('');
});

test.concurrent('a kind in the wrong version, and one with a typing error, are told with what was meant', async () => {
  const { documents } = await check(`${deployment('k', 0).replace('apps/v1', 'apps/v1beta1')}---\n${config('k', '1').replace('ConfigMap', 'Configmap')}`);
  expect(documents.map(({ problems }) => problems.map(({ code, line, suggestion }) => [code, line, suggestion]))).toEqual([
    [['KIND_UNKNOWN', 1, 'apiVersion: apps/v1']], [['KIND_UNKNOWN', 17, 'kind: ConfigMap']],
  ]);
});

test.concurrent('fields of another manager: told by its name, taken over when asked, and given back', async () => {
  await kubectlInput(context, deployment('shared', 0), '-n', namespace.name, 'apply', '--server-side', '--field-manager=somebody', '-f', '-');
  const text = deployment('shared', 0).replace('replicas: 0', 'replicas: 0\n  minReadySeconds: 3').replace('objects-test:1', 'objects-test:2');
  const [checked] = (await check(text)).documents;
  expect(checked?.conflicts).toEqual([{ manager: 'somebody', fields: [{ path: 'spec.template.spec.containers[name="c"].image', line: 14 }] }]);
  expect(checked?.result).toContain('objects-test:2');
  expect(await apply(text)).toMatchObject({ code: 'OBJECT_CONFLICT', parameters: { kind: 'Deployment', name: 'shared', managers: 'somebody', fields: 1 } });
  expect(await get('deployment', 'shared', '.spec.template.spec.containers[0].image')).toBe('objects-test:1');
  const taken = await apply(text, { takeOver: true });
  expect(outcomes(taken)).toEqual(['Deployment shared changed']);
  expect(await get('deployment', 'shared', '.spec.template.spec.containers[0].image')).toBe('objects-test:2');
  await undo(taken.activityId);
  expect(await get('deployment', 'shared', '.spec.template.spec.containers[0].image')).toBe('objects-test:1');
});

test.concurrent('an edit: what others changed since is not overwritten; what it takes out goes when it is taken over', async () => {
  await kubectlInput(context, deployment('edited', 0, '          env: [{name: A, value: "1"}, {name: B, value: "2"}]\n'), '-n', namespace.name, 'apply', '-f', '-');
  const read = async () => {
    for await (const event of engine.calls.objects.watch({ context, namespace: namespace.name, apiVersion: 'apps/v1', kind: 'Deployment', name: 'edited' }, never)) {
      if (event.type === 'object') return event.yaml;
    }
    return '';
  };
  const base = await read();
  expect(base).not.toMatch(/managedFields|status:|uid:|resourceVersion|creationTimestamp|last-applied|generation:/);
  const text = base.replace(/ +- name: B\n +value: "2"\n/, '');
  const [checked] = (await check(text, { base })).documents;
  expect(checked?.conflicts).toMatchObject([{ manager: 'kubectl-client-side-apply', fields: [{ path: 'spec.template.spec.containers[0].env[1]' }] }]);

  await kubectl(context, '-n', namespace.name, 'patch', 'deployment', 'edited', '-p', '{"spec":{"minReadySeconds":5}}');
  expect((await check(text, { base })).documents[0]?.problems).toMatchObject([{ code: 'OBJECT_CHANGED' }]);
  expect(await apply(text, { base, takeOver: true })).toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(await get('deployment', 'edited', '.spec.minReadySeconds')).toBe('5');

  const now = await read();
  const done = await apply(now.replace(/ +- name: B\n +value: "2"\n/, ''), { base: now, takeOver: true });
  expect(outcomes(done)).toEqual(['Deployment edited changed']);
  expect(await get('deployment', 'edited', '.spec.template.spec.containers[0].env[*].name')).toBe('A');
  await undo(done.activityId);
  expect(await read()).toBe(now);
});

const pod = (value: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: fixed\nspec:\n  terminationGracePeriodSeconds: 1\n  containers:\n    - {name: c, image: "objects-test:1", imagePullPolicy: Never, env: [{name: A, value: "${value}"}]}\n`;

test.concurrent("a pod's fixed field: said so, replaced when asked, and the old one brought back", async () => {
  expect(outcomes(await apply(pod('1')))).toEqual(['Pod fixed created']);
  // A kubelet that is still starting a pod takes a minute to end it.
  await kubectl(context, '-n', namespace.name, 'wait', '--for=condition=Ready', 'pod/fixed', '--timeout=240s');
  const uid = await get('pod', 'fixed', '.metadata.uid');
  const [checked] = (await check(pod('2'))).documents;
  expect([checked?.replaceable, checked?.problems.map(({ code, line }) => [code, line])]).toEqual([true, [['OBJECT_IMMUTABLE', 5]]]);
  expect(await apply(pod('2'))).toMatchObject({ code: 'OBJECT_IMMUTABLE', parameters: { kind: 'Pod', name: 'fixed' } });
  expect(await get('pod', 'fixed', '.metadata.uid')).toBe(uid);
  const replaced = await apply(pod('2'), { replace: true });
  expect(outcomes(replaced)).toEqual(['Pod fixed replaced']);
  expect(await get('pod', 'fixed', '.spec.containers[0].env[0].value')).toBe('2');
  await undo(replaced.activityId);
  expect(await get('pod', 'fixed', '.spec.containers[0].env[0].value')).toBe('1');
});

test.concurrent('a namespace and a kind that the same text makes, with what needs them; taken back in the right order', async () => {
  const other = `${namespace.name}-b`;
  const group = `${namespace.name}.example.com`;
  const text = `apiVersion: ${group}/v1\nkind: Thing\nmetadata: {name: one, namespace: ${other}}\nspec: {size: 3}\n---
apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ${other}}\nspec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "objects-test:1", imagePullPolicy: Never}]}\n---
apiVersion: v1\nkind: Namespace\nmetadata: {name: ${other}}\n---
apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.${group}}
spec:\n  group: ${group}\n  scope: Namespaced\n  names: {kind: Thing, plural: things, singular: thing}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}]\n`;
  expect((await check(text)).documents.map(({ change }) => change)).toEqual(['waits', 'waits', 'create', 'create']);
  // One that waits is wrong: all goes back.
  const refused = await apply(text.replace('image: "objects-test:1"', 'image: ""'));
  expect(refused).toMatchObject({ code: 'MANIFEST_REFUSED' });
  // A definition goes once the server has removed its objects: a finalizer holds it until then.
  await kubectl(context, 'wait', '--for=delete', `crd/things.${group}`, '--timeout=240s').catch(() => '');
  await kubectl(context, 'wait', '--for=delete', `namespace/${other}`, '--timeout=240s').catch(() => '');
  const done = await apply(text);
  expect(outcomes(done)).toEqual([`Namespace ${other} created`, `CustomResourceDefinition things.${group} created`, 'Thing one created', 'Pod p created']);
  await undo(done.activityId);
  expect(await kubectl(context, 'get', 'crd', `things.${group}`, '--ignore-not-found')).toBe('');
});

test.concurrent('a namespace that is nowhere', async () => {
  const { documents } = await check(config('x', '1').replace('name: x', 'name: x\n  namespace: not-there-at-all'));
  expect(documents[0]?.problems).toMatchObject([{ code: 'NAMESPACE_MISSING', line: 5, params: { namespace: 'not-there-at-all' } }]);
});

test.concurrent('the schema of a pod is what it can reach, and stays small', async () => {
  const schema = await engine.calls.objects.schema({ context, apiVersion: 'v1', kind: 'Pod' }, never);
  expect(JSON.stringify(schema).length).toBeLessThan(200_000);
  const spec = schema.schemas[schema.schemas[schema.root]?.properties?.['spec']?.ref ?? ''];
  expect(spec?.properties?.['restartPolicy']?.enum).toEqual(['Always', 'OnFailure', 'Never']);
});
