// YAML on the practice cluster, by keyboard: choices out of the cluster's own schema, a misspelt field marked at its line.
import { expect, test, type Page } from '@playwright/test';
import { press, tabTo } from './keys.ts';
import { expectText } from './manifest.ts';
import { startPodlab, type Podlab } from './podlab.ts';

let podlab: Podlab;
test.beforeAll(async () => {
  podlab = await startPodlab(['--practice', '--speed', '10', '--context', 'practice-kind']);
});
test.afterAll(() => podlab[Symbol.asyncDispose]());

/** What the content security policy refuses is said in the console. */
let refused: string[];
test.beforeEach(async ({ page }) => {
  refused = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(podlab.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
});
test.afterEach(() => expect(refused).toEqual([]));

const manifest = (page: Page) => page.getByRole('textbox', { name: 'Manifest' });

test('a field and its value are chosen from a list; a misspelt one is marked at its line; Escape and Tab are not caught', async ({ page }) => {
  await press(page, page.getByRole('button', { name: 'Create from YAML' }));
  // What is typed into the plain field, before the editor is loaded, has no choices.
  await expect(page.locator('.cm-content')).toBeFocused();
  await expect(manifest(page)).toBeFocused();
  await page.keyboard.insertText('apiVersion: v1\nkind: Pod\nmetadata:\n  name: typed\nspec:\n  containers:\n    - name: a\n      image: http-server:1\n      ');
  await page.keyboard.type('imagePull');
  const choices = page.getByRole('listbox', { name: 'Choices' });
  await expect(choices.getByRole('option')).toHaveText([/^imagePullPolicy/]);
  await page.keyboard.press('Enter');
  await page.keyboard.insertText('Never\n      ');
  await page.keyboard.type('stdinO');
  await expect(choices.getByRole('option')).toHaveText([/^stdinOnce/]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Space');
  await expect(choices.getByRole('option')).toHaveText(['false', 'true']);
  // The list's own, not the panel's.
  await page.keyboard.press('Escape');
  await expect(choices).toHaveCount(0);
  await expect(manifest(page)).toBeFocused();
  await page.keyboard.type('fa');
  await expect(choices.getByRole('option')).toHaveText(['false']);
  await page.keyboard.press('Enter');
  await expectText(manifest(page), /image: http-server:1\n {6}imagePullPolicy: Never\n {6}stdinOnce: false$/);
  // In a text, `/` is a letter.
  await page.keyboard.insertText('\n      workinDir: ');
  await page.keyboard.type('/');
  await expectText(manifest(page), /workinDir: \/$/);

  await expect(page.locator('.cm-lintRange-error')).toHaveText('workinDir');
  await expect(manifest(page)).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('F8');
  await expect(page.getByText('Did you mean workingDir?').first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(manifest(page)).not.toBeFocused();
  await tabTo(page, page.getByRole('button', { name: 'Create', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Line 11:', { exact: true }).last()).toBeVisible();
  await expect(page.locator('.cm-line.faulty')).toHaveText(/workinDir/);
  await manifest(page).focus();
  await page.keyboard.press('Escape');
  await expect(manifest(page)).toHaveCount(0);
});

test('a label of a live pod is edited, compared, checked and applied; what somebody else changes meanwhile is told, and the draft stays', async ({ page, context }) => {
  await press(page, page.getByRole('button', { name: 'Create from YAML' }));
  await manifest(page).fill('apiVersion: v1\nkind: Pod\nmetadata:\n  name: edited\n  labels:\n    app: one\nspec:\n  containers:\n    - name: a\n      image: http-server:1\n');
  await press(page, page.getByRole('button', { name: 'Create', exact: true }));
  const detail = page.getByRole('region', { name: 'Pod edited' });
  await expect(detail).toBeVisible();
  await tabTo(page, detail.getByRole('tab', { name: 'Overview' }));
  await page.keyboard.press('End');
  await expectText(manifest(page), /labels:\n {4}app: one\n/);
  await expectText(manifest(page), /^(?![^]*(uid|managedFields|status):)/);
  await press(page, page.getByRole('button', { name: 'Show everything' }), 'Space');
  await expectText(manifest(page), /\n {2}uid: /);

  await press(page, page.getByRole('button', { name: 'Edit', exact: true }));
  await expect(manifest(page)).toBeFocused();
  await replace(page, 'app: one', 'app: two');
  await press(page, page.getByRole('button', { name: 'Compare with the cluster' }), 'Space');
  await expect(page.locator('.cm-deletedChunk')).toContainText('app: one');
  await expect(manifest(page)).toHaveAttribute('aria-readonly', 'true');
  await page.keyboard.press('Space');
  await press(page, page.getByRole('button', { name: 'Check', exact: true }));
  await expect(page.getByRole('region', { name: 'What would happen to 1 object' })).toContainText(/Changes\s*Pod edited/);

  // Another window of the same person.
  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByRole('rowheader', { name: 'edited' }).click();
  await other.getByRole('tab', { name: 'YAML' }).click();
  await other.getByRole('button', { name: 'Edit', exact: true }).click();
  await replace(other, 'app: one', 'app: one\n    tier: web');
  await press(other, other.getByRole('button', { name: 'Apply', exact: true }));
  await expect(other.getByRole('button', { name: 'Edit', exact: true })).toBeVisible();
  await other.close();

  await expect(page.getByText('Changed in the cluster since you began.')).toBeVisible();
  await expectText(manifest(page), /labels:\n {4}app: two\n/);
  await press(page, page.getByRole('button', { name: 'Show the difference' }));
  await expect(page.getByRole('group', { name: 'What changed in the cluster' })).toContainText('tier: web');
  await press(page, page.getByRole('button', { name: 'Apply', exact: true }));
  await expect(detail.getByRole('alert').first()).toContainText('was changed by somebody else meanwhile');
  await press(page, page.getByRole('button', { name: 'Start from the new one' }));
  await expectText(manifest(page), /labels:\n {4}app: one\n {4}tier: web\n/);
  await expect(page.getByRole('button', { name: 'Back to my text' })).toBeVisible();
  await replace(page, 'app: one', 'app: two');
  await press(page, page.getByRole('button', { name: 'Apply', exact: true }));
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeFocused();
  // Both changes are there: nobody's was lost.
  await expectText(manifest(page), /labels:\n {4}app: two\n {4}tier: web\n/);
  await expect(detail.getByRole('button', { name: 'Undo' })).toBeVisible();
});

/** With the search of the editor, and back in the text. */
async function replace(page: Page, text: string, by: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(manifest(page)).toBeFocused();
  await page.keyboard.insertText(by);
}

test('a field of a pod that cannot change is offered as a replacement of the pod', async ({ page }) => {
  await page.getByRole('button', { name: 'Create from YAML' }).click();
  await manifest(page).fill('apiVersion: v1\nkind: Pod\nmetadata:\n  name: fixed\nspec:\n  containers:\n    - name: a\n      image: http-server:1\n');
  await press(page, page.getByRole('button', { name: 'Create', exact: true }));
  const detail = page.getByRole('region', { name: 'Pod fixed' });
  await detail.getByRole('tab', { name: 'YAML' }).click();
  await press(page, page.getByRole('button', { name: 'Edit', exact: true }));
  await expect(manifest(page)).toBeFocused();
  await replace(page, 'restartPolicy: Always', 'restartPolicy: Never');
  await press(page, page.getByRole('button', { name: 'Check', exact: true }));
  await press(page, page.getByRole('button', { name: 'Replace the pod' }));
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible();
  await expectText(manifest(page), /restartPolicy: Never\n/);
  await expect(detail.getByRole('button', { name: 'Undo' })).toBeVisible();
});
