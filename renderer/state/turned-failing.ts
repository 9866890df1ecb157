// Which pods turned failing, for a notification: those that fail now and did not when it was looked at last.
import type { PodsHealth } from '../../shared/contract/health.ts';

export interface FailingSeen {
  /** Of which pods: another context or namespace begins anew. */
  readonly of: string;
  readonly uids: ReadonlySet<string>;
}

/** `before` is undefined at the first look: what fails already then is no news. Nothing known is no news either, and forgets nothing. */
export function turnedFailing(before: FailingSeen | undefined, of: string, { failing, pods }: PodsHealth): { seen: FailingSeen | undefined; turned: PodsHealth['pods'] } {
  if (failing === undefined) return { seen: before?.of === of ? before : undefined, turned: [] };
  const seen = { of, uids: new Set(pods.map(({ uid }) => uid)) };
  return { seen, turned: before?.of === of ? pods.filter(({ uid }) => !before.uids.has(uid)) : [] };
}
