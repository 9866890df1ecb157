import { expect, test } from 'vitest';
import type { ConnectionState } from '../../shared/contract/environment.ts';
import type { FailureData } from '../../shared/contract/failures.ts';
import { connectionIn } from './app.svelte.ts';

const since = '2024-05-01T10:00:00Z';
const live: ConnectionState = { state: 'live', since: '2024-05-01T09:00:00Z' };
const engineLost: FailureData = { code: 'ENGINE_LOST', params: {}, cause: '' };
const unreadable: FailureData = { code: 'KUBECONFIG_UNREADABLE', params: { file: 'config' }, cause: 'EACCES' };

test.each<[string, 'connecting' | 'open' | 'lost', FailureData | undefined, ConnectionState | undefined, ConnectionState]>([
  ['nothing is known yet', 'connecting', undefined, undefined, { state: 'connecting', since }],
  ['the cluster\'s own word', 'open', undefined, live, live],
  ['a lost engine', 'lost', engineLost, live, { state: 'disconnected', since, cause: engineLost }],
  ['the engine is back and has said nothing: an old Live is not told', 'open', engineLost, live, { state: 'connecting', since }],
  ['the stream ended', 'open', unreadable, live, { state: 'disconnected', since, cause: unreadable }],
  ['the stream never began', 'open', unreadable, undefined, { state: 'disconnected', since, cause: unreadable }],
])('%s', (_, state, failure, connection, expected) => {
  expect(connectionIn({ state, since }, failure, connection && { connection })).toEqual(expected);
});
