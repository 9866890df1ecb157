// An image on a test cluster's node with a `sleep` in it.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, putOnNode, type TestContext } from '../fixtures/command-line.ts';

/** Gives its name. Built again it is the same image; it stays, for the next run. */
export async function sleepingImage(context: TestContext): Promise<string> {
  const name = 'podlab-killed:1';
  const folder = await mkdtemp(join(tmpdir(), 'podlab-killed-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/sleep\n');
  await docker('build', '-q', '-t', name, folder);
  await rm(folder, { recursive: true });
  await putOnNode(context, name);
  return name;
}
