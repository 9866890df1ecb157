// Several pods at once, on the practice cluster: the fix of one for all that fail for its reason; a selection by pointer and by keyboard that is deleted, and
// comes back with one Undo.
import { expect, test, type Page } from '@playwright/test';
import { press } from './keys.ts';
import { startPodlab } from './podlab.ts';

const table = (page: Page) => page.getByRole('table', { name: 'Pods' });
const row = (page: Page, pod: string) => table(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name: pod, exact: true }) });
const select = (page: Page, pod: string) => page.getByRole('checkbox', { name: `Select ${pod}`, exact: true });
const bar = (page: Page) => page.getByRole('group', { name: 'Selected pods' });

async function create(page: Page, pod: string): Promise<void> {
  await page.getByRole('button', { name: 'Create from YAML' }).click();
  const spec = 'spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: spring-server}]}';
  await page.getByRole('textbox', { name: 'Manifest' }).fill(`apiVersion: v1\nkind: Pod\nmetadata: {name: ${pod}}\n${spec}\n`);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(row(page, pod)).toContainText(/ErrImagePull|ImagePullBackOff/);
}

test('one fix for all that fail for the same reason; a selection is deleted and comes back', async ({ page }) => {
  await using podlab = await startPodlab(['--practice', '--speed', '10', '--context', 'practice']);
  await page.goto(podlab.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
  for (const pod of ['one', 'two', 'three']) await create(page, pod);
  // The columns are those of always: what selects is none of them.
  await expect(table(page).getByRole('columnheader')).toHaveText(['Name', 'Status', 'Image', 'Pull policy', 'On node', 'Ready', 'Restarts', 'Age', 'Node']);

  await page.getByRole('rowheader', { name: 'one', exact: true }).click();
  const why = page.getByRole('region', { name: 'Pod one' }).getByRole('article').first();
  // One button is recommended: that for this pod.
  await expect(why.locator('.button.primary')).toHaveText(['Recreate with IfNotPresent']);
  await why.getByRole('button', { name: 'Recreate all 3 that fail for this reason', exact: true }).click();
  for (const pod of ['one', 'two', 'three']) {
    await expect(row(page, pod)).toContainText('Running');
    await expect(row(page, pod)).toContainText('IfNotPresent (set)');
  }

  // By pointer, with Ctrl, with Shift.
  await expect(bar(page)).toHaveCount(0);
  await select(page, 'one').check();
  await table(page).getByRole('link', { name: 'two', exact: true }).click({ modifiers: ['Shift'] });
  await expect(bar(page)).toContainText('3 pods selected'); // the table is sorted by name: one, three, two
  await table(page).getByRole('link', { name: 'three', exact: true }).click({ modifiers: ['Control'] });
  await expect(bar(page)).toContainText('2 pods selected');
  await bar(page).getByRole('button', { name: 'Clear' }).click();
  await expect(bar(page)).toHaveCount(0);
  await expect(table(page).getByRole('link', { name: 'one', exact: true })).toBeFocused();

  // By keyboard.
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(bar(page)).toContainText('2 pods selected');
  await expect(select(page, 'three')).toBeChecked();
  // Both are there to go when the button is pressed.
  await press(page, bar(page).getByRole('button', { name: 'Delete selected' }));
  await expect(row(page, 'one')).toHaveCount(0);
  await expect(row(page, 'three')).toHaveCount(0);
  await expect(row(page, 'two')).toContainText('Running');
  const log = page.getByRole('log', { name: 'Activity' });
  await expect(log).toContainText('kubectl --context practice -n default delete pod one three');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  for (const pod of ['one', 'three']) await expect(row(page, pod)).toContainText('Running');
});
