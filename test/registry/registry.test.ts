// The test's registry itself: each kind of answer, as a client meets it.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { ownCertificate } from './certificate.ts';
import { imageContent } from './image-content.ts';
import { startRegistry, type Answer, type Registry, type RegistryOptions } from './registry.ts';

const image = imageContent(Buffer.from('{"architecture":"amd64","os":"linux"}'), [gzipSync('a layer')]);
const [layer] = image.layers;
const layerPath = `app/blobs/${layer?.digest}`;

async function registry(answer?: Answer, options?: RegistryOptions): Promise<Registry> {
  const started = await startRegistry(options);
  onTestFinished(() => started[Symbol.asyncDispose]());
  if (answer) started.serve('app', answer);
  return started;
}

const ask = ({ host }: Registry, path: string, init?: RequestInit) => fetch(`http://${host}/v2/${path}`, init);
const codeOf = async (response: Response) => `${response.status} ${((await response.json()) as { errors: { code: string }[] }).errors[0]?.code}`;
const sha256 = (bytes: ArrayBuffer) => `sha256:${createHash('sha256').update(Buffer.from(bytes)).digest('hex')}`;

test('an image: the manifest by tag and by digest, its config and its layers', async () => {
  const it = await registry({ kind: 'image', image });
  const head = await ask(it, 'app/manifests/1', { method: 'HEAD' });
  expect(head.headers.get('docker-content-digest')).toBe(image.manifest.digest);
  const byTag = await ask(it, 'app/manifests/1');
  expect(byTag.headers.get('content-type')).toBe('application/vnd.docker.distribution.manifest.v2+json');
  const bytes = await byTag.arrayBuffer();
  expect(sha256(bytes)).toBe(image.manifest.digest);
  const { config, layers } = JSON.parse(Buffer.from(bytes).toString()) as { config: { digest: string; size: number }; layers: { digest: string; size: number }[] };
  for (const { digest, size } of [config, ...layers]) {
    const content = await (await ask(it, `app/blobs/${digest}`)).arrayBuffer();
    expect([sha256(content), content.byteLength]).toEqual([digest, size]);
  }
  expect((await ask(it, `app/manifests/${image.manifest.digest}`)).status).toBe(200);
  expect(await codeOf(await ask(it, `app/manifests/sha256:${'0'.repeat(64)}`))).toBe('404 MANIFEST_UNKNOWN');
});

test.each([
  [{ kind: 'manifest-unknown' }, '404 MANIFEST_UNKNOWN'],
  [{ kind: 'name-unknown' }, '404 NAME_UNKNOWN'],
  [{ kind: 'denied' }, '403 DENIED'],
  [{ kind: 'too-many-requests' }, '429 TOOMANYREQUESTS'],
  [{ kind: 'out-of-order', status: 500 }, '500 UNKNOWN'],
  [{ kind: 'out-of-order', status: 503 }, '503 UNKNOWN'],
  [undefined, '404 NAME_UNKNOWN'],
] as const)('%j', async (answer, expected) => {
  const it = await registry(answer);
  expect((await ask(it, '')).status).toBe(200);
  expect(await codeOf(await ask(it, 'app/manifests/1'))).toBe(expected);
});

test('one that hangs takes the request and gives no answer', async () => {
  const it = await registry({ kind: 'hangs' });
  const stop = new AbortController();
  const asked = ask(it, 'app/manifests/1', { signal: stop.signal });
  await expect.poll(() => it.requests.at(-1)).toMatchObject({ repository: 'app', status: 'none' });
  // Another repository is answered all the while.
  expect((await ask(it, 'other/manifests/1')).status).toBe(404);
  stop.abort();
  await expect(asked).rejects.toThrow('aborted');
});

test('layers that are wrong, cut short or slow', async () => {
  const wrong = await registry({ kind: 'wrong-bytes', image });
  expect(sha256(await (await ask(wrong, layerPath)).arrayBuffer())).not.toBe(layer?.digest);
  const cut = await registry({ kind: 'cut-short', image });
  await expect(ask(cut, layerPath).then((response) => response.arrayBuffer())).rejects.toThrow('terminated');
  const slow = await registry({ kind: 'slow', image, bytesPerSecond: 100 });
  const response = await ask(slow, layerPath);
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(1);
  expect(Buffer.concat(pieces)).toEqual(layer?.bytes);
});

test('a list without this platform', async () => {
  const it = await registry({ kind: 'other-platform', image, architecture: 's390x' });
  const { manifests } = (await (await ask(it, 'app/manifests/1')).json()) as { manifests: unknown[] };
  expect(manifests).toEqual([expect.objectContaining({ digest: image.manifest.digest, platform: { os: 'linux', architecture: 's390x' } })]);
});

test('a login: one user may, others are asked for one; nobody gets a token', async () => {
  const basic = await registry({ kind: 'image', image }, { login: { user: 'me', password: 'secret' } });
  const refused = await ask(basic, '');
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="registry"']);
  const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  expect((await ask(basic, 'app/manifests/1', { headers: { authorization } })).status).toBe(200);
  const bearer = await registry({ kind: 'image', image }, { login: 'nobody' });
  const [, realm = ''] = /realm="([^"]+)"/.exec((await ask(bearer, 'app/manifests/1')).headers.get('www-authenticate') ?? '') ?? [];
  expect(await codeOf(await fetch(realm))).toBe('401 UNAUTHORIZED');
});

test('what was asked is remembered', async () => {
  const it = await registry({ kind: 'image', image });
  for (const path of ['', 'app/manifests/1', layerPath, 'a/b/manifests/2']) await ask(it, path);
  expect(it.requests.map(({ kind, repository, reference, status }) => [kind, repository, reference, status])).toEqual([
    ['ping', '', '', 200],
    ['manifest', 'app', '1', 200],
    ['blob', 'app', layer?.digest, 200],
    ['manifest', 'a/b', '2', 404],
  ]);
});

test('over HTTPS, with a certificate that nobody trusts', async () => {
  const it = await registry({ kind: 'image', image }, { tls: await ownCertificate('IP:127.0.0.1') });
  await expect(fetch(`https://${it.host}/v2/`)).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  await expect(ask(it, '')).rejects.toThrow('fetch failed');
});
