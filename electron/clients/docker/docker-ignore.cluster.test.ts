// The recorded table of .dockerignore patterns against the docker CLI that is here (its classic client sends the context to a server of the
// test), and against what BuildKit's images then hold, whoever sent the files: this program's session, or buildx itself where it is installed.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { extract } from 'tar-stream';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IGNORE_TABLE, writeIgnoreFolder } from '../../../test/fixtures/docker-ignore.ts';
import { buildImage } from './build.ts';
import { chooseBuilder } from './choose-builder.ts';
import type { ChosenBuilder } from './choose-builder.ts';
import { dockerClient } from './client.ts';
import { findDockerEndpoint } from './endpoint.ts';
import { removeImage } from './images.ts';
import { saveImage } from './save.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const NAME = `podlab-build-ignore-${process.pid}`;
const docker = dockerClient(await findDockerEndpoint());
const best = await chooseBuilder(docker, { signal });
const buildKits: readonly ChosenBuilder[] = [{ builder: 'buildkit', why: '' }, ...(best.builder === 'buildx' ? [best] : [])];

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'podlab-ignore-')); });
afterEach(() => rm(folder, { recursive: true }));
afterAll(() => removeImage(docker, `${NAME}:1`));

test.each(IGNORE_TABLE)('the CLI sends the classic builder what the table says: $rules', async ({ rules, classic }) => {
  await writeIgnoreFolder(folder, rules);
  const socket = `${folder}.sock`;
  const sent = Promise.withResolvers<readonly string[]>();
  const server = createServer((request, response) => {
    if (!request.url!.includes('/build')) {
      response.setHeader('Api-Version', '1.41').setHeader('Ostype', 'linux').end('OK');
      return;
    }
    filesOf(request).then(files => {
      sent.resolve(files);
      response.end('{"aux":{"ID":"sha256:0"}}\n');
    }, sent.reject);
  });
  await new Promise<void>(resolve => { server.listen(socket, resolve); });
  try {
    await run('docker', ['build', folder], { env: { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: '0' } });
    expect(await sent.promise).toEqual(classic);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

/** Those that the two builders, or BuildKit's versions, read differently, and a folder that is reopened. */
const DIFFERENT = ['', '.*', 'Dockerfile\n.dockerignore', '*\n!**/c.txt', '*\n!a/b/c.txt'];

describe.each(buildKits)('$builder', chosen => {
  async function imageFiles(): Promise<readonly string[]> {
    await buildImage(docker, { folder, tag: `${NAME}:1`, chosen, signal, onLog() {} });
    const reader = extract();
    (await saveImage(docker, `${NAME}:1`, { signal })).pipe(reader);
    const files: string[] = [];
    for await (const entry of reader) {
      const content = await buffer(entry as AsyncIterable<Buffer>);
      if (entry.header.name.endsWith('/layer.tar')) files.push(...await filesOf(Readable.from([content])));
    }
    return files.sort();
  }

  test.each(IGNORE_TABLE.filter(({ rules }) => DIFFERENT.includes(rules)))('the image holds what the table says: $rules', async ({ rules, buildkit }) => {
    await writeIgnoreFolder(folder, rules);
    expect(await imageFiles()).toEqual(buildkit);
  });

  test('Dockerfile.dockerignore goes before .dockerignore', async () => {
    await writeIgnoreFolder(folder, 'a');
    await writeFile(join(folder, 'Dockerfile.dockerignore'), '*\n!a/x.txt\n');
    expect(await imageFiles()).toEqual(['a/x.txt']);
  });
});

/** The archive's entries but for folders, in order. */
async function filesOf(archive: Readable): Promise<readonly string[]> {
  const reader = extract();
  archive.pipe(reader);
  const files: string[] = [];
  for await (const entry of reader) {
    if (entry.header.type !== 'directory') files.push(entry.header.name);
    entry.resume();
  }
  return files.sort();
}
