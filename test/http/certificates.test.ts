// The HTTP tester's engine and the certificates that programs show: real servers over TLS, each with one of them.
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../shared/contract/http.ts';
import { exchange } from '../../electron/engine/http/exchange.ts';
import { caCert, serverCert, serverKey } from '../../electron/clients/cluster/test-certificates.ts';
import { futureCert, key, pastCa, pastCert, selfSignedCert } from './odd-certificates.ts';

const shown = {
  good: { cert: serverCert, key: serverKey },
  alone: { cert: selfSignedCert, key },
  past: { cert: pastCert, key },
  future: { cert: futureCert, key },
};
type Shown = keyof typeof shown;

interface Listening {
  readonly server: Server;
  readonly port: number;
  /** Requests that reached the program. */
  asked: number;
}
const listening = {} as Record<Shown, Listening>;
const trusted = getCACertificates();

beforeAll(async () => {
  setDefaultCACertificates([...trusted, caCert, pastCa]);
  for (const [name, options] of Object.entries(shown) as [Shown, (typeof shown)[Shown]][]) {
    const server = createServer(options, (_, response) => {
      listening[name].asked += 1;
      response.end(name);
    }).on('tlsClientError', () => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    listening[name] = { server, port: (server.address() as AddressInfo).port, asked: 0 };
  }
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  for (const { server } of Object.values(listening)) {
    server.closeAllConnections();
    server.close();
  }
});

const request: HttpRequest = {
  scheme: 'https', method: 'GET', path: '/', headers: [['Authorization', 'Bearer secret']], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: true,
  verifyCertificate: true,
};
const ask = (name: Shown, { host = 'localhost', verifyCertificate = true } = {}): Promise<HttpResponse> => {
  const { port } = listening[name];
  return exchange({ ...request, verifyCertificate }, {
    origin: `https://${host}:${port}`,
    dial: async (_, signal) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect', { signal });
      return { socket };
    },
  }, new AbortController().signal);
};

test('one that somebody known vouches for is taken, by each of its names', async () => {
  for (const host of ['localhost', 'named.test', '127.0.0.1']) {
    expect(await ask('good', { host })).toMatchObject({
      body: 'good', certificate: { problem: '', issuer: 'CN=podlab-test-ca', fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/), validTo: expect.stringMatching(/^2126-/) },
    });
  }
});

test.each<[string, Shown, string, string, object]>([
  ['that has expired', 'past', 'localhost', 'CERT_HAS_EXPIRED', { subject: 'CN=podlab-test-past', issuer: 'CN=podlab-test-past-ca', validFrom: '2020-01-01T00:00:00.000Z', validTo: '2021-01-01T00:00:00.000Z' }],
  ['that is not valid yet', 'future', 'localhost', 'CERT_NOT_YET_VALID', { validFrom: '2095-01-01T00:00:00.000Z' }],
  ['that vouches only for itself', 'alone', 'localhost', 'DEPTH_ZERO_SELF_SIGNED_CERT', { subject: 'CN=podlab-test-alone', issuer: 'CN=podlab-test-alone' }],
  ['for another name', 'good', 'elsewhere.test', 'ERR_TLS_CERT_ALTNAME_INVALID', { names: ['DNS:localhost', 'DNS:named.test', 'IP Address:127.0.0.1'] }],
  ['for another address', 'good', '127.0.0.2', 'ERR_TLS_CERT_ALTNAME_INVALID', {}],
])('one %s is refused before anything is told to the program; else it is taken, and shown', async (_, name, host, problem, certificate) => {
  const before = listening[name].asked;
  await expect(ask(name, { host })).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED', parameters: { host, problem }, raw: expect.stringContaining(problem) });
  expect(listening[name].asked).toBe(before);
  expect(await ask(name, { host, verifyCertificate: false })).toMatchObject({ status: 200, body: name, certificate: { ...certificate, problem } });
  expect(listening[name].asked).toBe(before + 1);
});
