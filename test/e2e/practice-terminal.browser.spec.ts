// What the test clusters are too old for, as a person sees it on the practice cluster: a debug container, and the end of input of a program that waits
// for it. The practice cluster's programs are played; its API server and its streams are real.
import { expect, test, type Page } from '@playwright/test';
import { Api } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';
import { emptyComputer } from './empty-computer.ts';
import { press } from './keys.ts';
import { startPodlab } from './podlab.ts';
import { screenLink } from './story-steps.ts';
import { drawn, ready, terminalOf } from './terminal-tab.ts';

const PODS = '/api/v1/namespaces/default/pods';
const containers = {
  web: { image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', command: ['sleep', '100000'] },
  reading: { image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', 'cat; echo all read'], stdin: true, stdinOnce: true },
};

/** Podlab with a practice cluster of its own, and the pods in it. */
async function openPractice(page: Page) {
  const stack = new AsyncDisposableStack();
  const { environment } = stack.use(await emptyComputer());
  const podlab = stack.use(await startPodlab([], environment));
  await page.goto(podlab.url);
  await screenLink(page, 'Cluster').click();
  const kubeconfig = /^export KUBECONFIG=(\S+)/.exec((await page.getByText(/^export KUBECONFIG=/).textContent()) ?? '')?.[1] ?? '';
  const api = new Api(await readConnection(kubeconfig.replaceAll("'", ''), 'practice'));
  stack.defer(() => api.close());
  await screenLink(page, 'Pods').click();
  return { api, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const create = (api: Api, name: keyof typeof containers) =>
  api.post(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', ...containers[name] }] } });

test('a debug container brings a shell of its own', async ({ page }) => {
  await using here = await openPractice(page);
  await create(here.api, 'web');
  const detail = await terminalOf(page, 'web');
  await expect(detail.getByRole('combobox', { name: 'Debug image' })).toHaveValue('busybox:1.36');
  await detail.getByRole('button', { name: 'Debug container', exact: true }).click();
  await ready(detail);
  // It took the keyboard when it was drawn.
  await page.keyboard.type('echo $((6*7))');
  await page.keyboard.press('Enter');
  await expect(drawn(detail)).toContainText('42');
  const { spec } = (await here.api.get(`${PODS}/web`)).body;
  expect(spec.ephemeralContainers).toMatchObject([{ image: 'busybox:1.36', targetContainerName: 'app' }]);
  const activity = page.getByRole('log', { name: 'Activity' });
  await expect(activity).toContainText('Add a debug container for app to web');
  await expect(activity).toContainText('debug -it web --image=busybox:1.36');
  await page.keyboard.type('exit 3');
  await page.keyboard.press('Enter');
  await expect(detail.getByText('The shell of the debug container ended with exit code 3.')).toBeVisible();

  await detail.getByRole('combobox', { name: 'Debug image' }).fill('nobody/has-it:1');
  await press(page, detail.getByRole('button', { name: 'Debug container', exact: true }));
  await expect(detail.getByRole('alert')).toContainText('nobody/has-it:1');
  await expect(activity).toContainText('Failed');
  expect((await here.api.get(`${PODS}/web`)).body.spec.ephemeralContainers).toHaveLength(1);
});

test('the end of input is told to a program that waits for it, which then ends', async ({ page }) => {
  await using here = await openPractice(page);
  await create(here.api, 'reading');
  const detail = await terminalOf(page, 'reading');
  await detail.getByRole('button', { name: 'Attach', exact: true }).click();
  await expect(detail.getByRole('textbox', { name: 'Input', exact: true })).toBeFocused();
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('attach -i reading -c app');
  await page.keyboard.insertText('hello 안녕');
  await page.keyboard.press('Enter');
  await expect(drawn(detail)).toContainText('hello 안녕');
  await press(page, detail.getByRole('button', { name: 'End input' }));
  await expect(drawn(detail)).toContainText('all read');
  await expect(detail.getByText('The program ended with exit code 0.')).toBeVisible();
});
