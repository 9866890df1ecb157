import { X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createCertificate } from './certificate.ts';

test('a client that trusts the certificate alone reaches 127.0.0.1 by it', async () => {
  const { cert, key } = await createCertificate();
  const server = createServer({ cert, key }, (_, response) => response.end('here'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<string>((resolve, reject) => {
    request({ host: '127.0.0.1', port, ca: cert }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject).end();
  });
  expect(answer).toBe('here');
  server.close();
});

test('each start has another one, and none vouches for another name', async () => {
  const [first, second] = await Promise.all([createCertificate(), createCertificate()]);
  expect(first.cert).not.toBe(second.cert);
  const parsed = new X509Certificate(first.cert);
  expect(parsed.checkHost('localhost')).toBe('localhost');
  expect(parsed.checkHost('example.com')).toBeUndefined();
  expect(parsed.serialNumber).not.toBe(new X509Certificate(second.cert).serialNumber);
});
