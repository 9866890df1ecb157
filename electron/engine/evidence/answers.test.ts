import { expect, test, vi } from 'vitest';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { openAnswers } from './answers.ts';

// What is read here needs no connection, only that there is one.
const connection = {} as ClusterConnection;

test.each([Infinity, 10_000])('what is good for %s ms is read once, and then not again', async (freshMs) => {
  const answers = openAnswers(() => 1);
  answers.connect(connection, new AbortController().signal);
  let reads = 0;
  const ask = () => answers.ask({ subject: 'u1', key: 'k', freshMs, read: () => Promise.resolve((reads += 1)) });
  expect(ask()).toBeUndefined();
  await vi.waitFor(() => expect(ask()).toBe(1));
  expect(ask()).toBe(1);
  expect(reads).toBe(1);
});
