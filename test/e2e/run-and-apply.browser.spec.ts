// Run and Create from YAML on the practice cluster: the form and the text it writes, bad input at its field, files that change on disk; by keyboard.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { press, tabTo } from './keys.ts';
import { expectText, textOf } from './manifest.ts';
import { startPodlab, type Podlab } from './podlab.ts';

let podlab: Podlab;
let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-manifests-'));
  podlab = await startPodlab(['--practice', '--speed', '10', '--context', 'practice-kind']);
});
test.afterAll(async () => {
  await podlab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
test.beforeEach(async ({ page }) => {
  await page.goto(podlab.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
});

const manifest = (page: Page) => page.getByRole('textbox', { name: 'Manifest' });
const podRow = (page: Page, name: string) => page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

test('Run by keyboard: what is wrong stands at its field and nothing is sent; then a pod with a Service', async ({ page }) => {
  await press(page, page.getByRole('button', { name: 'Run', exact: true }));
  const image = page.getByRole('combobox', { name: 'Image', exact: true });
  await expect(image).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Which image? Write its name')).toBeVisible();
  await expect(image).toBeFocused();
  await page.keyboard.type('spring-server');
  await page.keyboard.press('Tab');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect(name).toHaveValue('spring-server');
  await expect(page.getByRole('textbox', { name: 'Container ports' })).toHaveValue('8080');
  // The node does not have it, and nobody's pod has to find that out.
  await expect(page.getByRole('option', { name: 'Never (stuck)' })).toBeAttached();
  await expectText(manifest(page), /name: spring-server\n[^]*image: spring-server\n/);

  await expect(name).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('My App');
  await page.keyboard.press('Enter');
  await expect(page.getByText('A name has small letters')).toContainText('my-app');
  await expect(name).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('web');
  const memory = page.getByRole('textbox', { name: 'Memory limit' });
  await tabTo(page, memory);
  await page.keyboard.type('128m');
  await page.keyboard.press('Enter');
  await expect(page.getByText('is less than one byte')).toContainText('128Mi');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('128Mi');
  await tabTo(page, image);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('http-server:1');
  await page.keyboard.press('Tab');
  const deployment = page.getByRole('checkbox', { name: 'As a Deployment' });
  await press(page, deployment, 'Space');
  await expectText(manifest(page), /kind: Deployment\n[^]*replicas: 1\n/);
  // The practice cluster has no Deployments.
  await press(page, deployment, 'Space');
  await page.getByRole('combobox', { name: 'Service' }).selectOption('ClusterIP');
  await expectText(manifest(page), /kind: Pod\n[^]*memory: 128Mi\n[^]*---\napiVersion: v1\nkind: Service/);
  await expect(page.getByRole('rowheader', { name: /web|My App/ })).toHaveCount(0);
  await press(page, page.getByRole('button', { name: 'Create', exact: true }));
  await expect(page.getByRole('region', { name: 'Pod web' })).toBeVisible();
  await expect(podRow(page, 'web')).toBeVisible();
});

test('a text that was edited wins over the form, which says so', async ({ page }) => {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('combobox', { name: 'Image', exact: true }).fill('http-server:1');
  await page.keyboard.press('Tab');
  await expectText(manifest(page), /image: http-server:1/);
  const written = await textOf(manifest(page));
  await manifest(page).fill(written.replace('name: http-server', 'name: by-hand'));
  await expect(page.getByText('the form does not write it any more')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeDisabled();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as file' }).click();
  expect((await download).suggestedFilename()).toBe('http-server.yaml');
  await page.getByRole('button', { name: 'Take the form again' }).click();
  await expectText(manifest(page), written);
});

test('a folder is opened by its path; what changes on disk is told and taken only when asked; the pod knows its file', async ({ page }) => {
  const config = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: "${value}"\n`;
  const place = join(folder, 'app');
  await mkdir(place);
  await writeFile(join(place, 'a.yaml'), config('1'));
  await writeFile(join(place, 'b.yml'), 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: lone\nspec:\n  containers:\n    - name: c\n      image: http-server:1 # mine\n');
  await writeFile(join(place, 'kustomization.yaml'), 'resources: [a.yaml]\n');

  await press(page, page.getByRole('button', { name: 'Create from YAML' }));
  await press(page, page.getByRole('button', { name: 'Open files' }));
  const dialog = page.getByRole('dialog', { name: 'Open manifests' });
  const path = dialog.getByRole('textbox', { name: 'Path' });
  await expect(path).not.toHaveValue('');
  await path.fill(place);
  await path.press('Enter');
  await expect(dialog.getByRole('button', { name: /^a\.yaml/ })).toBeFocused();
  await expect(dialog).toContainText('kustomization.yaml is left out');
  await press(page, dialog.getByRole('button', { name: 'Open all 2 of this folder' }));
  await expect(page.getByRole('list', { name: 'Opened files' }).getByRole('listitem')).toHaveText([/a\.yaml/, /b\.yml/]);
  const would = page.getByRole('region', { name: 'What would happen to 2 objects' });
  await expect(would.getByRole('listitem')).toHaveText([/New\s*ConfigMap settings/, /New\s*Pod lone/]);

  await expectText(manifest(page), config('1'));
  await manifest(page).fill(`${config('1')}# mine\n`);
  await writeFile(join(place, '.a.swp'), config('2'));
  await rename(join(place, '.a.swp'), join(place, 'a.yaml'));
  await expect(page.getByText('Changed on disk')).toBeVisible();
  await expect(page.getByRole('group', { name: 'Changes of a.yaml on disk' })).toContainText('a: "2"');
  await expectText(manifest(page), `${config('1')}# mine\n`);
  await press(page, page.getByRole('button', { name: 'Take the new text' }));
  await expectText(manifest(page), config('2'));
  await page.getByRole('button', { name: 'Back to my text' }).click();
  await expectText(manifest(page), `${config('1')}# mine\n`);

  await press(page, page.getByRole('button', { name: 'Apply', exact: true }));
  await expect(page.getByRole('list', { name: 'What came of it' })).toHaveText(/Created ConfigMap settings.*Created Pod lone/s);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await podRow(page, 'lone').getByRole('rowheader').click();
  await expect(page.getByRole('region', { name: 'Pod lone' })).toContainText(`From ${join(place, 'b.yml')}`);
});
