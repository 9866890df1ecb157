// A spec with a namespace of its own on a real cluster, and a Podlab that shows it.
import { test } from '@playwright/test';
import { prepareImages } from '../catalogue/images.ts';
import { kubectlInput, newNamespace, type TestContext } from '../fixtures/command-line.ts';
import { startPodlab, type Podlab } from './podlab.ts';

/** For the whole file: the manifest is created before its tests, each of which begins with the namespace chosen. Gives its name, once it is there. */
export function inOwnNamespace(context: TestContext, prefix: string, manifest: string): () => string {
  let namespace: Awaited<ReturnType<typeof newNamespace>>;
  let podlab: Podlab;
  test.beforeAll(async () => {
    await prepareImages([]);
    namespace = await newNamespace(context, prefix);
    await kubectlInput(context, manifest, '-n', namespace.name, 'create', '-f', '-');
    podlab = await startPodlab(['--context', context]);
  });
  test.afterAll(async () => {
    await podlab[Symbol.asyncDispose]();
    await namespace[Symbol.asyncDispose]();
  });
  test.beforeEach(async ({ page }) => {
    await page.goto(podlab.url);
    await page.getByRole('combobox', { name: 'Namespace' }).selectOption(namespace.name);
  });
  return () => namespace.name;
}
