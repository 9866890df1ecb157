// What takes long with each builder: a step of half a minute keeps its session (https://github.com/apocas/dockerode/issues/845 ended after ten
// seconds), and a context of 1 GB is streamed.
import { copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildImage } from './build.ts';
import { chooseBuilder } from './choose-builder.ts';
import type { ChosenBuilder } from './choose-builder.ts';
import { dockerClient } from './client.ts';
import { findDockerEndpoint } from './endpoint.ts';
import { inspectImage, removeImage } from './images.ts';

const signal = new AbortController().signal;
const MB = 1024 * 1024;
const docker = dockerClient(await findDockerEndpoint());
const best = await chooseBuilder(docker, { signal });
const builders: readonly ChosenBuilder[] = [{ builder: 'classic', why: '' }, { builder: 'buildkit', why: '' }, ...(best.builder === 'buildx' ? [best] : [])];

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'podlab-builders-')); });
afterEach(() => rm(folder, { recursive: true }));

describe.each(builders)('$builder', chosen => {
  const tag = `podlab-build-long-${process.pid}:${chosen.builder}`;
  afterEach(() => removeImage(docker, tag).catch(() => {}));
  const build = () => buildImage(docker, { folder, tag, chosen, signal, onLog() {} });

  test('a step of half a minute, and files that are asked for after it', async () => {
    await copyFile('/bin/busybox', join(folder, 'busybox'));
    await writeFile(join(folder, 'later'), 'later');
    await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sh", "-c", "/busybox echo ${tag}; /busybox sleep 30"]\nCOPY later /\n`);
    const { imageId } = await build();
    expect((await inspectImage(docker, tag)).id).toBe(imageId);
  }, 120_000);

  test('a context of 1 GB is streamed', async () => {
    const big = await open(join(folder, 'big'), 'w');
    await big.truncate(1024 * MB);
    await big.close();
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY big /\n');
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 100);
    try {
      await build();
    } finally {
      clearInterval(watch);
    }
    expect((await inspectImage(docker, tag)).size).toBe(1024 * MB);
    expect(most - before).toBeLessThan(200 * MB);
  }, 300_000);
});
