// What a person sees of a change that another Podlab left unfinished, and of a pod that takes its time to end.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { kubectl, kubectlInput, newNamespace } from '../fixtures/command-line.ts';
import { buildImage, context } from '../fixtures/kept-pod.ts';
import { startPodlab, type Podlab } from './podlab.ts';
import type { JournalRecord } from '../../electron/engine/activity/journal-file.ts';

let namespace: Awaited<ReturnType<typeof newNamespace>>;
let podlab: Podlab;
let state: string;
const at = (...args: string[]) => kubectl(context, '-n', namespace.name, ...args);

/** Writes the journal of a change in a process that ends with it. */
async function leaveUnfinished(record: JournalRecord): Promise<void> {
  const source = `
    const { openJournal } = await import(${JSON.stringify(new URL('../../electron/engine/activity/journal.ts', import.meta.url).href)});
    await openJournal(${JSON.stringify(join(state, 'podlab'))}).write(${JSON.stringify(record)});`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source]);
}

test.beforeAll(async () => {
  namespace = await newNamespace(context, 'unfinished');
  await buildImage();
  state = await mkdtemp(join(tmpdir(), 'podlab-unfinished-'));
  const server = await kubectl(context, 'config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}');
  for (const [name, where] of [['kept', context], ['far', 'no-such-context']] as const) {
    const restore = {
      apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: namespace.name },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nothing-lost:1', imagePullPolicy: 'Never' }] },
    };
    await leaveUnfinished({ change: 'recreate', context: where, server, namespace: namespace.name, pod: name, uid: 'none', restore, make: restore });
  }
  podlab = await startPodlab(['--context', context], { XDG_STATE_HOME: state });
});
test.afterAll(async () => {
  // What ends slowly would hold both up.
  await at('delete', 'pods', '--all', '--grace-period=0', '--force', '--wait=false');
  await podlab[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
  await rm(state, { recursive: true });
});
test.beforeEach(async ({ page }) => {
  await page.goto(podlab.url);
  await page.getByRole('combobox', { name: 'Namespace' }).selectOption(namespace.name);
});

test('an unfinished change is put back, and one of a context that is gone is kept and forgotten', async ({ page }) => {
  const note = page.getByRole('region', { name: 'Unfinished changes' });
  const far = note.getByRole('listitem').filter({ hasText: 'no-such-context' });
  await expect(far.getByRole('button', { name: 'Finish', exact: true })).toBeDisabled();
  await expect(far.getByRole('button', { name: 'Put the old one back' })).toHaveAccessibleDescription(/no context named no-such-context/);
  await far.getByRole('button', { name: 'Keep the file and forget' }).click();
  await expect(far).toContainText('Done');
  const kept = note.getByRole('listitem').filter({ hasText: 'Pod kept' });
  await expect(kept).toContainText(`${state}/podlab/journal/`);
  await kept.getByRole('button', { name: 'Put the old one back' }).click();
  await expect(kept.getByText('Done', { exact: true })).toBeVisible();
  expect(await at('get', 'pod', 'kept', '-o', 'jsonpath={.spec.containers[0].imagePullPolicy}')).toBe('Never');
  await expect(page.getByRole('rowheader', { name: 'kept', exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('Put the old pod kept back');
  await expect(note).toHaveCount(0);
});

test('Stop now asks first, and ends the wait for a pod that does not end by itself', async ({ page }) => {
  const manifest = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'slow' },
    spec: { terminationGracePeriodSeconds: 300, containers: [{ name: 'c', image: 'nothing-lost:1', imagePullPolicy: 'Never' }] },
  };
  await kubectlInput(context, JSON.stringify(manifest), '-n', namespace.name, 'create', '-f', '-');
  await at('wait', '--for=condition=Ready', 'pod/slow', '--timeout=240s');
  await page.getByRole('rowheader', { name: 'slow', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Pod slow' });
  await detail.getByRole('button', { name: 'Delete pod' }).click();
  await expect(detail).toContainText('it has 300 seconds to end by itself');
  await detail.getByRole('button', { name: 'Stop now' }).click();
  const question = page.getByRole('dialog');
  await expect(question).toContainText('may be lost');
  await question.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('rowheader', { name: 'slow', exact: true })).toHaveCount(0);
  expect(await at('get', 'pod', 'slow', '--ignore-not-found', '-o', 'name')).toBe('');
});
