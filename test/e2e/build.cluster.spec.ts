// From a folder to the pods, as a person lives it on a real cluster whose node has its own images: the folder is picked, a stage and an argument
// are chosen, a build that changes nothing comes from the cache, and one click brings a change to the pod that uses the image.
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { docker, kubectl, newNamespace, nodeContainer } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { startPodlab } from './podlab.ts';
import { screenLink } from './story-steps.ts';

const context = 'kind-kind';
/** A registry that refuses at once: a kubelet that waits for one that does not answer cannot end its pod meanwhile. */
const image = '127.0.0.1:1/build-story';
const DOCKERFILE = `FROM scratch AS server
ARG GREETING=Hello
COPY rootfs /
RUN echo "$GREETING from the build" > /www/index.html
CMD ["/bin/httpd", "-f", "-p", "8080", "-h", "/www"]

FROM server AS broken
RUN exit 7
`;

test('build from a picked folder, again from the cache, and Build, load and recreate', async ({ page }) => {
  await using folder = await springServerFolder();
  await writeFile(join(folder.path, 'Dockerfile'), DOCKERFILE);
  await writeFile(join(folder.path, '.dockerignore'), 'notes\n');
  await writeFile(join(folder.path, 'notes'), 'not for the builder');
  await using namespace = await newNamespace(context, 'build-story');
  // Docker remembers the steps of earlier runs.
  const [morning, evening] = [`Good morning ${namespace.name}`, `Good evening ${namespace.name}`];
  await using cleaned = new AsyncDisposableStack();
  cleaned.defer(() => docker('exec', nodeContainer[context], 'ctr', '-n', 'k8s.io', 'images', 'rm', `${image}:latest`).then(() => undefined, () => undefined));
  cleaned.defer(() => docker('rmi', '-f', image).then(() => undefined, () => undefined));
  await using podlab = await startPodlab(['--context', context]);
  await page.goto(podlab.url);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('Live');
  await screenLink(page, 'Images').click();
  await page.getByRole('button', { name: 'Build image' }).click();
  const panel = page.getByRole('form', { name: 'Build image' });

  await panel.getByRole('textbox', { name: 'Folder' }).fill(dirname(folder.path));
  await pick(page, basename(folder.path));
  await expect(panel.getByRole('textbox', { name: 'Folder' })).toHaveValue(folder.path);
  await panel.getByRole('textbox', { name: 'Image name' }).fill(image);
  await expect(panel).toContainText(/Sends .* to the builder\. \.dockerignore leaves out 1 file\./);
  await panel.getByRole('combobox', { name: 'Stage to build' }).selectOption('server');
  await panel.getByRole('textbox', { name: 'ARG GREETING' }).fill(morning);

  const steps = panel.getByRole('list', { name: 'Build steps' }).getByRole('listitem');
  const run = steps.filter({ hasText: '> /www/index.html' });
  await panel.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(panel).toContainText(`Built ${image}:latest with the ID`);
  await expect(run).toContainText('done');
  const first = await imageId();
  await panel.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(run).toContainText('cached');
  await expect(panel).toContainText(`Built ${image}:latest with the ID`);
  expect(await imageId()).toBe(first);

  // A bare pod that asks the registry, and one that has an owner.
  const at = ['-n', namespace.name];
  await kubectl(context, ...at, 'run', 'bare', `--image=${image}`);
  await kubectl(context, ...at, 'create', 'deployment', 'owned', `--image=${image}`);
  await expect(panel).toContainText(new RegExp(`then recreates the 2 pods ${namespace.name}/bare, ${namespace.name}/owned-`));
  await expect(panel).toContainText(/Always becomes IfNotPresent.* Those with an owner, such as a Deployment, are made anew by it/);
  await panel.getByRole('textbox', { name: 'ARG GREETING' }).fill(evening);
  await panel.getByRole('button', { name: 'Build, load and recreate', exact: true }).click();
  await expect(panel).toContainText(new RegExp(`Recreated 2 pods: ${namespace.name}/bare, ${namespace.name}/owned-`));
  await expect(panel.getByText('Undo')).toBeVisible();

  const pod = await kubectl(context, ...at, 'get', 'pod', 'bare', '-o', 'jsonpath={.spec.containers[0].imagePullPolicy} {.status.phase} {.status.containerStatuses[0].imageID}');
  expect(pod).toMatch(/^IfNotPresent Running /);
  expect(await imageId()).not.toBe(first);
  // Without a readiness probe Running says nothing of the server inside.
  await expect.poll(() => kubectl(context, ...at, 'exec', 'bare', '--', 'curl', '-s', 'localhost:8080').catch(String)).toBe(`${evening} from the build\n`);
  // The Deployment's template says it now, and its new pod runs the new build.
  expect(await kubectl(context, ...at, 'get', 'deployment', 'owned', '-o', 'jsonpath={.spec.template.spec.containers[0].imagePullPolicy}')).toBe('IfNotPresent');
  await expect.poll(() => kubectl(context, ...at, 'exec', 'deployment/owned', '--', 'curl', '-s', 'localhost:8080').catch(String)).toBe(`${evening} from the build\n`);
  const activity = page.getByRole('log', { name: 'Activity' });
  for (const line of [`--build-arg 'GREETING=${evening}'`, `kind load docker-image ${image}`, `-n ${namespace.name} replace --force -f bare.recreate.yaml`, 'patch deployment owned --type=strategic'])
    await expect(activity).toContainText(line);

  // A stage that fails says which step it was, and the image stays what it was; a chip of before builds at once.
  const second = await imageId();
  await panel.getByRole('combobox', { name: 'Stage to build' }).selectOption('broken');
  await panel.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(panel.getByRole('alert')).toContainText(/failed.*exit 7/s);
  await expect(steps.filter({ hasText: 'exit 7' })).toContainText('failed');
  expect(await imageId()).toBe(second);
  await panel.getByRole('button', { name: new RegExp(`Build again: ${image}`) }).last().click();
  await expect(panel).toContainText(`Built ${image}:latest with the ID`);
  expect(await imageId()).toBe(first);
});

async function pick(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose folder', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose a folder to build' });
  await dialog.getByRole('button', { name: new RegExp(`^${name}`) }).press('Enter');
  await expect(dialog).toContainText('There is a Dockerfile in this folder.');
  // It has the focus now: the folder that was entered is the one that was looked for.
  await expect(dialog.getByRole('button', { name: 'Choose this folder' })).toBeFocused();
  await page.keyboard.press('Enter');
}

const imageId = async () => (await docker('images', '-q', '--no-trunc', `${image}:latest`)).trim();
