// A config.json and credential helpers as a person has them; the helpers are shell scripts that speak as the real ones do.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DockerSurroundings } from './endpoint.ts';
import { allCredentials, credentialsFor } from './registry-credentials.ts';

const HUB = 'https://index.docker.io/v1/';
const signal = new AbortController().signal;
let folder: string;
let surroundings: DockerSurroundings;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podlab-credentials-'));
  surroundings = { env: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` }, home: folder, platform: process.platform };
});
afterEach(() => rm(folder, { recursive: true }));
const configure = (config: unknown) => writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
const helper = (name: string, script: string) => writeFile(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const ask = (registry: string) => credentialsFor(registry, surroundings, signal);

test('auths hold names and passwords, Docker Hub under its old address', async () => {
  await configure({ auths: { [HUB]: { auth: btoa('me:a:b') }, 'ghcr.io': { auth: btoa('you:secret\0') }, 'token.io': { identitytoken: 'T' }, 'https://old.io/v2/': { auth: btoa('o:p') } } });
  expect(await ask('registry-1.docker.io')).toEqual({ username: 'me', secret: 'a:b' });
  expect(await ask('docker.io')).toEqual({ username: 'me', secret: 'a:b' });
  expect(await ask('ghcr.io')).toEqual({ username: 'you', secret: 'secret' });
  expect(await ask('token.io')).toEqual({ username: '', secret: 'T' });
  expect(await ask('old.io')).toEqual({ username: 'o', secret: 'p' });
  expect(await ask('quay.io')).toBeUndefined();
});

test('nobody is logged in without a config, with one that is broken, and with an empty entry', async () => {
  expect(await ask('ghcr.io')).toBeUndefined();
  for (const config of ['{', '[]', { auths: { 'ghcr.io': {} } }, { auths: 7, credHelpers: null }]) {
    await configure(config);
    expect(await ask('ghcr.io')).toBeUndefined();
    expect(await allCredentials(surroundings, signal)).toEqual({});
  }
});

test.skipIf(process.platform === 'win32')('helpers are asked: the registry\'s own before the store', async () => {
  await configure({ credsStore: 'store', credHelpers: { 'own.io': 'own', 'gone.io': 'gone' }, auths: { [HUB]: {} } });
  await helper('store', `case $1 in list) echo '{"listed.io":"x"}';; get) read -r server; [ "$server" = unknown.io ] && { echo not found; exit 1; }; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"größe\\",\\"Secret\\":\\"for $server\\"}";; esac`);
  await helper('own', `cat >/dev/null; echo '{"Username":"<token>","Secret":"T"}'`);
  expect(await ask('own.io')).toEqual({ username: '', secret: 'T' });
  expect(await ask('registry-1.docker.io')).toEqual({ username: 'größe', secret: `for ${HUB}` });
  expect(await ask('unknown.io')).toBeUndefined();
  expect(await ask('gone.io')).toBeUndefined(); // its helper is not installed
  expect(await allCredentials(surroundings, signal)).toEqual({
    [HUB]: { username: 'größe', secret: `for ${HUB}` }, 'own.io': { username: '', secret: 'T' }, 'listed.io': { username: 'größe', secret: 'for listed.io' },
  });
});

test.skipIf(process.platform === 'win32')('a helper that hangs is left when the build is cancelled', async () => {
  await configure({ credsStore: 'store' });
  await helper('store', 'exec sleep 600');
  const cancel = new AbortController();
  const asked = credentialsFor('ghcr.io', surroundings, cancel.signal);
  cancel.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});
