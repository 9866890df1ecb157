import { expect, test } from 'vitest';
import { comparable, familiarName, parseImageReference, repositoryOf, sameImage } from './image-reference.ts';
import type { ImageReferenceProblem } from './image-reference.ts';

const hex32 = 'ab'.repeat(16);
const hex64 = 'a3'.repeat(32);
const sha = `sha256:${hex64}`;

// Each row was checked against Go's docker/distribution 2.8.2 (the same rules as 2.7.1), as were 100 000 generated texts.
const valid: readonly (readonly [text: string, domain: string, path: string, tag: string | undefined, digest?: string])[] = [
  ['spring-server', 'docker.io', 'library/spring-server', 'latest'],
  ['spring-server:1', 'docker.io', 'library/spring-server', '1'],
  ['spring-server:Latest', 'docker.io', 'library/spring-server', 'Latest'],
  ['a', 'docker.io', 'library/a', 'latest'],
  ['user/app', 'docker.io', 'user/app', 'latest'],
  ['user/team/app:v1', 'docker.io', 'user/team/app', 'v1'],
  ['docker.io/app', 'docker.io', 'library/app', 'latest'],
  ['docker.io/library/app:2', 'docker.io', 'library/app', '2'],
  ['index.docker.io/app', 'docker.io', 'library/app', 'latest'],
  ['index.docker.io/user/app:1', 'docker.io', 'user/app', '1'],
  ['registry-1.docker.io/library/app', 'registry-1.docker.io', 'library/app', 'latest'],
  ['library/app', 'docker.io', 'library/app', 'latest'],
  ['localhost/app', 'localhost', 'app', 'latest'],
  ['localhost:5000', 'docker.io', 'library/localhost', '5000'],
  ['localhost:5000/app:1', 'localhost:5000', 'app', '1'],
  ['localhost', 'docker.io', 'library/localhost', 'latest'],
  ['example.com', 'docker.io', 'library/example.com', 'latest'],
  ['example.com/app', 'example.com', 'app', 'latest'],
  ['Example.COM/app', 'Example.COM', 'app', 'latest'],
  ['example.com:443/a/b/c:x', 'example.com:443', 'a/b/c', 'x'],
  ['127.0.0.1:5000/app', '127.0.0.1:5000', 'app', 'latest'],
  ['spring:1/2', 'spring:1', '2', 'latest'],
  ['test_com/foo', 'docker.io', 'test_com/foo', 'latest'],
  ['test_com.x/foo', '', 'test_com.x/foo', 'latest'],
  ['dock__er/app', 'docker.io', 'dock__er/app', 'latest'],
  ['docker---rules/app', 'docker.io', 'docker---rules/app', 'latest'],
  ['xn--n3h.com:18080/foo', 'xn--n3h.com:18080', 'foo', 'latest'],
  [`app@${sha}`, 'docker.io', 'library/app', undefined, sha],
  [`app:latest@${sha}`, 'docker.io', 'library/app', 'latest', sha],
  [`r.io/app:1@${sha}`, 'r.io', 'app', '1', sha],
  [`app@sha512:${hex64}${hex64}`, 'docker.io', 'library/app', undefined, `sha512:${hex64}${hex64}`],
  [`sha256:${hex64}`, 'docker.io', 'library/sha256', hex64],
  [`docker.io/${hex64}`, 'docker.io', `library/${hex64}`, 'latest'],
  ['0123456789ab', 'docker.io', 'library/0123456789ab', 'latest'],
  [hex64.slice(1), 'docker.io', `library/${hex64.slice(1)}`, 'latest'],
  [`app:${'t'.repeat(128)}`, 'docker.io', 'library/app', 't'.repeat(128)],
  ['app:_x', 'docker.io', 'library/app', '_x'],
  ['app:1.0-RC_2', 'docker.io', 'library/app', '1.0-RC_2'],
  ['x'.repeat(237), 'docker.io', `library/${'x'.repeat(237)}`, 'latest'],
];

test.each(valid.map((row) => ({ row })))('$row.0 is an image reference', ({ row: [text, domain, path, tag, digest] }) => {
  const name = domain === '' ? path : `${domain}/${path}`;
  expect(parseImageReference(text)).toEqual({
    ok: true, domain, path, ...(tag && { tag }), ...(digest && { digest }),
    normalized: name + (tag ? `:${tag}` : '') + (digest ? `@${digest}` : ''),
  });
});

const invalid: readonly (readonly [text: string, reason: ImageReferenceProblem])[] = [
  ['', 'empty'],
  [' app', 'whitespace'],
  ['my app:1', 'whitespace'],
  ['app:1\n', 'whitespace'],
  [hex64, 'id'],
  ['My-App:1', 'uppercase'],
  ['docker/Docker', 'uppercase'],
  ['Docker/docker', 'uppercase'],
  ['example.com/App', 'uppercase'],
  [`app@SHA256:${hex64}`, 'uppercase'],
  ['x'.repeat(238), 'too-long'],
  [`example.com/${'x'.repeat(244)}`, 'too-long'],
  ['app:', 'tag'],
  ['app:-x', 'tag'],
  ['app:.x', 'tag'],
  ['app:1:2', 'tag'],
  [`app:${'t'.repeat(129)}`, 'tag'],
  ['app:ä', 'tag'],
  ['app@', 'digest'],
  ['app@latest', 'digest'],
  [`app@sha256:${hex32}`, 'digest'],
  [`app@sha256:${hex64.toUpperCase()}`, 'digest'],
  [`app@md5:${hex32}`, 'digest'],
  ['app@sha256:abc', 'digest'],
  [`app@${sha}@${sha}`, 'digest'],
  ['https://example.com/app', 'format'],
  ['[::1]:5000/app', 'format'],
  ['-app', 'format'],
  ['app-', 'format'],
  ['/app', 'format'],
  ['app/', 'format'],
  ['docker///docker', 'format'],
  ['a..b', 'format'],
  ['a_.b', 'format'],
  ['a___b', 'format'],
  ['-docker.io/a/b', 'format'],
  [':latest', 'format'],
  [`@${sha}`, 'format'],
  ['app$', 'format'],
  ['앱', 'format'],
];

test.each(invalid)('%j is refused: %s', (text, reason) => {
  expect(parseImageReference(text)).toEqual({ ok: false, reason });
});

test('a long run of separators or letters is read in a moment', () => {
  const started = performance.now();
  parseImageReference(`${'a-'.repeat(20_000)}!`);
  parseImageReference(`${'a'.repeat(40_000)}!`);
  expect(performance.now() - started).toBeLessThan(1000);
});

test.each([
  ['app', 'docker.io/library/app:latest', true],
  ['app', 'index.docker.io/app', true],
  ['app:1', 'app', false],
  [`app:1@${sha}`, `app:2@${sha}`, true],
  [`app@${sha}`, 'app', false],
  ['localhost/app', 'app', false],
  ['App', 'App', false],
])('%s and %s name the same image: %s', (a, b, same) => {
  expect(sameImage(a, b)).toBe(same);
});

test.each([
  ['docker.io/library/app', 'app:latest', 'docker.io/library/app', 'docker.io/library/app:latest'],
  ['user/app:1', 'user/app:1', 'docker.io/user/app', 'docker.io/user/app:1'],
  ['library/a/b', 'library/a/b:latest', 'docker.io/library/a/b', 'docker.io/library/a/b:latest'],
  ['r.io:5/app', 'r.io:5/app:latest', 'r.io:5/app', 'r.io:5/app:latest'],
  [`app:1@${sha}`, `app:1@${sha}`, 'docker.io/library/app', `docker.io/library/app@${sha}`],
  ['a_b.c/app', 'a_b.c/app:latest', 'a_b.c/app', 'a_b.c/app:latest'],
])('the short and the full name of %s', (text, familiar, repository, compared) => {
  const image = parseImageReference(text);
  expect(image.ok && [familiarName(image), repositoryOf(image), comparable(image)]).toEqual([familiar, repository, compared]);
});
