// The story by keyboard alone: no pointer, every stop reached with Tab, every press with Enter or Space.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { docker, kubectl, newNamespace, removeFromNode } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { press, tabTo } from './keys.ts';
import { startPodlab } from './podlab.ts';

const context = 'docker-desktop';
const manifest = await readFile(join(import.meta.dirname, '../fixtures/spring-pod.yaml'), 'utf8');

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('build, create, read why, repair, ask, forward, send, delete', async ({ page }) => {
  await removeFromNode(context, 'spring-server');
  await using folder = await springServerFolder();
  await using namespace = await newNamespace(context, 'keys');
  await using podlab = await startPodlab(['--context', context]);
  await page.goto(podlab.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
  await tabTo(page, page.getByRole('combobox', { name: 'Namespace' }));
  await page.keyboard.type(namespace.name);
  await expect(page.getByRole('combobox', { name: 'Namespace' })).toHaveValue(namespace.name);

  const main = page.getByRole('navigation', { name: 'Main' });
  await press(page, main.getByRole('link', { name: 'Images', exact: true }));
  await press(page, page.getByRole('button', { name: 'Build image' }));
  await type(page, page.getByRole('textbox', { name: 'Folder' }), folder.path);
  await type(page, page.getByRole('textbox', { name: 'Image name' }), 'spring-server');
  await page.keyboard.press('Enter');
  // A node may have the name already, or still list it: what counts is that Docker has it now.
  const built = page.getByRole('table', { name: 'Images' }).getByRole('row').filter({ hasText: 'spring-server:latest' });
  await expect(built.getByRole('cell', { name: 'Yes', exact: true })).toBeVisible();

  await press(page, main.getByRole('link', { name: 'Pods', exact: true }));
  await press(page, page.getByRole('button', { name: 'Create from YAML' }));
  await type(page, page.getByRole('textbox', { name: 'Manifest' }), manifest);
  await press(page, page.getByRole('button', { name: 'Create', exact: true }), 'Space');
  const row = page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'spring-pod', exact: true }) });
  await expect(row).toContainText(/ErrImagePull|ImagePullBackOff/);

  const detail = page.getByRole('region', { name: 'Pod spring-pod' });
  // A pod that was created is opened; where it is not, Enter on its row does it.
  if (!(await detail.isVisible())) await press(page, row.getByRole('rowheader').locator('a,button').first());
  await expect(detail.getByRole('article').first()).toContainText('Always');
  await press(page, detail.getByRole('button', { name: 'Recreate with IfNotPresent', exact: true }));
  await expect(row).toContainText('Running');
  await expect(row).toContainText('1/1');

  await type(page, detail.getByRole('textbox', { name: 'Command' }), 'curl localhost:8080');
  await page.keyboard.press('Enter');
  await expect(detail).toContainText('Hello from spring-server');
  await press(page, detail.getByRole('button', { name: 'Forward a port' }));
  await type(page, detail.getByRole('textbox', { name: 'Local port' }), '12346');
  await page.keyboard.press('Enter');
  await expect(detail.getByRole('link', { name: 'http://localhost:12346/', exact: true })).toBeVisible();

  await press(page, main.getByRole('link', { name: 'HTTP', exact: true }));
  await expect(page.getByRole('combobox', { name: 'Target' })).toContainText('12346');
  await tabTo(page, page.getByRole('textbox', { name: 'Path' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Response' })).toContainText('200 OK');

  await press(page, main.getByRole('link', { name: 'Pods', exact: true }));
  await expect(row).toBeVisible();
  if (!(await detail.isVisible())) await press(page, row.getByRole('rowheader').locator('a,button').first());
  await press(page, detail.getByRole('button', { name: 'Delete pod' }));
  await expect(row).toHaveCount(0);
  expect(await kubectl(context, '-n', namespace.name, 'get', 'pods', '-o', 'name')).toBe('');
  await docker('image', 'inspect', 'spring-server');
});
