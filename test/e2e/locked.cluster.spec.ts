// A cluster that is not on this computer opens locked: on every screen each button that changes it is there, cannot be pressed, and says why. What may be
// pressed all the same is listed here, so a new button that changes something has to be locked, or looked at.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { kubectl, kubectlInput, newNamespace } from '../fixtures/command-line.ts';
import { startPodlab } from './podlab.ts';

const cluster = 'docker-desktop';
const context = 'far';
const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "locked-test"}]}
`;

/** What opens, closes, shows, copies or changes only this computer. */
const harmless = new RegExp(`^(${[
  'Close', 'Wide', 'Copy( as text| as Markdown)?', 'Forward a port', 'Start', 'Details', 'Fill in an example', 'Choose.*', 'Open.*', 'Show .*', 'Hide .*', 'Save.*',
].join('|')})$`);
const why = /locked/i;

interface Found {
  readonly name: string;
  readonly disabled: boolean;
  readonly reason: string;
  /** A piece of evidence: a press shows where it stands. */
  readonly isEvidence: boolean;
}

/** The buttons of a part of the screen, with what a screen reader says of them. */
async function buttonsOf(part: Locator): Promise<Found[]> {
  return part.getByRole('button').evaluateAll((buttons) => buttons.map((button) => {
    const described = (button.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    return {
      name: (button.getAttribute('aria-label') ?? button.textContent ?? '').trim(),
      disabled: button.getAttribute('aria-disabled') === 'true' || (button as HTMLButtonElement).disabled,
      reason: `${described} ${button.getAttribute('title') ?? ''}`,
      isEvidence: button.closest('dl') !== null,
    };
  }));
}

const open = (found: readonly Found[]) => found.filter(({ name, disabled, isEvidence }) => !disabled && !isEvidence && !harmless.test(name)).map(({ name }) => name);
const locked = (found: readonly Found[]) => found.filter(({ disabled, reason }) => disabled && why.test(reason)).map(({ name }) => name);
const screen = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });

test('nothing can be changed before it is allowed', async ({ page }) => {
  await using namespace = await newNamespace(cluster, 'locked');
  const folder = await mkdtemp(join(tmpdir(), 'podlab-locked-'));
  const config = JSON.parse(await kubectl(cluster, 'config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')) as {
    clusters: { name: string; cluster: object }[]; users: { name: string }[];
  };
  const [entry] = config.clusters;
  // A loopback address under a certificate of another name is a tunnel to somewhere else.
  await writeFile(join(folder, 'config'), JSON.stringify({
    ...config, 'current-context': context, clusters: [{ name: 'c', cluster: { ...entry?.cluster, 'tls-server-name': 'kubernetes.default.svc' } }],
    contexts: [{ name: context, context: { cluster: 'c', user: config.users[0]?.name, namespace: namespace.name } }],
  }));
  await kubectlInput(cluster, pod, '-n', namespace.name, 'create', '-f', '-');
  await using podlab = await startPodlab([], { KUBECONFIG: join(folder, 'config') });
  await page.goto(podlab.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
  await expect(page.getByRole('button', { name: 'Allow changes' })).toHaveAttribute('aria-pressed', 'false');

  await page.getByRole('rowheader', { name: 'web', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Pod web' });
  await expect(detail.getByRole('button', { name: 'Recreate with Never' })).toBeVisible();
  // The finding, its evidence and what can be copied of it belong to what is looked at.
  await expect(detail.getByRole('article').getByRole('button', { name: 'Copy as text' })).toBeVisible({ timeout: 240_000 });
  const ofPod = await buttonsOf(detail);
  expect(open(ofPod)).toEqual([]);
  expect(locked(ofPod)).toEqual(expect.arrayContaining(['Recreate with Never', 'Recreate with IfNotPresent', 'Recreate', 'Delete pod']));

  await page.getByRole('button', { name: 'Create from YAML' }).click();
  await expect(page.getByRole('textbox', { name: 'Manifest' })).toBeVisible();
  const ofCreate = await buttonsOf(page.getByRole('complementary'));
  expect(open(ofCreate)).toEqual([]);
  expect(locked(ofCreate)).toContain('Create');
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();

  await screen(page, 'Images').click();
  await page.getByRole('button', { name: 'Build image' }).click();
  await expect(page.getByRole('textbox', { name: 'Folder' })).toBeVisible();
  expect(locked(await buttonsOf(page.getByRole('main')))).toContain('Build, load and recreate');

  await page.getByRole('button', { name: 'Allow changes' }).click();
  await screen(page, 'Pods').click();
  await page.getByRole('rowheader', { name: 'web', exact: true }).click();
  await expect(detail.getByRole('button', { name: 'Delete pod' })).toHaveAttribute('aria-disabled', 'false');
  // It is not local all the same: a change asks first.
  await detail.getByRole('button', { name: 'Delete pod' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  expect(await kubectl(cluster, '-n', namespace.name, 'get', 'pod', 'web', '-o', 'name')).toBe('pod/web\n');
  await rm(folder, { recursive: true });
});
