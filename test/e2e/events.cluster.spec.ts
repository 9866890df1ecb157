// The Events tab as a person sees it on a real cluster: what led to what, filtered, kept when the server has forgotten it, and with the keyboard alone.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { kubectl } from '../fixtures/command-line.ts';
import { press, tabTo } from './keys.ts';
import { inOwnNamespace } from './own-namespace.ts';

const context = 'docker-desktop';
/** A kubelet of a busy computer takes its time. */
const PATIENCE = { timeout: 240_000 };
const template = 'terminationGracePeriodSeconds: 1, containers: [{name: app, image: "catalogue-ok:1", imagePullPolicy: Never';
const namespace = inOwnNamespace(context, 'events', `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {${template}}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec: {${template}, command: [/bin/sh, -c, exit 3]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: missing}
spec: {${template.replace('catalogue-ok:1', 'never-built:1').replace('Never', 'Always')}}]}
`);

/** Opens the tab, and gives the detail with its list of events. */
async function eventsOf(page: Page, place: readonly string[], region: string): Promise<{ detail: Locator; list: Locator }> {
  await page.evaluate((hash) => { location.hash = hash; }, `#/pods/${[namespace(), ...place].join('/')}`);
  const detail = page.getByRole('region', { name: region });
  await detail.getByRole('tab', { name: 'Events' }).click();
  const list = detail.getByRole('list', { name: 'Events' });
  await expect(list).toBeVisible(PATIENCE);
  return { detail, list };
}
const reasons = (list: Locator) => list.getByRole('listitem').locator('b').allTextContents();

test('a Deployment: its own, its ReplicaSet\'s and its pod\'s in the order of cause; filtered by kind and by words; from there to the pod', async ({ page }) => {
  const { detail, list } = await eventsOf(page, ['Deployment', 'web'], 'Deployment web');
  await expect.poll(() => reasons(list), PATIENCE).toEqual(['Started', 'Created', 'Pulled', 'Scheduled', 'SuccessfulCreate', 'ScalingReplicaSet']);
  await expect(list.getByRole('listitem').filter({ hasText: 'Scheduled' }).locator('time')).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/);
  // For who meets them for the first time.
  await expect(list.getByRole('listitem').filter({ hasText: 'SuccessfulCreate' })).toContainText('The controller made what the message names.');

  await detail.getByRole('combobox', { name: 'Kind' }).selectOption('ReplicaSet');
  await expect.poll(() => reasons(list)).toEqual(['SuccessfulCreate']);
  await expect(detail.getByText('1 of 6 shown')).toBeVisible();
  await detail.getByRole('combobox', { name: 'Kind' }).selectOption('All');
  await detail.getByRole('searchbox', { name: 'Filter events' }).fill('scaled up');
  await expect.poll(() => reasons(list)).toEqual(['ScalingReplicaSet']);
  await detail.getByRole('searchbox', { name: 'Filter events' }).fill('');
  await detail.getByRole('button', { name: 'Warnings only' }).click();
  await expect(detail.getByText('None of the 6 events matches the filters.')).toBeVisible();
  await detail.getByRole('button', { name: 'Warnings only' }).click();

  const pod = (await kubectl(context, '-n', namespace(), 'get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  await list.getByRole('link', { name: pod }).first().click();
  await expect(page.getByRole('region', { name: `Pod ${pod}` })).toBeVisible();
});

test('what repeats is one row; after kubectl deleted all events they stay, and say so', async ({ page }) => {
  const { list } = await eventsOf(page, ['crash'], 'Pod crash');
  const backOff = list.getByRole('listitem').filter({ hasText: 'Back-off restarting failed container' });
  await expect(backOff).toContainText(/×\d+ in/, PATIENCE);
  await expect(backOff).toHaveCount(1);
  await expect(backOff).toContainText('Warning');
  const scheduled = list.getByRole('listitem').filter({ hasText: 'Successfully assigned' });
  await expect(scheduled).not.toContainText('Podlab kept it');
  await kubectl(context, '-n', namespace(), 'delete', 'events', '--all');
  await expect(scheduled).toContainText('The server has forgotten this one; Podlab kept it.', PATIENCE);
  // As they are for somebody who looks only now.
  await page.reload();
  await page.getByRole('region', { name: 'Pod crash' }).getByRole('tab', { name: 'Events' }).click();
  await expect(scheduled).toContainText('Podlab kept it', PATIENCE);
});

test('a deleted pod: what Podlab still knows of it', async ({ page }) => {
  await eventsOf(page, ['crash'], 'Pod crash');
  await kubectl(context, '-n', namespace(), 'delete', 'pod', 'crash', '--wait=true');
  await page.getByRole('combobox', { name: 'Namespace' }).selectOption(namespace());
  await page.reload();
  const kept = page.getByRole('region', { name: 'What Podlab still knows of it' });
  await expect(kept.getByRole('listitem').filter({ hasText: 'Successfully assigned' })).toBeVisible(PATIENCE);
});

test('with the keyboard alone: from the finding to the event that it cites, then warnings only', async ({ page }) => {
  await expect(page.getByRole('row').filter({ hasText: /missing.*(ErrImagePull|ImagePullBackOff)/ })).toBeVisible(PATIENCE);
  await press(page, page.getByRole('link', { name: 'missing', exact: true }));
  const detail = page.getByRole('region', { name: 'Pod missing' });
  const proof = detail.getByRole('article').first().getByRole('button', { name: /Failed/ }).first();
  await expect(proof).toBeVisible(PATIENCE);
  await press(page, proof);
  const tab = detail.getByRole('tab', { name: 'Events' });
  await expect(tab).toBeFocused();
  const cited = detail.getByRole('list', { name: 'Events' }).locator('[aria-current="true"]');
  await expect(cited).toHaveCount(1, PATIENCE);
  await expect(cited).toContainText('Failed to pull image');
  await expect(cited).toBeInViewport();

  await press(page, detail.getByRole('button', { name: 'Warnings only' }), 'Space');
  await expect(detail.getByRole('button', { name: 'Warnings only' })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => [...new Set(await reasons(detail.getByRole('list', { name: 'Events' })))].includes('Scheduled')).toBe(false);
  const kind = detail.getByRole('combobox', { name: 'Kind' });
  for (let stops = 0; stops < 5 && !(await kind.evaluate((element) => element === document.activeElement)); stops += 1) await page.keyboard.press('Shift+Tab');
  await expect(kind).toBeFocused();
  await page.keyboard.press('P');
  await expect(kind).toHaveValue('Pod');
  await tabTo(page, detail.getByRole('searchbox', { name: 'Filter events' }));
  await page.keyboard.type('failed to pull');
  await expect.poll(async () => [...new Set(await reasons(detail.getByRole('list', { name: 'Events' })))]).toEqual(['Failed']);
});
