// Requests as files: variables are filled in, a request is kept without its token, what is written by hand is there at once, and nobody's words are lost.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { inOwnNamespace } from './own-namespace.ts';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "catalogue-ok:1", imagePullPolicy: Never, ports: [{containerPort: 8080}]}]}
`;
inOwnNamespace('docker-desktop', 'saved', manifest);

let folder: string;
test.beforeAll(async () => {
  // In the home folder, where the choice of a folder begins.
  folder = await mkdtemp(join(homedir(), 'podlab-saved-'));
});
test.afterAll(() => rm(folder, { recursive: true }));

test('a request with variables is sent, kept, found in its folder, and never written over what somebody else wrote', async ({ page }) => {
  const problems: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('pageerror', (error) => problems.push(String(error)));
  await expect(page.getByRole('row').filter({ hasText: 'web' })).toContainText('1/1');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'HTTP' }).click();
  await page.getByRole('combobox', { name: 'Via' }).selectOption('pod');
  await expect(page.getByRole('combobox', { name: 'Target' }).getByRole('option', { selected: true })).toHaveText('web');
  const form = page.getByRole('form', { name: 'HTTP' });
  const path = page.getByRole('textbox', { name: 'Path' });
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const response = page.getByRole('region', { name: 'Response' });

  await path.fill('/?word={{word}}&pod={{pod}}');
  await expect(form).toContainText('There is no variable word.');
  await expect(send).toHaveAttribute('aria-disabled', 'true');

  const saved = page.getByRole('region', { name: 'Saved requests' });
  await page.getByRole('button', { name: 'Saved requests', exact: true }).click();
  await saved.getByRole('button', { name: 'Choose a folder' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose a folder for saved requests' });
  await dialog.getByRole('button', { name: basename(folder) }).click();
  await expect(dialog).toContainText(folder);
  await dialog.getByRole('button', { name: 'Choose this folder' }).click();
  await expect(saved).toContainText('No request is saved in this folder yet.');

  const variables = saved.getByRole('form', { name: 'Variables' });
  await expect(variables).toContainText('{{pod}} = web');
  await variables.getByRole('button', { name: 'Add a variable' }).press('Enter');
  await page.keyboard.type('word');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a b');
  await page.keyboard.press('Enter');
  await expect.poll(() => readFile(join(folder, 'variables.yaml'), 'utf8').catch(() => '')).toBe('word: a b\n');
  await expect(form).not.toContainText('There is no variable');
  await send.click();
  await expect(response).toContainText('200');
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('/?word=a%20b&pod=web');
  const history = page.getByRole('region', { name: 'History' });
  await page.getByRole('button', { name: 'History', exact: true }).click();
  await expect(history.getByRole('listitem').first()).toContainText('/?word={{word}}&pod={{pod}}');

  await page.getByRole('button', { name: 'Saved requests', exact: true }).click();
  await page.getByRole('button', { name: 'Auth', exact: true }).click();
  await page.getByRole('combobox', { name: 'Kind of authorization' }).selectOption('bearer');
  await page.getByLabel('Token', { exact: true }).fill('very-secret');
  const save = saved.getByRole('form', { name: 'Save this request' });
  await save.getByRole('textbox', { name: 'Name of the request' }).fill('Say hello');
  await save.getByRole('textbox', { name: 'Name of the request' }).press('Enter');
  await expect(save.getByRole('status')).toContainText('Saved in say-hello.request.yaml without its password or token');
  const list = saved.getByRole('list', { name: 'Saved requests' });
  await expect(list.getByRole('button')).toHaveText([/Say hello.*GET/]);
  for (const file of await readdir(folder)) expect(await readFile(join(folder, file), 'utf8')).not.toContain('very-secret');

  await writeFile(join(folder, 'hand.request.yaml'), '# by hand\nmethod: head\npath: /{{word}}\nauth: {kind: bearer, token: "{{word}}"}\nchecks: [{kind: status, value: 200}]\n');
  await writeFile(join(folder, 'bad.request.yaml'), 'path: /\nheaders: [\n');
  await expect(list.getByRole('button')).toHaveText([/hand.*HEAD/, /Say hello/]);
  await expect(saved.getByRole('list', { name: 'Files that cannot be read' })).toContainText('bad.request.yaml is not a request');
  await list.getByRole('button', { name: 'hand' }).click();
  await expect(path).toHaveValue('/{{word}}');
  await expect(page.getByRole('combobox', { name: 'Method' })).toHaveValue('HEAD');
  await expect(page.getByRole('button', { name: 'Checks (1)' })).toBeVisible();

  await writeFile(join(folder, 'hand.request.yaml'), '# by hand, again\n');
  await save.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(save.getByRole('alert')).toContainText('was changed by somebody else');
  expect(await readFile(join(folder, 'hand.request.yaml'), 'utf8')).toBe('# by hand, again\n');
  await save.getByRole('button', { name: 'Save as a new file' }).click();
  await expect(save.getByRole('status')).toHaveText('Saved in hand-2.request.yaml.');
  await path.fill('/other');
  await save.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(() => readFile(join(folder, 'hand-2.request.yaml'), 'utf8')).toContain('path: /other');
  await page.reload();
  await page.getByRole('button', { name: 'Saved requests', exact: true }).click();
  await expect(list.getByRole('button')).toHaveCount(3);
  expect(problems).toEqual([]);
});
