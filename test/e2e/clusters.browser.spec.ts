// A cluster is created, its creation cancelled, and it is deleted, with the keyboard alone. kind is a stand-in that notes what it is given
// (electron/clients/tools/test-tools.ts): no node image can be had here. The cluster that it "makes" is a small server of the test.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { json, startApiServer } from '../../electron/clients/cluster/test-api-server.ts';
import { standInTools } from '../../electron/clients/tools/test-tools.ts';
import { press } from './keys.ts';
import { startPodlab } from './podlab.ts';

test('from no cluster to one of kind, and back', async ({ page }) => {
  await using server = await startApiServer(({ url }, response) => {
    if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
    if (url.startsWith('/version')) return json(response, 200, { gitVersion: 'v1.34.0' });
    const pod = (name: string, namespace: string) => ({ metadata: { name, namespace, uid: `${namespace}-${name}` }, spec: { containers: [] }, status: {} });
    const items = /\/pods(\?|$)/.test(url) ? [pod('web', 'shop'), pod('db', 'shop'), pod('dns', 'kube-system')] : [];
    json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
  });
  await using tools = await standInTools(`http://127.0.0.1:${server.port}`, [], ['kind']);
  const acts = async () => (await tools.calls()).filter(({ args }) => args[0] === 'create' || args[0] === 'delete').map(({ args }) => args.join(' '));
  const config = join(tools.folder, 'kubeconfig');
  await writeFile(config, '');
  await using podlab = await startPodlab([], { HOME: tools.folder, KUBECONFIG: config, DOCKER_HOST: 'unix:///nowhere/docker.sock', PATH: `${tools.folder}:${process.env.PATH}` });
  await page.goto(podlab.url);
  const local = page.getByRole('region', { name: 'Clusters of kind and minikube' });
  const form = page.getByRole('form', { name: 'Create cluster' });

  await expect(page.getByRole('heading', { name: 'No cluster yet' })).toBeVisible();
  await expect(local).toContainText('kind 0.30.0');
  await expect(local.getByText('minikube was not found: how to install it')).toBeVisible();

  // Cancelled: what was made is taken back.
  await press(page, local.getByRole('button', { name: 'Create cluster' }));
  await expect(form.getByRole('combobox', { name: 'Tool' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('slow');
  await page.keyboard.press('Enter');
  await expect(local.getByRole('log')).toContainText('Ensuring node image');
  await press(page, local.getByRole('button', { name: 'Cancel' }));
  await expect(local).toContainText('Cancelled');
  await expect.poll(acts).toEqual(['create cluster --name slow', 'delete cluster --name slow']);
  await press(page, local.getByRole('button', { name: 'Dismiss' }));

  // Created: the first context comes, and the screens with it.
  await press(page, local.getByRole('button', { name: 'Create cluster' }));
  await expect(form.getByRole('combobox', { name: 'Tool' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('dev');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Context' })).toHaveValue('kind-dev');
  await press(page, page.getByRole('link', { name: 'Cluster' }));
  const context = page.getByRole('table', { name: 'Contexts' }).getByRole('row', { name: /^kind-dev/ });
  await expect(context).toContainText('Live');
  await expect(context).toContainText('In use');
  const cluster = page.getByRole('table', { name: 'Local clusters' }).getByRole('row', { name: /^dev/ });
  await expect(cluster).toContainText('kind-dev');
  // No Docker: nobody knows whether its node runs, and kind could not start it.
  await expect(cluster).toContainText('Unknown');
  await expect(cluster.getByRole('button', { name: 'Start' })).toHaveAccessibleDescription('kind’s nodes are containers, and Podlab is not connected to Docker.');

  // Deleted: only with its name, typed.
  await press(page, cluster.getByRole('button', { name: 'Delete' }));
  const dialog = page.getByRole('dialog', { name: 'Delete the kind cluster dev?' });
  await expect(dialog).toContainText('3 pods are in it now and are lost:');
  await expect(dialog.getByRole('listitem')).toHaveText(['kube-system: 1 pod', 'shop: 2 pods']);
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('de');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Delete cluster' })).toHaveAccessibleDescription('Type dev first.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(cluster.getByRole('button', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('dev');
  await page.keyboard.press('Enter');
  await expect(cluster).toBeHidden();
  expect((await acts()).slice(2)).toEqual(['create cluster --name dev', 'delete cluster --name dev']);
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('kind delete cluster --name dev');
});
