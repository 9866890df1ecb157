// The image of live-server.go, built and put on the nodes.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { docker, putOnNode, type TestContext } from '../fixtures/command-line.ts';

const run = promisify(execFile);
export const LIVE_IMAGE = 'podlab-test-live:1';

export async function buildLiveServer(...contexts: readonly TestContext[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-live-'));
  await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', join(folder, 'server'), resolve(import.meta.dirname, 'live-server.go')], { env: { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' } });
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY server /server\nCMD ["/server"]\n');
  await docker('build', '-q', '-t', LIVE_IMAGE, folder);
  await rm(folder, { recursive: true });
  for (const context of contexts) await putOnNode(context, LIVE_IMAGE);
}
