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
