// The story of the README, as a person lives it, on each real cluster: from a Dockerfile to an answer from the pod. The words that are
// asserted are the ones on the screen; what is true is asked of kubectl and docker.
import { expect, test, type Page } from '@playwright/test';
import { contexts, docker, kubectl, newNamespace, nodeName, removeFromNode } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { startPodlab } from './podlab.ts';
import { createPod, deletePod, proveItAnswers, readWhy, repair, screenLink, springDetail, springImageInDocker, told } from './story-steps.ts';

const toldOn = { 'docker-desktop': told.shared, 'kind-kind': told.ownStore, minikube: told.ownStore } as const;
const loadLine = { 'docker-desktop': [], 'kind-kind': ['kind load docker-image spring-server'], minikube: ['minikube image load spring-server'] } as const;

for (const context of contexts) {
  test(`the story on ${context}`, async ({ page }) => {
    for (const other of contexts) await removeFromNode(other, 'spring-server');
    await docker('rmi', '-f', 'spring-server').catch(() => '');
    await using folder = await springServerFolder();
    await using namespace = await newNamespace(context, 'story');
    await using podlab = await startPodlab(['--context', context]);
    const inPod = (path: string) => kubectl(context, '-n', namespace.name, 'get', 'pod', 'spring-pod', '-o', `jsonpath=${path}`);
    await page.goto(podlab.url);
    await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
    await page.getByRole('combobox', { name: 'Namespace' }).selectOption(namespace.name);

    await build(page, folder.path);
    await createPod(page);
    await readWhy(page, toldOn[context], nodeName[context]);
    await readEvidence(page);

    const uid = await inPod('{.metadata.uid}');
    await repair(page, toldOn[context]);
    const now = await inPod('{.metadata.uid} {.spec.containers[0].imagePullPolicy} {.status.phase}');
    expect(now.split(' ').slice(1)).toEqual(['IfNotPresent', 'Running']);
    expect(now).not.toContain(uid);

    await proveItAnswers(page, 12345);
    expect(await inPod('{.status.containerStatuses[0].restartCount}')).toBe('0');
    await deletePod(page, `kubectl --context ${context} -n ${namespace.name}`, 12345, ['docker build -t spring-server', ...loadLine[context]]);
    await expect.poll(() => kubectl(context, '-n', namespace.name, 'get', 'pods', '-o', 'name')).toBe('');
  });
}

async function build(page: Page, folder: string): Promise<void> {
  await screenLink(page, 'Images').click();
  await page.getByRole('button', { name: 'Build image' }).click();
  await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
  await page.getByRole('textbox', { name: 'Image name' }).fill('spring-server');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(springImageInDocker(page)).toBeVisible();
  expect((await docker('images', '-q', 'spring-server:latest')).trim()).not.toBe('');
}

/** What no other cluster has: the registry that cannot be reached from here, and the image of this Docker. */
async function readEvidence(page: Page): Promise<void> {
  const why = springDetail(page).getByRole('article').first();
  // Out of reach is all that is known of the registry here: never that it does not have the image.
  await expect(why).toContainText(/cannot be reached|cannot reach|could not be reached/);
  await expect(why).not.toContainText(/does not have it|has no such image/);
  await expect(why).toContainText(/registry-1\.docker\.io/);
  const id = (await docker('images', '-q', '--no-trunc', 'spring-server:latest')).trim().replace('sha256:', '').slice(0, 8);
  await expect(why).toContainText(id);
}
