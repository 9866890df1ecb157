import { expect, test } from 'vitest';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { openConnection } from '../../clients/cluster/connection.ts';
import { json, kubeconfigFor, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { waitFor } from '../topic.ts';
import { createLiveTable, keepLive } from './live-table.ts';

const soon = () => AbortSignal.timeout(10_000);

test('a kubeconfig whose proxy is none is a state with its reason', async () => {
  await using connection = await openConnection(kubeconfigFor('http://127.0.0.1:1', {}, { proxyUrl: '127.0.0.1:3128' }), 'test');
  const table = createLiveTable<KubeObject>();
  keepLive(table, { connection, path: '/api/v1/pods', signal: connection.closed });
  const { connection: state, items } = await waitFor(table, ({ connection: c }) => c.state !== 'connecting', soon());
  expect({ state, items }).toEqual({
    state: {
      state: 'disconnected', since: expect.any(String) as string,
      cause: { code: 'KUBECONFIG_INVALID', params: { file: '/test/config' }, cause: 'cluster "cluster": Invalid URL' },
    },
    items: 'unknown',
  });
});

test('a list that no client can read is a state with its words, and not the end of the process', async () => {
  await using server = await startApiServer((_, response) => json(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [null] }));
  const address = `http://127.0.0.1:${server.port}`;
  await using connection = await openConnection(kubeconfigFor(address), 'test');
  const table = createLiveTable<KubeObject>();
  keepLive(table, { connection, path: '/api/v1/pods', signal: connection.closed });
  const { connection: state } = await waitFor(table, ({ connection: c }) => c.state === 'disconnected', soon());
  expect(state.cause).toEqual({ code: 'CLUSTER_UNREACHABLE', params: { context: 'test', server: address }, cause: 'Cannot convert undefined or null to object' });
});
