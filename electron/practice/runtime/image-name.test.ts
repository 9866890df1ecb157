import { describe, expect, it } from 'vitest';
import { familiarName, fullName } from './image-name.ts';

const hex = '0'.repeat(64);

describe('reading an image reference', () => {
  it.each([
    ['spring-server', 'docker.io/library/spring-server:latest'],
    ['team/app:2', 'docker.io/team/app:2'],
    ['index.docker.io/x', 'docker.io/library/x:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x:1', 'localhost:5000/x:1'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['spring:1/2', 'spring:1/2:latest'],
    [`x@sha256:${hex}`, `docker.io/library/x@sha256:${hex}`],
    [`x:1@sha256:${hex}`, `docker.io/library/x@sha256:${hex}`],
    [`sha256:${hex}`, `docker.io/library/sha256:${hex}`],
    [`docker.io/${hex}`, `docker.io/library/${hex}:latest`],
    ['a__b.c--d', 'docker.io/library/a__b.c--d:latest'],
    ['x:Latest', 'docker.io/library/x:Latest'],
  ])('%s is %s', (text, full) => {
    expect(fullName(text)).toBe(full);
  });

  it.each([
    ['', 'invalid reference format'],
    ['a b', 'invalid reference format'],
    ['x:', 'invalid reference format'],
    ['x:1:2', 'invalid reference format'],
    ['https://x/y', 'invalid reference format'],
    ['a___b', 'invalid reference format'],
    ['-a', 'invalid reference format'],
    ['My-App:1', 'invalid reference format: repository name must be lowercase'],
    [hex, `invalid repository name (${hex}), cannot specify 64-byte hexadecimal strings`],
    [`x@md5:${hex}`, 'unsupported digest algorithm'],
    [`x@sha256:${hex}0`, 'invalid checksum digest length'],
    ['a'.repeat(250), 'repository name must not be more than 255 characters'],
  ])('%j is refused', (text, words) => {
    expect(() => fullName(text)).toThrow(words);
  });
});

it('shows names as Docker does', () => {
  expect(familiarName('docker.io/library/x:1')).toBe('x:1');
  expect(familiarName('docker.io/team/x:1')).toBe('team/x:1');
  expect(familiarName('ghcr.io/team/x:1')).toBe('ghcr.io/team/x:1');
});
