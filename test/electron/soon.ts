/** For expect.poll: the patience that a busy machine needs. It goes on as soon as the expectation holds. */
export const soon = { timeout: 15_000, interval: 20 } as const;
