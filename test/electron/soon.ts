import { expect } from 'vitest';

/** expect.poll with the patience that a busy machine needs; it goes on as soon as the expectation holds. */
export const soon = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 15_000, interval: 20 });
