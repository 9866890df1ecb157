// Why it fails, as a person sees it on a real cluster: a check that asks the wrong port is mended by its button, taken back and mended again; a ConfigMap
// that is missing is written; what happened is on the timeline; pods are seen by owner; a finding is copied.
import { expect, test, type Page } from '@playwright/test';
import { kubectl } from '../fixtures/command-line.ts';
import { inOwnNamespace } from './own-namespace.ts';

const context = 'docker-desktop';
const container = 'name: app, image: "catalogue-ok:1", imagePullPolicy: Never, ports: [{containerPort: 8080}]';
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{${container}, readinessProbe: {httpGet: {path: /, port: 9999}, periodSeconds: 1}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: settings}
spec: {terminationGracePeriodSeconds: 1, containers: [{${container}, env: [{name: COLOR, valueFrom: {configMapKeyRef: {name: colors, key: main}}}]}]}
`;

const namespace = inOwnNamespace(context, 'why', manifest);

const row = (page: Page, name: RegExp | string) => page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
const port = () => kubectl(context, '-n', namespace(), 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].readinessProbe.httpGet.port}');

test('a readiness check that asks the wrong port: the button changes the Deployment, its pod gets ready, Undo takes it back', async ({ page }) => {
  await page.getByRole('checkbox', { name: 'Group by owner' }).check();
  const head = page.getByRole('rowheader', { name: /^Deployment web/ });
  await expect(head).toContainText('0 of 1 ready');
  await row(page, /^web-/).getByRole('link').click();
  const detail = page.getByRole('region', { name: /^Pod web-/ });
  const article = detail.getByRole('article').first();
  await expect(article).toContainText('9999');
  await expect(article.getByRole('button', { name: /^Recreate with/ })).toHaveCount(0);
  const fix = article.getByRole('button', { name: 'Let the check ask port 8080' });
  await expect(fix).toBeEnabled();
  await expect(detail.getByRole('list', { name: 'app' }).getByRole('listitem').filter({ hasText: 'Running' }).first()).toBeAttached();
  await fix.click();
  await expect(page.getByRole('row').filter({ hasText: /^web-.*1\/1/ })).toBeVisible();
  await expect(head).toContainText('1 of 1 ready');
  expect(await port()).toBe('8080');
  const entry = page.getByRole('log', { name: 'Activity' });
  await entry.getByRole('button', { name: 'Undo' }).first().click();
  await expect.poll(port, { timeout: 240_000 }).toBe('9999');
});

test('a missing ConfigMap: the text is begun with the key that the pod asks for, and the pod starts once it is created', async ({ page }) => {
  await row(page, 'settings').getByRole('link').click();
  const article = page.getByRole('region', { name: 'Pod settings' }).getByRole('article').first();
  await expect(article).toContainText('colors');
  await article.getByRole('button', { name: 'Write the ConfigMap colors' }).click();
  const manifestBox = page.getByRole('textbox', { name: 'Manifest' });
  await expect(manifestBox).toContainText('main');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(row(page, 'settings')).toContainText('1/1');
  expect(await kubectl(context, '-n', namespace(), 'get', 'configmap', 'colors', '-o', 'jsonpath={.data}')).toContain('"main"');
});

test('a finding is copied as Markdown, and its proof opens where it stands', async ({ page, context: browser }) => {
  await browser.grantPermissions(['clipboard-read', 'clipboard-write']);
  await kubectl(context, '-n', namespace(), 'run', 'typo', '--image=catalogue-ok:1', '--image-pull-policy=Never', '--restart=Never', '--command', '--', 'nope');
  await row(page, 'typo').getByRole('link').click();
  const detail = page.getByRole('region', { name: 'Pod typo' });
  const article = detail.getByRole('article').first();
  await expect(article).toContainText('nope');
  await article.getByRole('button', { name: 'Copy as Markdown' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^### .*nope[\s\S]*\*\*Evidence\*\*/);
  await article.getByRole('button', { name: /last run|ended|exit code/i }).first().click();
  await expect(detail.getByRole('tab', { name: 'YAML' })).toHaveAttribute('aria-selected', 'true');
});
