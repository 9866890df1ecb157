// What of a request is written into the log of activity. The forward is a row alone, which leads to a real server of this computer; no cluster is asked.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { ForwardRow } from '../../../shared/contract/forwards.ts';
import { createActivity } from '../activity/activity.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Forwards } from '../forwards/calls.ts';
import { httpCalls } from './send.ts';

test('a failed request leaves no secret in the log of activity, whatever tells of it', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).end('no HTTP\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const row = { localPort: (server.address() as AddressInfo).port, listensOn: ['127.0.0.1'] } as Partial<ForwardRow> as ForwardRow;
  const activity = createActivity();
  const { send } = httpCalls({} as Sessions, { row: () => row } as Partial<Forwards> as Forwards, activity);
  const sent = send({
    target: { via: 'forward', forwardId: 'one' }, scheme: 'http', method: 'GET', path: '/?a=b', headers: [], body: { kind: 'none' }, timeoutMilliseconds: 5_000, followRedirects: false,
    verifyCertificate: true, auth: { kind: 'api-key', name: 'key', value: "very'secret", in: 'query' },
  }, new AbortController().signal);
  await expect(sent).rejects.toMatchObject({ code: 'RESPONSE_NOT_HTTP', parameters: { url: `http://localhost:${row.localPort}/?a=b&key=...` } });
  const log = JSON.stringify(activity.entries.value);
  expect(log).toContain('RESPONSE_NOT_HTTP');
  expect(log).not.toContain('secret');
  server.close();
});
