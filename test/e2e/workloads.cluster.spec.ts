// What no pod can say, as a person sees it on a real cluster: a Deployment that may make no pods, and a Service that leads nowhere. The first is mended with
// the mouse and taken back, the second with the keyboard alone.
import { expect, test } from '@playwright/test';
import { kubectl, kubectlInput } from '../fixtures/command-line.ts';
import { inOwnNamespace } from './own-namespace.ts';

const context = 'docker-desktop';
const template = (name: string) => `{metadata: {labels: {app: ${name}}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "catalogue-ok:1", imagePullPolicy: Never, ports: [{containerPort: 8080}]}]}}`;
const quota = `apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec: {hard: {requests.cpu: "1"}}
`;
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {matchLabels: {app: web}}, template: ${template('web')}}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: wbe}, ports: [{port: 80, targetPort: 8080}]}
`;

const namespace = inOwnNamespace(context, 'workloads', quota);

test.beforeAll(async () => {
  // Until a quota has been counted a pod is refused with other words, and its ReplicaSet waits longer and longer before it asks again.
  await expect.poll(() => kubectl(context, '-n', namespace(), 'get', 'resourcequota', 'small', '-o', 'jsonpath={.status.hard}'), { timeout: 240_000 }).toContain('requests.cpu');
  await kubectlInput(context, manifest, '-n', namespace(), 'create', '-f', '-');
});

const requests = () => kubectl(context, '-n', namespace(), 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].resources.requests}');

test('a Deployment that a quota gives no pods: said above the empty table, mended by its button, taken back', async ({ page }) => {
  const notes = page.getByRole('region', { name: 'Needs a look' });
  await expect(notes.getByRole('listitem').filter({ hasText: 'Deployment web' })).toContainText('requests.cpu', { timeout: 240_000 });
  await notes.getByRole('link', { name: 'web', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Deployment web' });
  const article = detail.getByRole('article').first();
  await expect(article).toContainText('small');
  await expect(detail).toContainText('0/1 pods ready');
  const fix = article.getByRole('button', { name: 'State requests.cpu in every container' });
  await expect(fix).toHaveAttribute('aria-disabled', 'false');
  await fix.click();
  await expect(page.getByRole('row').filter({ hasText: /^web-.*1\/1/ })).toBeVisible({ timeout: 240_000 });
  await expect(notes.getByRole('link', { name: 'web', exact: true })).toHaveCount(0);
  expect(await requests()).toContain('cpu');
  await detail.getByRole('button', { name: 'Undo' }).click({ timeout: 240_000 });
  await expect.poll(requests, { timeout: 240_000 }).toBe('');
});

test('a Service whose selector is one letter off, with the keyboard alone', async ({ page }) => {
  await page.getByRole('button', { name: 'Workloads' }).focus();
  await page.keyboard.press('Enter');
  const table = page.getByRole('table', { name: 'Workloads' });
  await expect(table.getByRole('rowheader', { name: 'shop', exact: true })).toBeVisible();
  const link = table.getByRole('link').first();
  await link.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await expect(table.getByRole('link', { name: 'shop' })).toBeFocused();
  await page.keyboard.press('Enter');
  const detail = page.getByRole('region', { name: 'Service shop' });
  const fix = detail.getByRole('article').first().getByRole('button').first();
  await expect(fix).toHaveAttribute('aria-disabled', 'false', { timeout: 240_000 });
  await fix.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => kubectl(context, '-n', namespace(), 'get', 'service', 'shop', '-o', 'jsonpath={.spec.selector.app}'), { timeout: 240_000 }).toBe('web');
  await expect(detail.getByRole('article').filter({ hasText: 'wbe' })).toHaveCount(0, { timeout: 240_000 });
  await page.keyboard.press('Escape');
  await expect(detail).toHaveCount(0);
  await expect(table.getByRole('link', { name: 'shop' })).toBeFocused();
});
