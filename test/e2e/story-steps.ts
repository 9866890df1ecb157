// The steps of the story on the screen, the same on every cluster: real ones and the practice cluster. Only what is on the screen is asserted here;
// what is true besides is asked by the spec that tells the story.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';

const manifest = await readFile(join(import.meta.dirname, '../fixtures/spring-pod.yaml'), 'utf8');

/** What a person reads where the node shares Docker's images, and where it has its own store. */
export const told = {
  shared: {
    onNode: 'Present',
    why: /spring-server.*already on the node.*Always/s,
    fix: 'Recreate with IfNotPresent',
    runsWith: 'IfNotPresent (set)',
  },
  ownStore: {
    onNode: 'Only in Docker',
    why: /spring-server:latest is in Docker, but the node \S+ keeps its own images and cannot see it/,
    fix: 'Load image and recreate',
    runsWith: 'IfNotPresent (set)',
  },
} as const;
export type Told = (typeof told)[keyof typeof told];

export const screenLink = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
export const springRow = (page: Page) =>
  page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'spring-pod', exact: true }) });
export const springDetail = (page: Page) => page.getByRole('region', { name: 'Pod spring-pod' });
/** The row of the image in Docker: a node may list the name, too. */
export const springImageInDocker = (page: Page) =>
  page.getByRole('table', { name: 'Images' }).getByRole('row').filter({ hasText: 'spring-server:latest' }).getByRole('cell', { name: 'Yes', exact: true });

export async function createPod(page: Page): Promise<void> {
  await screenLink(page, 'Pods').click();
  await page.getByRole('button', { name: 'Create from YAML' }).click();
  await page.getByRole('textbox', { name: 'Manifest' }).fill(manifest);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(springRow(page)).toBeVisible();
}

/** The status and the columns, then the finding: its sentence, the manifest line, and the node. */
export async function readWhy(page: Page, { onNode, why }: Told, nodeName: string): Promise<void> {
  const row = springRow(page);
  await expect(row).toContainText(/ErrImagePull|ImagePullBackOff/);
  await expect(row).toContainText('Always (default for :latest)');
  await expect(row.getByRole('cell', { name: onNode, exact: true })).toBeVisible();
  await page.getByRole('rowheader', { name: 'spring-pod', exact: true }).click();
  const finding = springDetail(page).getByRole('article').first();
  await expect(finding).toContainText(why);
  await expect(finding).toContainText('imagePullPolicy');
  await expect(finding).toContainText(nodeName);
}

export async function repair(page: Page, { fix, runsWith }: Told): Promise<void> {
  await springDetail(page).getByRole('button', { name: fix, exact: true }).click();
  const row = springRow(page);
  await expect(row).toContainText('Running');
  await expect(row).toContainText('1/1');
  await expect(row).toContainText(runsWith);
  await expect(row.getByRole('cell', { name: 'Present', exact: true })).toBeVisible();
  await expect(springDetail(page).getByRole('article')).toHaveCount(0);
}

/** curl in the pod, a forward of the local port, the HTTP tester, and the forward stopped and removed again. */
export async function proveItAnswers(page: Page, localPort: number): Promise<void> {
  const detail = springDetail(page);
  await detail.getByRole('textbox', { name: 'Command' }).fill('curl localhost:8080');
  // Without a readiness probe Running says nothing of the server inside, which starts a moment later: who is refused asks again.
  await expect(async () => {
    await detail.getByRole('button', { name: 'Run command' }).click();
    await expect(detail).toContainText('Hello from spring-server', { timeout: 3000 });
  }).toPass({ timeout: 30_000 });
  await detail.getByRole('button', { name: 'Forward a port' }).click();
  await detail.getByRole('textbox', { name: 'Local port' }).fill(String(localPort));
  await expect(detail.getByRole('textbox', { name: 'Pod port' })).toHaveValue('8080');
  await detail.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(detail.getByRole('link', { name: `http://localhost:${localPort}/`, exact: true })).toBeVisible();
  // Closed after the answer: a connection that is kept alive stays one of the forward's.
  const answer = await fetch(`http://127.0.0.1:${localPort}/`, { headers: { connection: 'close' } });
  expect(await answer.text()).toContain('Hello from spring-server');

  await screenLink(page, 'HTTP').click();
  await expect(page.getByRole('combobox', { name: 'Method' })).toHaveValue('GET');
  await expect(page.getByRole('combobox', { name: 'Target' })).toContainText(String(localPort));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const response = page.getByRole('region', { name: 'Response' });
  await expect(response).toContainText('200 OK');
  await expect(response).toContainText('Hello from spring-server');

  await screenLink(page, 'Port forwards').click();
  const forward = page.getByRole('table', { name: 'Port forwards' }).getByRole('row').filter({ hasText: 'spring-pod' });
  await expect(forward).toContainText(String(localPort));
  await expect(forward).toContainText('Listening');
  await forward.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(forward).toContainText('Stopped');
  await expect(fetch(`http://127.0.0.1:${localPort}/`)).rejects.toThrow();
  await forward.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(forward).toHaveCount(0);
}

/** Deletes the pod. Activity has the line of each step, these among them. */
export async function deletePod(page: Page, at: string, localPort: number, lines: readonly string[]): Promise<void> {
  await screenLink(page, 'Pods').click();
  await page.getByRole('rowheader', { name: 'spring-pod', exact: true }).click();
  await springDetail(page).getByRole('button', { name: 'Delete pod' }).click();
  await expect(page.getByRole('rowheader', { name: 'spring-pod', exact: true })).toHaveCount(0);
  const activity = page.getByRole('log', { name: 'Activity' });
  for (const line of [
    ...lines,
    `${at} apply --server-side`,
    `${at} replace --force`,
    `${at} exec spring-pod -c spring -- curl localhost:8080`,
    `${at} port-forward pod/spring-pod ${localPort}:8080`,
    `curl -i -L http://localhost:${localPort}/`,
    `${at} delete pod spring-pod`,
  ])
    await expect(activity).toContainText(line);
}
