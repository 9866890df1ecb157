// A pod with any field that the server accepts comes through a recreate unchanged but for the policy. Random pods are made from the server's own
// description; the server says by a dry run what each would be as a live pod, and again what the manifest of its recreate would be. Nothing is created.
// EVERY_FIELD_SEED=N repeats a run.
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openConnection, type ClusterConnection } from '../../electron/clients/cluster/connection.ts';
import { openapi } from '../../electron/clients/cluster/discovery.ts';
import { loadKubeconfig } from '../../electron/clients/cluster/kubeconfig.ts';
import { applyPod, createPod } from '../../electron/clients/cluster/pods-api.ts';
import { ApiError } from '../../electron/clients/cluster/api-error.ts';
import type { PullPolicy } from '../../shared/contract/findings.ts';
import type { Pod } from '../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../shared/kubernetes/recreate-manifest.ts';
import { kubectl, kubectlInput, newNamespace } from '../fixtures/command-line.ts';
import { named, never } from './field-values.ts';
import { addFieldsOf, definitionsOf, fieldsOf, type Definitions } from './pod-schema.ts';
import { doubled } from './pod-rules.ts';
import { randomPod } from './random-pod.ts';

const context = 'docker-desktop';
const PODS = 500;
const AT_ONCE = 4;
const seed = Number(process.env.EVERY_FIELD_SEED ?? Date.now() % 2 ** 31);

let namespace: { name: string } & AsyncDisposable;
let connection: ClusterConnection;
let definitions: Definitions;

const classes = [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: named.priorityClass }, value: named.priority, preemptionPolicy: 'Never' },
  { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: named.runtimeClassPlain }, handler: 'any' },
  {
    apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: named.runtimeClass }, handler: 'any', overhead: { podFixed: named.overhead },
    scheduling: { nodeSelector: { 'podlab.test/by-class': 'yes' }, tolerations: [{ key: 'by-class', operator: 'Exists', effect: 'NoSchedule' }] },
  },
];
const asList = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: classes });

beforeAll(async () => {
  namespace = await newNamespace(context, 'every-field');
  await kubectlInput(context, asList, 'apply', '-f', '-');
  await kubectl(context, '-n', namespace.name, 'create', 'serviceaccount', named.serviceAccount);
  // Its token comes a moment later; a pod without it could not be admitted.
  await vi.waitFor(async () => {
    const token = await kubectl(context, '-n', namespace.name, 'get', 'serviceaccount', named.serviceAccount, '-o', 'jsonpath={.secrets}');
    if (token === '') throw new Error(`the service account ${named.serviceAccount} has no token yet`);
  }, 30_000);
  connection = await openConnection(await loadKubeconfig(), context);
  definitions = definitionsOf((await openapi(connection)).document);
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await kubectlInput(context, asList, 'delete', '--ignore-not-found', '-f', '-');
  await namespace[Symbol.asyncDispose]();
});

type Way = 'apply' | 'create' | 'kubectl apply';
interface Case {
  readonly pod: Pod;
  readonly way: Way;
  readonly policy: PullPolicy;
}

/** The pod as it would be when it lives: as the server answers, then scheduled and running. */
async function live({ pod, way }: Case): Promise<Pod> {
  const text = JSON.stringify(pod);
  const written = way === 'kubectl apply' ? { ...pod, metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': text } } } : pod;
  const made = way === 'apply' ? await applyPod(connection, namespace.name, written, { dryRun: true }) : await createPod(connection, namespace.name, written, { dryRun: true, fieldManager: 'kubectl' });
  return {
    ...made.pod,
    metadata: { ...made.pod.metadata, resourceVersion: '7', ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' }] },
    spec: { nodeName: 'chosen-by-the-scheduler', ...made.pod.spec },
    status: { ...made.pod.status, phase: 'Running', podIP: '10.0.0.1' },
  };
}

const again = async (manifest: Pod) => (await applyPod(connection, namespace.name, manifest, { dryRun: true, createOnly: true })).pod;

/** What a live pod and the one in its place have in common: all of the spec but the policies, and what a person writes of the metadata. */
function lasting({ metadata: { name, labels, annotations, finalizers }, spec }: Pod, policy: PullPolicy | undefined, writtenNode: unknown) {
  const { nodeName: _, ...rest } = spec ?? {};
  const withPolicy = (containers: NonNullable<Pod['spec']>['containers']) => containers?.map((each) => ({ ...each, ...(policy ? { imagePullPolicy: policy } : {}) }));
  const { initContainers, containers } = rest;
  const node = writtenNode === undefined ? {} : { nodeName: writtenNode };
  return { name, labels, annotations, finalizers, spec: { ...rest, ...node, ...(initContainers ? { initContainers: withPolicy(initContainers) } : {}), containers: withPolicy(containers) } };
}

/** @throws where a field is lost or changed, by a recreate with a policy or by one that puts back the old definition */
async function comesThrough(one: Case, lives: Pod): Promise<void> {
  // Of a pod with a key twice a server like 1.20 keeps no managedFields: nobody can tell then who chose the node.
  const isKnown = one.way === 'kubectl apply' || (lives.metadata.managedFields ?? []).length > 0;
  const nodeName = isKnown ? one.pod.spec?.nodeName : undefined;
  const [changed, restored] = await Promise.all([again(recreateManifest(lives, { policy: one.policy })), again(recreateManifest(lives, {}))]);
  expect({ ...lasting(changed, undefined, changed.spec?.nodeName) }).toEqual(lasting(lives, one.policy, nodeName));
  expect({ ...lasting(restored, undefined, restored.spec?.nodeName) }).toEqual(lasting(lives, undefined, nodeName));
}

test(`${PODS} random pods of every field come through unchanged but for the policy (EVERY_FIELD_SEED=${seed})`, async () => {
  const anyCase = fc.record({
    shape: randomPod(definitions),
    way: fc.constantFrom<Way>('apply', 'create', 'kubectl apply'),
    policy: fc.constantFrom<PullPolicy>('Always', 'IfNotPresent', 'Never'),
    twice: fc.boolean(),
  }).map(({ shape, twice, ...rest }): Case => {
    const { metadata, spec } = twice && rest.way !== 'apply' ? doubled(shape) : shape;
    return { ...rest, pod: { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'any' }, spec } };
  });
  const seen = new Set<string>();
  const refused: string[] = [];
  const failed: { one: Case; error: unknown }[] = [];
  const cases = fc.sample(anyCase, { seed, numRuns: PODS });
  const accepted = async (one: Case) => {
    try {
      return await live(one);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push(error.message);
      return undefined;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = cases.pop(); one; one = cases.pop()) {
      const next = one;
      const lives = await accepted(next);
      if (!lives) continue;
      addFieldsOf(definitions, 'PodSpec', lives.spec ?? {}, seen);
      await comesThrough(next, lives).catch((error: unknown) => failed.push({ one: next, error }));
    }
  }));
  console.log(`${PODS} pods, seed ${seed}: ${refused.length} refused, ${failed.length} changed, ${seen.size} fields seen, ${Math.round(performance.now() - began)} ms`);
  for (const reason of refused.slice(0, 5)) console.log(`refused: ${reason.slice(0, 400)}`);
  if (failed.length > 0) throw failed[0]?.error;
  expect(refused.length, refused[0]).toBeLessThan(PODS / 20);
  const isNever = (field: string) => never.some((one) => field === one.field || field.startsWith(`${one.field}.`));
  expect(fieldsOf(definitions, 'PodSpec').filter((field) => !seen.has(field) && !isNever(field)), 'fields that no pod had').toEqual([]);
  expect([...seen].filter(isNever), 'fields that no pod should have').toEqual([]);
});
