import { expect, test } from 'vitest';
import { hostAndPort, isOnlyHere, urlOf } from './local-address.ts';

test.each([
  ['localhost', 'localhost:80', true],
  ['127.0.0.1', '127.0.0.1:80', true],
  ['127.0.0.53', '127.0.0.53:80', true],
  ['::1', '[::1]:80', true],
  ['0.0.0.0', '127.0.0.1:80', false],
  ['::', '[::1]:80', false],
  ['192.168.0.7', '192.168.0.7:80', false],
  ['fe80::1', '[fe80::1]:80', false],
  ['127.example.org', '127.example.org:80', false],
])('%s is asked at %s', (address, shown, onlyHere) => {
  expect(hostAndPort({ address, localPort: 80 })).toBe(shown);
  expect(isOnlyHere(address)).toBe(onlyHere);
});

test('the URL is one that a browser reads as it stands', () => {
  expect(URL.canParse(urlOf({ address: '::', localPort: 12345 }))).toBe(true);
  expect(urlOf({ address: 'localhost', localPort: 12345 })).toBe('http://localhost:12345/');
});
