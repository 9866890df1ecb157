// Podlab on a computer with nothing on it: no Docker, no kubeconfig, no network. It opens its practice cluster by itself, says so on every screen,
// and the story is told in it from beginning to end.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { emptyComputer } from './empty-computer.ts';
import { press, tabTo } from './keys.ts';
import { startPodlab } from './podlab.ts';
import { createPod, deletePod, proveItAnswers, readWhy, repair, screenLink, springImageInDocker, springRow, told } from './story-steps.ts';

const screens = ['Pods', 'Images', 'Port forwards', 'HTTP', 'Cluster'];
const badge = (page: Page) => page.getByRole('banner').getByText('Practice cluster', { exact: true });
const leaveButton = (page: Page) => page.getByRole('button', { name: 'Leave the practice cluster' });
const startButton = (page: Page) => page.getByRole('button', { name: 'Start the practice cluster' });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const stories = [
  ['practice', told.shared, 'practice', []],
  ['practice-kind', told.ownStore, 'practice-kind-control-plane', ['kind load docker-image spring-server:latest --name practice-kind']],
] as const;
for (const [context, words, node, lines] of stories) {
  test(`the story on ${context}`, async ({ page }) => {
    await using here = await emptyComputer();
    const started = performance.now();
    await using podlab = await startPodlab([], here.environment);
    await page.goto(podlab.url);
    await expect(badge(page)).toBeVisible();
    await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
    await page.getByRole('combobox', { name: 'Context' }).selectOption(context);
    await createPod(page);
    console.log(`${context}: ${Math.round(performance.now() - started)} ms from npm start to the first pod's row`);
    // It is in Docker from the start, as if it had just been built.
    await screenLink(page, 'Images').click();
    await expect(springImageInDocker(page)).toBeVisible();
    await screenLink(page, 'Pods').click();
    await readWhy(page, words, node);
    await repair(page, words);
    const port = await freePort();
    await proveItAnswers(page, port);
    await deletePod(page, `kubectl --context ${context} -n default`, port, lines);
  });
}

test('every screen says that it is the practice cluster, in the window\'s title as well, and how fast it is', async ({ page }) => {
  await using here = await emptyComputer();
  await using podlab = await startPodlab(['--practice', '--speed', '10', '--context', 'practice-kind'], here.environment);
  await page.goto(podlab.url);
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('practice-kind');
  for (const screen of screens) {
    await screenLink(page, screen).click();
    await expect(page.getByRole('main').getByRole('heading', { name: screen, exact: true })).toBeVisible();
    await expect(badge(page)).toBeVisible();
    await expect(page.getByRole('banner')).toContainText('10x faster');
    await expect(page.getByRole('banner')).toContainText('kept in memory');
    await expect(page).toHaveTitle(/Practice cluster/);
  }
  await expect(page.getByRole('main')).toContainText('the node uses Docker’s images');
  await expect(page.getByRole('main')).toContainText('the node keeps its own images');
});

test('left, it is gone and the computer\'s own is back; the first page starts another one, and nothing of the first is in it', async ({ page }) => {
  await using here = await emptyComputer();
  await using podlab = await startPodlab([], here.environment);
  await page.goto(podlab.url);
  await createPod(page);
  await screenLink(page, 'Cluster').click();
  const line = await page.getByText(/^export KUBECONFIG=/).textContent();
  const folder = dirname(line?.replace('export KUBECONFIG=', '') ?? '');
  expect(existsSync(folder)).toBe(true);

  await leaveButton(page).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(badge(page)).toBeVisible();
  await leaveButton(page).click();
  await expect(page.getByRole('dialog')).toContainText('lost');
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { name: 'No cluster yet' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Docker was not found');
  await expect(badge(page)).toHaveCount(0);
  await expect(page).toHaveTitle('Podlab');
  await expect.poll(() => existsSync(folder)).toBe(false);
  // What was done is still told, and cannot be undone in a cluster that is no more.
  const activity = page.getByRole('log', { name: 'Activity' });
  await expect(activity).toContainText('kubectl --context practice -n default apply');
  await expect(activity.getByRole('button', { name: 'Undo' })).toHaveCount(0);

  await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '10x faster' });
  await startButton(page).click();
  await expect(badge(page)).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('10x faster');
  await screenLink(page, 'Pods').click();
  await expect(page.getByText('No pods in the namespace default')).toBeVisible();
  await expect(springRow(page)).toHaveCount(0);
});

test('a context of the same name elsewhere is another cluster: neither its forwards nor its pods are seen in the practice cluster', async ({ page }) => {
  await using here = await emptyComputer();
  const config = await ownKubeconfig(here.home);
  await using podlab = await startPodlab([], { ...here.environment, KUBECONFIG: config });
  await page.goto(podlab.url);
  const connection = page.getByRole('status', { name: 'Connection' });
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('practice');
  await expect(connection).toHaveText('Disconnected');
  await expect(badge(page)).toHaveCount(0);
  await screenLink(page, 'Cluster').click();
  await startButton(page).click();
  await expect(badge(page)).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('practice');
  await expect(connection).toHaveText('Live');
  await createPod(page);

  await leaveButton(page).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await expect(badge(page)).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('practice');
  await expect(connection).toHaveText('Disconnected');
  await expect(springRow(page)).toHaveCount(0);
  await expect(page.getByRole('alert').first()).toContainText('https://127.0.0.1:1');
});

/** A kubeconfig whose one cluster, in the context `practice`, does not answer. */
async function ownKubeconfig(home: string): Promise<string> {
  const config = join(home, 'config');
  await writeFile(config, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'practice', users: [{ name: 'u', user: {} }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    contexts: [{ name: 'practice', context: { cluster: 'c', user: 'u' } }],
  }));
  return config;
}

test('killed, it says so on every screen and keeps its badge until it is left; started again, nothing of the one before is in it', async ({ page }) => {
  await using here = await emptyComputer();
  await using podlab = await startPodlab(['--practice', '--context', 'practice-kind'], { ...here.environment, KUBECONFIG: await ownKubeconfig(here.home) });
  await page.goto(podlab.url);
  await createPod(page);
  await screenLink(page, 'Cluster').click();
  const line = (await page.getByText(/^export KUBECONFIG=/).textContent()) ?? '';
  process.kill(Number(/podlab-practice-(\d+)-/.exec(line)?.[1]), 'SIGKILL');
  for (const screen of screens) {
    await screenLink(page, screen).click();
    await expect(page.getByRole('heading', { name: 'The practice cluster has stopped' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveText(/its process was killed/);
    await expect(badge(page)).toBeVisible();
  }
  await startButton(page).click();
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('practice-kind');
  await screenLink(page, 'Pods').click();
  await expect(page.getByText('No pods in the namespace default')).toBeVisible();
  await expect(page.getByRole('log', { name: 'Activity' }).getByRole('button', { name: 'Undo' })).toHaveCount(0);
});

test('asked for and not come, it is said that the own clusters are shown', async ({ page }) => {
  await using here = await emptyComputer();
  const nowhere = { XDG_RUNTIME_DIR: '/nowhere', TMPDIR: '/nowhere' };
  await using podlab = await startPodlab(['--practice'], { ...here.environment, ...nowhere, KUBECONFIG: await ownKubeconfig(here.home) });
  await page.goto(podlab.url);
  const note = page.getByRole('alert').filter({ hasText: 'The practice cluster could not be started' });
  await expect(note).toContainText('/nowhere');
  await expect(page.getByText('What is shown here are your own clusters')).toBeVisible();
  await expect(badge(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(note).toHaveCount(0);
});

test('by keyboard alone: started from the first page, and left', async ({ page }) => {
  await using here = await emptyComputer();
  // A kubeconfig that was named is something to be told about, so the first page comes first.
  await using podlab = await startPodlab(['--kubeconfig', join(here.home, 'config')], here.environment);
  await page.goto(podlab.url);
  await tabTo(page, page.getByRole('combobox', { name: 'Speed' }));
  await page.keyboard.press('ArrowDown');
  await press(page, startButton(page), 'Space');
  await expect(badge(page)).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('10x faster');
  await expect(page.getByRole('main')).toBeFocused();

  await press(page, leaveButton(page));
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(leaveButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await press(page, dialog.getByRole('button', { name: 'Confirm' }));
  await expect(badge(page)).toHaveCount(0);
  await expect(page.getByRole('main')).toBeFocused();
});
