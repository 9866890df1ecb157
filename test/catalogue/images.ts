// The images of the catalogue's cases: from scratch with a static busybox, the same bytes at every build, on every node that is used.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, putOnNode } from '../fixtures/command-line.ts';
import type { Here } from './live-case.ts';

const BUSYBOX = 'FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n';

/** By name: the Dockerfile. `busybox` is in the context. In `catalogue-ok` every applet is a command of the shell, and it serves HTTP on 8080. */
const dockerfiles: Readonly<Record<string, string>> = {
  'catalogue-ok:1': `${BUSYBOX}RUN ["/bin/busybox", "--install", "-s", "/bin"]\nWORKDIR /www\nRUN echo ok > index.html\nEXPOSE 8080\nCMD ["/bin/busybox", "httpd", "-f", "-p", "8080"]\n`,
  /** Neither CMD nor ENTRYPOINT. */
  'catalogue-nocmd:1': BUSYBOX,
  /** A user by its name, and one by its number. */
  'catalogue-named:1': `${BUSYBOX}RUN echo 'web:x:1000:1000::/:/bin/sh' > /etc/passwd\nUSER web\nCMD ["/bin/busybox", "sleep", "3600"]\n`,
  'catalogue-numbered:1': `${BUSYBOX}USER 1000\nCMD ["/bin/busybox", "sleep", "3600"]\n`,
};

export const imageNames = Object.keys(dockerfiles);

/** Builds them in Docker and puts them on the nodes. Built again they are the same; they stay, for the next run. */
export async function prepareImages(contexts: readonly Here['context'][]): Promise<void> {
  for (const [name, dockerfile] of Object.entries(dockerfiles)) await buildImage(name, dockerfile);
  for (const context of contexts) await putOnNode(context, ...imageNames);
}

/** One image in Docker, on no other node. `busybox` is in the context beside `files`. */
export async function buildImage(name: string, dockerfile: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-catalogue-'));
  try {
    await copyFile('/bin/busybox', join(folder, 'busybox'));
    for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    await docker('build', '-q', '-t', name, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
