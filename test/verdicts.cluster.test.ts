// The verdict table of one node: what Podlab says before a pod is created equals what the kubelet then does, on each real cluster.
// The registry is out of reach here (no internet); the rows with a registry come with a stub registry.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PodRow } from '../shared/contract/pods.ts';
import { defaultPullPolicy } from '../shared/kubernetes/pull-policy.ts';
import { verdict, type Verdict } from '../shared/kubernetes/verdict.ts';
import { openEngine, type Engine } from '../electron/engine/engine.ts';
import { contexts, docker, newNamespace, nodeName, putOnNode, removeFromNode } from './fixtures/command-line.ts';

const policies = ['Never', 'IfNotPresent', 'Always', undefined] as const;
const tags = ['', ':latest', ':1'] as const;
const rows = policies.flatMap((policy) => tags.flatMap((tag) => [true, false].map((onNode) => ({ policy, tag, onNode }))));

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-verdicts-'));
  engine = await openEngine({ stateDirectory: folder });
  // A program that stays: with restartPolicy Never a container that ended would look like one that never started.
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "sleep", "3600"]\n');
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  for (const tag of ['latest', '1']) await docker('build', '-q', '-t', `verdict-here:${tag}`, folder);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe.each(contexts)('%s', (context) => {
  test('all 24 rows are predicted before creation', async () => {
    for (const tag of ['latest', '1']) {
      await putOnNode(context, `verdict-here:${tag}`);
      await removeFromNode(context, `verdict-absent:${tag}`);
    }
    await using namespace = await newNamespace(context, 'verdict');
    const stop = new AbortController();
    const present = await presenceOf(context, stop.signal);
    const predicted = new Map<string, Verdict>();
    for (const { policy, tag, onNode } of rows) {
      const name = `${(policy ?? 'none').toLowerCase()}-${tag.replace(':', '') || 'none'}-${onNode ? 'here' : 'absent'}`;
      const image = `verdict-${onNode ? 'here' : 'absent'}${tag}`;
      // What is predicted from: the policy's rule, and what the engine says is on the node.
      predicted.set(name, verdict({ policy: policy ?? defaultPullPolicy(image), onNode: present(image), registry: 'down' }));
      const manifest = `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers: [{name: c, image: "${image}"${policy ? `, imagePullPolicy: ${policy}` : ''}}]
`;
      for await (const _ of engine.calls.pods.create({ context, namespace: namespace.name, manifest }, stop.signal)) void _;
    }
    expect(predicted.size).toBe(24);
    const seen = new Map<string, string>();
    const known = new Map<string, PodRow>();
    for await (const event of engine.calls.pods.watch({ context, namespace: namespace.name }, AbortSignal.timeout(120_000))) {
      for (const row of event.type === 'snapshot' ? event.rows : event.upserted) known.set(row.name, row);
      for (const [name, row] of known) if (SETTLED.test(row.status)) seen.set(name, row.status === 'Running' ? 'starts' : row.status);
      if (seen.size === 24) break;
    }
    stop.abort();
    // A stuck container alternates between its words; a prediction is the words that may be seen.
    const compared = [...predicted].map(([name, { fate, reasons }]) => ({ name, predicted: fate === 'stuck' ? reasons : [fate], seen: seen.get(name) }));
    for (const row of compared) expect(row.predicted, row.name).toContain(row.seen);
    // Both fates were there, so that the table cannot pass by saying one thing.
    expect(compared.filter((row) => row.seen === 'starts')).toHaveLength(STARTING);
  });
});

/** Here and Never or IfNotPresent, three tags each, and here with no policy and the tag 1. */
const STARTING = 7;

const SETTLED = /^(Running|Err\w+|ImagePullBackOff)$/;

/** What the engine knows of an image on the cluster's node, before any pod names it. */
async function presenceOf(context: string, signal: AbortSignal): Promise<(image: string) => 'yes' | 'no' | 'unknown'> {
  const own = new AbortController();
  for await (const { rows: images } of engine.calls.images.watch({ context }, AbortSignal.any([signal, own.signal]))) {
    const here = images.find(({ reference }) => reference === 'verdict-here:latest');
    const presence = here?.nodes.find(({ node }) => node === nodeName[context as keyof typeof nodeName])?.presence;
    if (presence !== 'present') continue; // The first rows come before the node's images are read.
    return (image) => {
      const reference = image.includes(':') ? image : `${image}:latest`;
      const row = images.find((r) => r.reference === reference);
      // The list of this node is whole (it was read from the node itself), so what is not in it is not there.
      return row?.nodes[0]?.presence === 'present' ? 'yes' : 'no';
    };
  }
  throw new Error(`${context}: the engine never said what is on the node`);
}
