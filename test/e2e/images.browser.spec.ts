// The Images screen on the practice cluster whose node has its own store: filter, select and remove with Undo, one image's detail, what would happen
// to any name, and all of it by keyboard.
import { expect, test, type Page } from '@playwright/test';
import { press, tabTo } from './keys.ts';
import { expectText } from './manifest.ts';
import { startPodlab, type Podlab } from './podlab.ts';
import { screenLink } from './story-steps.ts';

const table = (page: Page) => page.getByRole('table', { name: 'Images' });
const row = (page: Page, image: string) => table(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name: image, exact: true }) });
const link = (page: Page, image: string) => table(page).getByRole('link', { name: image, exact: true });
const select = (page: Page, image: string) => page.getByRole('checkbox', { name: `Select ${image}`, exact: true });
const detail = (page: Page, image: string) => page.getByRole('region', { name: `Image ${image}`, exact: true });
const what = (page: Page) => page.getByRole('region', { name: 'What would happen', exact: true });
/** What would happen under one policy. */
const fate = (page: Page, policy: string) => what(page).getByRole('listitem').filter({ has: page.getByRole('heading', { name: policy }) }).first();
/** Of the picture's question: the answer that is lit. */
const answer = (page: Page, policy: string, question: string) =>
  fate(page, policy).getByRole('list', { name: 'How Kubernetes decided' }).getByRole('listitem').filter({ hasText: question }).locator('.taken');

async function openImages(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
  await screenLink(page, 'Images').click();
  await expect(row(page, 'http-server:1')).toBeVisible();
}

// One start for all: each test leaves every image as it was, but for what it loads.
let podlab: Podlab;
test.beforeAll(async () => {
  podlab = await startPodlab(['--practice', '--speed', '10', '--context', 'practice-kind']);
});
test.afterAll(() => podlab[Symbol.asyncDispose]());

test('an image is loaded, run and looked at; two are removed, with whom that would meet; Undo brings them back', async ({ page }) => {
  await openImages(page, podlab.url);
  await expect(table(page).getByRole('columnheader')).toHaveText(['Image', 'Image ID', 'Size', 'Created', 'In Docker', 'On node', 'Used by']);

  await row(page, 'http-server:1').getByRole('button', { name: 'Load into node' }).click();
  await expect(row(page, 'http-server:1')).toContainText('Present');
  await expect(page.getByRole('status').filter({ hasText: 'is on practice-kind-control-plane now; the IDs are the same' })).toBeVisible();

  // What is in it, and from there to a pod.
  await link(page, 'http-server:1').click();
  await expect(detail(page, 'http-server:1')).toContainText('The same build');
  await expect(detail(page, 'http-server:1')).toContainText('linux/amd64');
  await expect(detail(page, 'http-server:1').getByRole('region', { name: /^Layers/ }).getByRole('listitem').first()).toContainText('MB');
  await detail(page, 'http-server:1').getByRole('button', { name: 'Run as pod', exact: true }).click();
  await expectText(page.getByRole('textbox', { name: 'Manifest' }), /image: http-server:1\n +imagePullPolicy: IfNotPresent\n +ports:\n +- containerPort: 8080/);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'http-server', exact: true }) })).toContainText('Running');
  await screenLink(page, 'Images').click();
  await expect(row(page, 'http-server:1').getByRole('cell', { name: /http-server/ }).last()).toContainText(/IfNotPresent · +starts/);

  // Only what is shown can be selected and removed.
  await page.getByRole('radio', { name: 'In use' }).check();
  await expect(table(page).getByRole('rowheader')).toHaveText(['http-server:1']);
  await page.getByRole('radio', { name: 'All' }).check();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('job');
  await expect(table(page).getByRole('rowheader')).toHaveText(['job:1']);
  await page.getByRole('checkbox', { name: 'Select all shown' }).check();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('');
  await select(page, 'http-server:1').check();
  const selection = page.getByRole('group', { name: 'Selection' });
  await expect(selection).toContainText('2 images selected');
  await selection.getByRole('button', { name: 'Remove image', exact: true }).click();

  const dialog = page.getByRole('dialog', { name: 'Remove 2 images?' });
  await expect(dialog.getByRole('listitem').filter({ hasText: 'It runs on' })).toContainText('It runs on for now. At its next start it must be downloaded.');
  await expect(dialog).toContainText('docker rmi job:1');
  const onNode = dialog.getByRole('checkbox', { name: 'http-server:1 from practice-kind-control-plane' });
  await onNode.uncheck();
  await expect(dialog).not.toContainText('ctr --namespace=k8s.io');
  await expect(dialog).toContainText('None that Podlab sees.');
  await onNode.check();
  await expect(dialog).toContainText('docker exec practice-kind-control-plane ctr --namespace=k8s.io images rm docker.io/library/http-server:1');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(row(page, 'job:1')).toBeVisible();
  await selection.getByRole('button', { name: 'Remove image', exact: true }).click();
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Removed: http-server:1, job:1 (3 copies).' })).toBeVisible();
  await expect(row(page, 'job:1')).toHaveCount(0);
  await expect(row(page, 'http-server:1')).toHaveCount(0);

  await page.getByRole('main').getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(row(page, 'job:1')).toBeVisible();
  await expect(row(page, 'http-server:1')).toContainText('Present');
});

test('what would happen: the branch that applies is lit, for an image that is here, and for a name that nobody has', async ({ page }) => {
  await openImages(page, podlab.url);
  await link(page, 'spring-server:latest').click();
  await expect(what(page)).toContainText('Only in Docker');
  await expect(fate(page, 'No policy in the manifest')).toContainText('counts as Always');
  await expect(fate(page, 'Never')).toContainText('ErrImageNeverPull');
  await expect(fate(page, 'Never')).toContainText('Gets stuck');
  await expect(answer(page, 'Never', 'On the node?')).toHaveText('no');
  await expect(answer(page, 'Never', 'In the registry?')).toHaveCount(0);
  // Nobody has asked the registry yet: that is not known, and said to be so.
  await expect(answer(page, 'IfNotPresent', 'On the node?')).toHaveText('no');
  await expect(fate(page, 'IfNotPresent')).toContainText('Not known');

  // Once it is on the node, the other branch is lit, without anybody asking again.
  await detail(page, 'spring-server:latest').getByRole('button', { name: 'Load into node', exact: true }).click();
  await expect(answer(page, 'Never', 'On the node?')).toHaveText('yes');
  await expect(fate(page, 'Never')).toContainText('Starts');
  await expect(answer(page, 'Always', 'On the node?')).toHaveCount(0);

  await what(page).getByRole('textbox', { name: 'Image name' }).fill('Nobody/Has:1');
  await what(page).getByRole('button', { name: 'Show' }).click();
  await expect(what(page).getByRole('alert')).toContainText('is not an image name');
  await page.getByRole('button', { name: 'What would happen', exact: true }).click();
  await what(page).getByRole('textbox', { name: 'Image name' }).fill('nobody/has:1');
  await page.keyboard.press('Enter');
  await expect(fate(page, 'Never')).toContainText('ErrImageNeverPull');
  await expect(page).toHaveURL(/#\/images\/what-would-happen\/nobody%2Fhas%3A1$/);
  await page.reload();
  await expect(what(page).getByRole('textbox', { name: 'Image name' })).toHaveValue('nobody/has:1');
  await expect(fate(page, 'Never')).toContainText('ErrImageNeverPull');
});

test('by keyboard alone: select a range, ask to remove it, open one image and close it again', async ({ page }) => {
  await openImages(page, podlab.url);
  const names = await table(page).getByRole('rowheader').allTextContents();
  const [first, second, third] = names.map((name) => name.trim()) as [string, string, string];
  await tabTo(page, link(page, first));
  await page.keyboard.press('Space');
  await expect(select(page, first)).toBeChecked();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(link(page, third)).toBeFocused();
  for (const name of [first, second, third]) await expect(select(page, name)).toBeChecked();
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog', { name: 'Remove 3 images?' });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(link(page, third)).toBeFocused();

  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(detail(page, second)).toBeVisible();
  await expect(table(page).locator('tr[aria-current=true]')).toContainText(second);
  await page.keyboard.press('Escape');
  await expect(detail(page, second)).toHaveCount(0);
  await expect(link(page, second)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(select(page, first)).not.toBeChecked();

  await press(page, page.getByRole('button', { name: 'What would happen', exact: true }));
  await expect(what(page).getByRole('textbox', { name: 'Image name' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'What would happen', exact: true })).toBeFocused();
});
