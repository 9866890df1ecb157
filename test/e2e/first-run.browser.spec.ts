// What a person sees on a computer where something is missing or broken: one plain sentence, the raw cause under it, and the way on.
// Nothing here needs a cluster; the unreachable server is a closed port, the refusing one a small HTTPS-less server of the test.
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { startPodlab } from './podlab.ts';

const noDocker = 'unix:///nowhere/docker.sock';

interface Computer extends AsyncDisposable {
  readonly home: string;
  readonly config: string;
  readonly environment: Record<string, string>;
}

/** An empty home folder, a Docker address where nothing is. */
async function computer(kubeconfig?: string): Promise<Computer> {
  const home = await mkdtemp(join(tmpdir(), 'podlab-home-'));
  const config = join(home, 'config');
  if (kubeconfig !== undefined) await writeFile(config, kubeconfig);
  return { home, config, environment: { HOME: home, KUBECONFIG: kubeconfig === undefined ? '' : config, DOCKER_HOST: noDocker }, [Symbol.asyncDispose]: () => rm(home, { recursive: true }) };
}

const kubeconfig = (server: string, user: object = {}, cluster: object = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'mine',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'mine', context: { cluster: 'c', user: 'u' } }],
  });

const connection = (page: Page) => page.getByRole('status', { name: 'Connection' });

/** Where there is nothing at all, Podlab begins with its practice cluster; behind it is the first page. */
async function leavePractice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Leave the practice cluster' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
}

test('no Docker and no kubeconfig: both are named, and a kubeconfig that comes is noticed', async ({ page }) => {
  await using here = await computer();
  await using podlab = await startPodlab([], { ...here.environment, KUBECONFIG: here.config });
  await page.goto(podlab.url);
  await leavePractice(page);
  const main = page.getByRole('main');
  await expect(main).toContainText('Docker was not found');
  await expect(main).toContainText('/nowhere/docker.sock');
  await expect(main).toContainText('found no kubeconfig file');
  await expect(main).toContainText(here.config);
  await writeFile(here.config, kubeconfig('http://127.0.0.1:1'));
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('mine');
  await expect(connection(page)).toHaveText('Disconnected');
});

test('a Docker socket that this user may not use', async ({ page }) => {
  await using here = await computer();
  const socket = join(here.home, 'docker.sock');
  const docker = createServer((_, response) => response.end('OK')).listen(socket);
  await once(docker, 'listening');
  await chmod(socket, 0o000);
  await chmod(here.home, 0o755);
  // Permissions do not bind root, so as root Podlab runs as nobody.
  const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
  await using podlab = await startPodlab([], { ...here.environment, DOCKER_HOST: `unix://${socket}` }, nobody);
  await page.goto(podlab.url);
  await expect(page.getByRole('main')).toContainText(`Docker is there, but this user may not use unix://${socket}`);
  await expect(page.getByRole('main').locator('pre').filter({ hasText: 'EACCES' }).first()).toBeVisible();
  // Allowed now: noticed without a restart.
  await chmod(socket, 0o777);
  await expect(page.getByText('may not use')).toHaveCount(0, { timeout: 15_000 });
  docker.closeAllConnections();
  docker.close();
});

test('a kubeconfig that is no YAML: which file, and the parser\'s words; the screen comes when it is mended', async ({ page }) => {
  await using here = await computer('clusters: [\n  - oops: {');
  await using podlab = await startPodlab([], here.environment);
  await page.goto(podlab.url);
  await expect(page.getByRole('main')).toContainText(here.config);
  await expect(page.getByRole('main')).toContainText('cannot be read');
  await expect(page.getByRole('main').locator('pre').filter({ hasText: /line|flow|column/i }).first()).toBeVisible();
  await writeFile(here.config, kubeconfig('http://127.0.0.1:1'));
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('mine');
});

test('a kubeconfig that names a certificate file which is not there', async ({ page }) => {
  await using here = await computer(kubeconfig('https://127.0.0.1:1', { 'client-certificate': '/nowhere/client.crt', 'client-key': '/nowhere/client.key' }));
  await using podlab = await startPodlab([], here.environment);
  await page.goto(podlab.url);
  await expect(connection(page)).toHaveText('Disconnected');
  await expect(page.getByRole('alert')).toContainText('/nowhere/client.crt');
  await expect(page.getByRole('alert').locator('pre')).toContainText('ENOENT');
});

test('a server that does not answer', async ({ page }) => {
  await using here = await computer(kubeconfig('https://127.0.0.1:1'));
  await using podlab = await startPodlab([], here.environment);
  await page.goto(podlab.url);
  await expect(connection(page)).toHaveText('Disconnected');
  await expect(page.getByRole('alert')).toContainText('does not answer at https://127.0.0.1:1');
  await expect(page.getByRole('alert').locator('pre')).toContainText('ECONNREFUSED');
  // Nothing was read, so nothing is said about pods.
  await expect(page.getByText('No pods')).toHaveCount(0);
});

test('a login that the server no longer accepts', async ({ page }) => {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using here = await computer(kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { token: 'old' }));
  await using podlab = await startPodlab([], here.environment);
  await page.goto(podlab.url);
  await expect(connection(page)).toHaveText('Disconnected');
  await expect(page.getByRole('alert')).toContainText('does not accept the login of the context mine');
  await expect(page.getByRole('alert').locator('pre')).toContainText('Unauthorized');
  server.closeAllConnections();
  server.close();
});

test('a context that does not exist', async ({ page }) => {
  await using here = await computer(kubeconfig('https://127.0.0.1:1'));
  await using podlab = await startPodlab(['--context', 'other'], here.environment);
  await page.goto(podlab.url);
  await expect(page.getByRole('combobox', { name: 'Context' })).toBeVisible();
  await expect(page.getByRole('alert').first()).toContainText('No kubeconfig file has a context named other');
});

test('changes on a cluster that is not on this computer are locked until they are allowed', async ({ page }) => {
  await using here = await computer(kubeconfig('https://192.0.2.1:6443'));
  await using podlab = await startPodlab([], here.environment);
  await page.goto(podlab.url);
  const allow = page.getByRole('button', { name: 'Allow changes' });
  await expect(allow).toHaveAttribute('aria-pressed', 'false');
  await allow.click();
  await expect(allow).toHaveAttribute('aria-pressed', 'true');
});

test('a kubeconfig that was asked for and is not there: the first page, not the practice cluster, until that is asked for', async ({ page }) => {
  await using here = await computer();
  await using podlab = await startPodlab(['--kubeconfig', here.config], here.environment);
  await page.goto(podlab.url);
  const main = page.getByRole('main');
  await expect(main).toContainText('Docker was not found');
  await expect(main).toContainText(here.config);
  await page.getByRole('button', { name: 'Start the practice cluster' }).click();
  await expect(page.getByRole('banner').getByText('Practice cluster', { exact: true })).toBeVisible();
});

test('Korean: the same page in the other language, and it stays chosen', async ({ page }) => {
  await using here = await computer();
  await using podlab = await startPodlab(['--kubeconfig', here.config], here.environment);
  await page.goto(podlab.url);
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: '한국어' });
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await expect(page.getByRole('main')).toContainText('kubeconfig');
  await expect(page.getByRole('main')).toContainText(/[가-힣]{2}/);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
});
