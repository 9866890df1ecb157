// Files of a container by keyboard alone: looked through, shown, downloaded and uploaded; what is overwritten comes back.
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { filesScene, type FilesScene } from '../container-files/scene.ts';
import { press, tabTo } from './keys.ts';
import { startPodlab, type Podlab } from './podlab.ts';

const context = 'docker-desktop';
let scene: FilesScene;
let podlab: Podlab;
test.beforeAll(async () => {
  scene = await filesScene(context, 'files-keys');
  podlab = await startPodlab(['--context', context]);
});
test.afterAll(async () => {
  await podlab[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('list, view, download, upload', async ({ page }, info) => {
  await page.goto(`${podlab.url}#/pods/${scene.namespace}/files`);
  const detail = page.getByRole('region', { name: 'Pod files' });
  const opener = detail.getByRole('button', { name: 'Files of app', exact: true });
  await press(page, opener);
  const files = page.getByRole('region', { name: 'Files of app', exact: true });
  const table = files.getByRole('table', { name: 'Files' });
  const row = (name: string) => table.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

  // Letters jump, Enter opens, Backspace goes up.
  await expect(row('bin').getByRole('button')).toBeFocused();
  await page.keyboard.press('d');
  await expect(row('data').getByRole('button')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row('plain.txt')).toContainText('5 B');
  await expect(files.getByRole('textbox', { name: 'Path' })).toHaveValue('/data');
  await page.keyboard.press('Backspace');
  await expect(row('data').getByRole('button')).toBeFocused();

  // A path that is typed leads to its file.
  await type(page, files.getByRole('textbox', { name: 'Path' }), '/data/한국어 파일.txt');
  await page.keyboard.press('Enter');
  await expect(row('한국어 파일.txt').getByRole('button')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(files.getByRole('region', { name: 'Content of 한국어 파일.txt' })).toHaveText('héllo 한국어\n');
  await press(page, files.getByRole('button', { name: 'Back to the list' }));
  await expect(row('한국어 파일.txt').getByRole('button')).toBeFocused();

  await page.keyboard.press('p');
  await expect(row('pipe').getByRole('button')).toBeFocused();
  await expect(files.getByRole('button', { name: 'Download' })).toHaveAccessibleDescription(/no file that can be read/);
  await page.keyboard.press('p');
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, files.getByRole('button', { name: 'Download' }))]);
  expect(download.suggestedFilename()).toBe('plain.txt');
  expect(await readFile(await download.path(), 'utf8')).toBe('plain');
  await expect(files.getByRole('status').filter({ hasText: 'handed over' })).toBeVisible();

  const mine = info.outputPath('plain.txt');
  await writeFile(mine, 'mine, 한국어');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press(page, files.getByRole('button', { name: 'Upload' }))]);
  await chooser.setFiles(mine);
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Confirm' }));
  await expect(files.getByRole('status').filter({ hasText: 'Upload of plain.txt' })).toContainText('done', { ignoreCase: true });
  expect(await scene.shell('app', 'cat /data/plain.txt')).toBe('mine, 한국어');
  await expect(row('plain.txt')).toContainText('15 B');
  await press(page, files.getByRole('button', { name: 'Undo' }));
  await expect.poll(() => scene.shell('app', 'cat /data/plain.txt')).toBe('plain');

  await page.keyboard.press('Escape');
  await expect(files).toHaveCount(0);
  await expect(opener).toBeFocused();
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('Upload /data/plain.txt to files');
});

test('an image without any program says so, and what to do', async ({ page }) => {
  await page.goto(`${podlab.url}#/pods/${scene.namespace}/files`);
  await page.getByRole('button', { name: 'Files of no-shell', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Files of no-shell' }).getByRole('alert')).toContainText('kubectl debug');
});
