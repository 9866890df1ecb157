import { expect, test } from 'vitest';
import { clusters } from './clusters.ts';

test.each(['start', 'stop', 'remove'] as const)('%s takes no empty name: the tool would take another cluster instead', (call) => {
  const accepts = (name: string) => clusters[call]['~orpc'].inputSchema!.safeParse({ tool: 'kind', name, confirm: name }).success;
  expect([accepts('dev'), accepts('')]).toEqual([true, false]);
});
