import { expect, test } from 'vitest';
import { isMadeName } from './made-names.ts';

const long = 'a-deployment-whose-name-is-nearly-as-long-as-the-names-may-be';
test.each<[string, string, string, string, boolean]>([
  ['Deployment', 'web', 'ReplicaSet', 'web-5f7c9d8b6', true],
  ['Deployment', 'web', 'Pod', 'web-5f7c9d8b6-x2x7q', true],
  // Of the Deployment web-api.
  ['Deployment', 'web', 'ReplicaSet', 'web-api-5f7c9d8b6', false],
  ['Deployment', 'web', 'Pod', 'web-api-5f7c9d8b6-x2x7q', false],
  ['Deployment', 'web', 'Pod', 'web', false],
  // Generated names have no vowels.
  ['Deployment', 'web', 'ReplicaSet', 'web-admin', false],
  ['ReplicaSet', 'web-5f7c9d8b6', 'Pod', 'web-5f7c9d8b6-x2x7q', true],
  ['ReplicaSet', long, 'Pod', `${`${long}-`.slice(0, 58)}x2x7q`, true],
  ['StatefulSet', 'db', 'Pod', 'db-12', true],
  ['StatefulSet', 'db', 'Pod', 'db-main', false],
  ['DaemonSet', 'agent', 'Pod', 'agent-x2x7q', true],
  ['Job', 'once', 'Pod', 'once-x2x7q', true],
  ['Job', 'once', 'Pod', 'once-3-x2x7q', true],
  ['CronJob', 'tick', 'Job', 'tick-1614600000', true],
  ['CronJob', 'tick', 'Pod', 'tick-1614600000-x2x7q', true],
  ['Service', 'web', 'Pod', 'web-x2x7q', false],
])('%s %s and the %s %s', (kind, name, childKind, child, expected) => expect(isMadeName({ kind, name }, { kind: childKind, name: child })).toBe(expected));
