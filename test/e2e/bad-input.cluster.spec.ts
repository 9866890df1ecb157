// Bad input against a real cluster and a real Docker: one plain sentence, the raw cause under it, and nothing changed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Locator } from '@playwright/test';
import { docker, kubectl, kubectlInput, newNamespace, putOnNode } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { expectText } from './manifest.ts';
import { startPodlab, type Podlab } from './podlab.ts';

const context = 'kind-kind';
let podlab: Podlab;
let namespace: Awaited<ReturnType<typeof newNamespace>>;
test.beforeAll(async () => {
  namespace = await newNamespace(context, 'bad-input');
  podlab = await startPodlab(['--context', context]);
});
test.afterAll(async () => {
  await podlab[Symbol.asyncDispose]();
  await namespace[Symbol.asyncDispose]();
});
test.describe.configure({ mode: 'serial' });
test.beforeEach(async ({ page }) => {
  await page.goto(podlab.url);
  await page.getByRole('combobox', { name: 'Namespace' }).selectOption(namespace.name);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
});

const pod = (container: string) => `apiVersion: v1
kind: Pod
metadata:
  name: bad
spec:
  containers:
    - name: c
${container.replaceAll(/^/gm, '      ')}
`;

/** The sentence, and under it the other side's own words. */
async function expectFailure(where: Locator, sentence: RegExp | string, raw: RegExp | string): Promise<void> {
  const alert = where.getByRole('alert').first();
  await expect(alert).toContainText(sentence);
  await expect(alert.locator('pre')).toContainText(raw);
}

const manifests: [title: string, text: string, sentence: RegExp, raw: RegExp][] = [
  ['broken YAML', 'kind: Pod\nmetadata: {name: x\nspec: y\n', /not correct YAML/, /flow map/i],
  ['a tab', 'kind: Pod\n\tname: x\n', /tab/i, /tab/i],
  ['nothing', '# nothing yet\n', /manifest is empty/, /no YAML document/],
  ['the second of two documents', `${pod('image: x')}---\n${pod('image: y\nimagePullPolcy: Never').replace('name: bad', 'name: worse')}`, /does not know the field .*imagePullPolcy.*line 18/, /./],
  ['a kind that is none', pod('image: x').replace('kind: Pod', 'kind: Pot'), /does not know the kind Pot/, /Pot/],
  ['a misspelt field', pod('image: x\nimagePullPolcy: Never'), /does not know the field .*imagePullPolcy.*line 9.*Did you mean imagePullPolicy/, /unknown field/],
  ['a value that is not allowed', pod('image: x\nimagePullPolicy: Sometimes'), /does not accept the value of .*imagePullPolicy.*line 9/, /Sometimes/],
  ['no name', pod('image: x').replace('name: bad', 'labels: {a: b}'), /no name/, /metadata\.name/],
  ['another namespace', pod('image: x').replace('name: bad', 'name: bad\n  namespace: elsewhere'), /elsewhere/, /elsewhere/],
];
for (const [title, text, sentence, raw] of manifests) {
  test(`manifest: ${title}`, async ({ page }) => {
    await page.getByRole('button', { name: 'Create from YAML' }).click();
    const manifest = page.getByRole('textbox', { name: 'Manifest' });
    await manifest.fill(text);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expectFailure(page.getByRole('main'), sentence, raw);
    await expectText(manifest, text);
    expect(await kubectl(context, '-n', namespace.name, 'get', 'pods', '-o', 'name')).toBe('');
  });
}

test('build: a name in capitals, a folder that is not there, one without a Dockerfile, a step that fails', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-bad-build-'));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Images' }).click();
  await page.getByRole('button', { name: 'Build image' }).click();
  const build = async (path: string, image: string) => {
    await page.getByRole('textbox', { name: 'Folder' }).fill(path);
    await page.getByRole('textbox', { name: 'Image name' }).fill(image);
    await page.getByRole('button', { name: 'Build', exact: true }).click();
  };
  const main = page.getByRole('main');
  await build(folder, 'Spring-Server');
  await expectFailure(main, /Spring-Server is not an image name:.*capital letters/s, /Spring-Server|uppercase|lowercase/);
  await build(join(folder, 'nowhere'), 'bad-build');
  await expectFailure(main, /cannot be read/, 'ENOENT');
  await build(folder, 'bad-build');
  await expectFailure(main, /no file named Dockerfile/, 'Dockerfile');
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY nothing /\n');
  await build(folder, 'bad-build');
  await expectFailure(main, /build of bad-build failed.*COPY nothing/s, /nothing/);
  expect((await docker('images', '-q', 'bad-build')).trim()).toBe('');
  await rm(folder, { recursive: true });
});

test('a forward: a port in use is named with who has it and a free one, a port that is none is refused; a dead port says what listens', async ({ page }) => {
  await using folder = await springServerFolder();
  await docker('build', '-q', '-t', 'bad-input-server:1', folder.path);
  await putOnNode(context, 'bad-input-server:1');
  await kubectlInput(context, pod('image: bad-input-server:1').replace('name: bad', 'name: web'), '-n', namespace.name, 'create', '-f', '-');
  await kubectl(context, '-n', namespace.name, 'wait', '--for=condition=Ready', 'pod/web', '--timeout=240s');
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const { port } = busy.address() as AddressInfo;

  await page.getByRole('rowheader', { name: 'web', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Pod web' });
  await detail.getByRole('button', { name: 'Forward a port' }).click();
  const start = async (local: string, inPod: string) => {
    await detail.getByRole('textbox', { name: 'Local port' }).fill(local);
    await detail.getByRole('textbox', { name: 'Pod port' }).fill(inPod);
    await detail.getByRole('button', { name: 'Start', exact: true }).click();
  };
  await start(String(port), '8080');
  await expectFailure(detail, new RegExp(`Port ${port} of this computer is already in use by \\S+ \\(process ${process.pid}\\)\\. Port \\d+ is free`), 'EADDRINUSE');
  busy.close();
  await start('70000', '8080');
  await expect(detail.getByRole('alert').first()).toContainText('70000 is not a port');

  await start('0', '9999');
  const url = (await detail.getByRole('link', { name: /^http:\/\/localhost:\d+\/$/ }).textContent()) ?? '';
  await expect(fetch(url)).rejects.toThrow();
  const taken = new URL(url).port;
  await start(taken, '8080');
  await expectFailure(detail, new RegExp(`Port ${taken} of this computer is already in use by another forward of Podlab\\. Port \\d+ is free`), 'EADDRINUSE');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Port forwards' }).click();
  const row = page.getByRole('table', { name: 'Port forwards' }).getByRole('row').filter({ hasText: '9999' });
  await expect(row).toContainText('Failed');
  await expect(row).toContainText('Nothing in the pod web listens on port 9999. It listens on 8080.');
  await expect(row).toContainText(/refused/);
  await row.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(row).toContainText('Stopped');
  await row.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row).toHaveCount(0);
});

test('a command that the image does not have', async ({ page }) => {
  await page.getByRole('rowheader', { name: 'web', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Pod web' });
  await detail.getByRole('textbox', { name: 'Command' }).fill('bash -c ls');
  await detail.getByRole('button', { name: 'Run command' }).click();
  await expectFailure(detail, /has no program bash/, /executable file not found/);
});

test('a pod that somebody else deletes while it is looked at', async ({ page }) => {
  await page.getByRole('rowheader', { name: 'web', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Pod web' });
  await expect(detail.getByRole('button', { name: 'Delete pod' })).toBeVisible();
  await kubectl(context, '-n', namespace.name, 'delete', 'pod', 'web', '--grace-period=0', '--force');
  await expect(detail).toContainText(/no longer there|deleted/);
  await expect(detail.getByRole('button', { name: 'Delete pod' })).toHaveCount(0);
  await expect(page.getByRole('rowheader', { name: 'web', exact: true })).toHaveCount(0);
});

test('a person who may only see one namespace', async ({ page }) => {
  await kubectl(context, '-n', namespace.name, 'create', 'serviceaccount', 'visitor');
  await kubectl(context, '-n', namespace.name, 'create', 'rolebinding', 'visitor', '--clusterrole=view', `--serviceaccount=${namespace.name}:visitor`);
  const secret = async () => kubectl(context, '-n', namespace.name, 'get', 'serviceaccount', 'visitor', '-o', 'jsonpath={.secrets[0].name}');
  await expect.poll(secret).not.toBe('');
  const token = Buffer.from(await kubectl(context, '-n', namespace.name, 'get', 'secret', await secret(), '-o', 'jsonpath={.data.token}'), 'base64').toString();
  const { clusters } = JSON.parse(await kubectl(context, 'config', 'view', '--raw', '--minify', '-o', 'json')) as { clusters: unknown[] };
  const folder = await mkdtemp(join(tmpdir(), 'podlab-visitor-'));
  const config = (of: string) => JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'visitor', clusters, users: [{ name: 'v', user: { token } }],
    contexts: [{ name: 'visitor', context: { cluster: 'kind-kind', user: 'v', namespace: of } }],
  });
  const file = join(folder, 'config');
  await writeFile(file, config(namespace.name));
  await using visitor = await startPodlab(['--kubeconfig', file]);
  await page.goto(visitor.url);
  await expect(page.getByText(`No pods in the namespace ${namespace.name}`)).toBeVisible();
  await kubectlInput(context, pod('image: nowhere:1').replace('name: bad', 'name: seen'), '-n', namespace.name, 'create', '-f', '-');
  await expect(page.getByRole('rowheader', { name: 'seen', exact: true })).toBeVisible();
  // May look, not change: the cluster says so before anything is pressed, and the button does nothing.
  await page.getByRole('rowheader', { name: 'seen', exact: true }).click();
  const remove = page.getByRole('region', { name: 'Pod seen' }).getByRole('button', { name: 'Delete pod' });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAccessibleDescription(`Your user may not delete pods in ${namespace.name}: ask who administers the cluster.`);
  await remove.click({ force: true });
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('Nothing done yet');
  expect(await kubectl(context, '-n', namespace.name, 'get', 'pods', '-o', 'name')).toBe('pod/seen\n');

  await writeFile(file, config('kube-system'));
  await page.goto(visitor.url);
  await expect(page.getByRole('alert').first()).toContainText(/may not do this.*list.*pods/s);
  await expect(page.getByText('No pods')).toHaveCount(0);
  await rm(folder, { recursive: true });
});
