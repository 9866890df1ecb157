import { expect, test } from 'vitest';
import { externalAddress, isOwnPage } from './address.ts';

test.for<[string, boolean]>([
  ['app://podlab/', true],
  ['app://podlab/index.html#/pods', true],
  ['app://podlab', true],
  ['app://podlab.example.org/', false],
  ['app://podlab:8080/', false],
  ['app://podlab@example.org/', false],
  ['app://user@podlab/', false],
  ['app:podlab', false],
  ['apps://podlab/', false],
  ['https://podlab/', false],
  ['file:///etc/passwd', false],
  ['about:blank', false],
  ['javascript:alert(1)', false],
  ['', false],
])('%s is an own page: %s', ([url, own]) => {
  expect(isOwnPage(url)).toBe(own);
});

test.for<[string, string | undefined]>([
  ['https://kubernetes.io/docs', 'https://kubernetes.io/docs'],
  ['HTTPS://Kubernetes.io', 'https://kubernetes.io/'],
  ['http://kubernetes.io/', undefined],
  ['http://localhost:12345/', 'http://localhost:12345/'],
  ['http://LOCALHOST/', 'http://localhost/'],
  ['http://127.0.0.1:8080/a?b=c', 'http://127.0.0.1:8080/a?b=c'],
  ['http://127.1:8080/', 'http://127.0.0.1:8080/'],
  ['http://[::1]:8080/', 'http://[::1]:8080/'],
  ['http://[0:0::1]/', 'http://[::1]/'],
  ['https://localhost:8443/', 'https://localhost:8443/'],
  ['http://localhost@example.org/', undefined],
  ['http://user:secret@localhost:12345/', undefined],
  ['http://localhost.example.org/', undefined],
  ['http://127.0.0.1.example.org/', undefined],
  ['http://example.org/?http://localhost/', undefined],
  ['http://0.0.0.0:8080/', undefined],
  ['http://[::ffff:127.0.0.1]/', undefined],
  ['http://192.168.0.1/', undefined],
  ['http:localhost', 'http://localhost/'],
  ['ws://localhost/', undefined],
  ['ftp://localhost/', undefined],
  ['https://user:secret@kubernetes.io/', undefined],
  ['file:///etc/passwd', undefined],
  ['smb://server/share', undefined],
  ['javascript:alert(1)', undefined],
  ['https://', undefined],
  ['not a url', undefined],
])('%s may be opened outside: %s', ([url, address]) => {
  expect(externalAddress(url)).toBe(address);
});
