// The story of the README, as a person lives it, on each real cluster: from a Dockerfile to an answer from the pod. The words that are
// asserted are the ones on the screen; what is true is asked of kubectl and docker.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { contexts, docker, kubectl, newNamespace, nodeName, removeFromNode, type TestContext } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { startPodlab } from './podlab.ts';

const manifest = await readFile(join(import.meta.dirname, '../fixtures/spring-pod.yaml'), 'utf8');

/** What a person reads on each cluster. */
const told = {
  'docker-desktop': {
    onNode: 'Present',
    why: /spring-server.*already on the node.*Always/s,
    fix: 'Recreate with IfNotPresent',
    runsWith: 'IfNotPresent (set)',
  },
  'kind-kind': { onNode: 'Only in Docker', why: /spring-server:latest is in Docker on this computer, but the node \S+ keeps its own images and cannot see it/, fix: 'Load image and recreate', runsWith: 'IfNotPresent (set)' },
  minikube: { onNode: 'Only in Docker', why: /spring-server:latest is in Docker on this computer, but the node \S+ keeps its own images and cannot see it/, fix: 'Load image and recreate', runsWith: 'IfNotPresent (set)' },
} as const;

for (const context of contexts) {
  test(`the story on ${context}`, async ({ page }) => {
    for (const other of contexts) await removeFromNode(other, 'spring-server');
    await docker('rmi', '-f', 'spring-server').catch(() => '');
    await using folder = await springServerFolder();
    await using namespace = await newNamespace(context, 'story');
    await using podlab = await startPodlab(['--context', context]);
    await page.goto(podlab.url);
    await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
    await page.getByRole('combobox', { name: 'Namespace' }).selectOption(namespace.name);

    await build(page, folder.path);
    await createPod(page);
    await readWhy(page, context);
    await repair(page, context, namespace.name);
    await proveItAnswers(page, context, namespace.name);
    await remove(page, context, namespace.name);
  });
}

async function build(page: Page, folder: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Images', exact: true }).click();
  await page.getByRole('button', { name: 'Build image' }).click();
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('textbox', { name: 'Image name' }).fill('spring-server');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  // A node may have the name already, or still list it: what counts is that Docker has it now.
  const built = page.getByRole('table', { name: 'Images' }).getByRole('row').filter({ hasText: 'spring-server:latest' });
  await expect(built.getByRole('cell', { name: 'Yes', exact: true })).toBeVisible();
  expect((await docker('images', '-q', 'spring-server:latest')).trim()).not.toBe('');
}

async function createPod(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pods', exact: true }).click();
  await page.getByRole('button', { name: 'Create from YAML' }).click();
  await page.getByRole('textbox', { name: 'Manifest' }).fill(manifest);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(springRow(page)).toBeVisible();
}

async function readWhy(page: Page, context: TestContext): Promise<void> {
  const row = springRow(page);
  await expect(row).toContainText(/ErrImagePull|ImagePullBackOff/);
  await expect(row).toContainText('Always (default for :latest)');
  await expect(row.getByRole('cell', { name: told[context].onNode, exact: true })).toBeVisible();
  await page.getByRole('rowheader', { name: 'spring-pod', exact: true }).click();
  const why = detail(page).getByRole('article').first();
  await expect(why).toContainText(told[context].why);
  // Out of reach is all that is known of the registry here: never that it does not have the image.
  await expect(why).toContainText(/cannot be reached|cannot reach|could not be reached/);
  await expect(why).not.toContainText(/does not have it|has no such image/);
  // The evidence: the default in the manifest, the event in Kubernetes' words, the image of this Docker, the node.
  await expect(why).toContainText('imagePullPolicy');
  await expect(why).toContainText(/registry-1\.docker\.io/);
  const id = (await docker('images', '-q', '--no-trunc', 'spring-server:latest')).trim().replace('sha256:', '').slice(0, 8);
  await expect(why).toContainText(id);
  await expect(why).toContainText(nodeName[context]);
}

async function repair(page: Page, context: TestContext, namespace: string): Promise<void> {
  const uid = await kubectl(context, '-n', namespace, 'get', 'pod', 'spring-pod', '-o', 'jsonpath={.metadata.uid}');
  await detail(page).getByRole('button', { name: told[context].fix, exact: true }).click();
  const row = springRow(page);
  await expect(row).toContainText('Running');
  await expect(row).toContainText('1/1');
  await expect(row).toContainText(told[context].runsWith);
  await expect(row.getByRole('cell', { name: 'Present', exact: true })).toBeVisible();
  const now = await kubectl(context, '-n', namespace, 'get', 'pod', 'spring-pod', '-o', 'jsonpath={.metadata.uid} {.spec.containers[0].imagePullPolicy} {.status.phase}');
  expect(now.split(' ').slice(1)).toEqual(['IfNotPresent', 'Running']);
  expect(now).not.toContain(uid);
  await expect(detail(page).getByRole('article')).toHaveCount(0);
}

async function proveItAnswers(page: Page, context: TestContext, namespace: string): Promise<void> {
  await detail(page).getByRole('textbox', { name: 'Command' }).fill('curl localhost:8080');
  await detail(page).getByRole('button', { name: 'Run command' }).click();
  await expect(detail(page)).toContainText('Hello from spring-server');
  await detail(page).getByRole('button', { name: 'Forward a port' }).click();
  await detail(page).getByRole('textbox', { name: 'Local port' }).fill('12345');
  await expect(detail(page).getByRole('textbox', { name: 'Pod port' })).toHaveValue('8080');
  await detail(page).getByRole('button', { name: 'Start', exact: true }).click();
  await expect(detail(page)).toContainText('http://127.0.0.1:12345/');
  expect(await (await fetch('http://127.0.0.1:12345/')).text()).toBe('Hello from spring-server\n');

  const main = page.getByRole('navigation', { name: 'Main' });
  await main.getByRole('link', { name: 'HTTP', exact: true }).click();
  await expect(page.getByRole('combobox', { name: 'Method' })).toHaveValue('GET');
  await expect(page.getByRole('combobox', { name: 'Target' })).toContainText('12345');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const response = page.getByRole('region', { name: 'Response' });
  await expect(response).toContainText('200 OK');
  await expect(response).toContainText('Hello from spring-server');

  await main.getByRole('link', { name: 'Port forwards', exact: true }).click();
  const forward = page.getByRole('table', { name: 'Port forwards' }).getByRole('row').filter({ hasText: 'spring-pod' });
  await expect(forward).toContainText('12345');
  await expect(forward).toContainText('Listening');
  await forward.getByRole('button', { name: 'Stop' }).click();
  await expect(forward).toHaveCount(0);
  await expect(fetch('http://127.0.0.1:12345/')).rejects.toThrow();
  expect(await kubectl(context, '-n', namespace, 'get', 'pod', 'spring-pod', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}')).toBe('0');
}

async function remove(page: Page, context: TestContext, namespace: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pods', exact: true }).click();
  await page.getByRole('rowheader', { name: 'spring-pod', exact: true }).click();
  await detail(page).getByRole('button', { name: 'Delete pod' }).click();
  await expect(page.getByRole('rowheader', { name: 'spring-pod', exact: true })).toHaveCount(0);
  await expect.poll(() => kubectl(context, '-n', namespace, 'get', 'pods', '-o', 'name')).toBe('');
  const activity = page.getByRole('log', { name: 'Activity' });
  const at = `kubectl --context ${context} -n ${namespace}`;
  for (const line of [
    'docker build -t spring-server',
    `${at} apply --server-side`,
    `${at} replace --force`,
    `${at} exec spring-pod -c spring -- curl localhost:8080`,
    `${at} port-forward pod/spring-pod 12345:8080`,
    'curl -i http://127.0.0.1:12345/',
    `${at} delete pod spring-pod`,
    ...(context === 'kind-kind' ? ['kind load docker-image spring-server'] : context === 'minikube' ? ['minikube image load spring-server'] : []),
  ])
    await expect(activity).toContainText(line);
}

const springRow = (page: Page) => page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'spring-pod', exact: true }) });
const detail = (page: Page) => page.getByRole('region', { name: 'Pod spring-pod' });
