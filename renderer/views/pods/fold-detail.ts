// What is looked at over time, a pod or a workload: what it is, or what it last was.
export type DetailEvent<Detail> = { readonly type: 'pod' | 'workload'; readonly detail: Detail } | { readonly type: 'gone' };
export interface KnownDetail<Detail> {
  /** Absent for what was never seen: then nothing says that it was ever there, so `gone` does not mean deleted. */
  readonly detail?: Detail | undefined;
  readonly gone: boolean;
}

/** What is gone keeps what was last seen of it; what returns under its name replaces that. */
export function foldDetail<Detail>(before: KnownDetail<Detail> | undefined, event: DetailEvent<Detail>): KnownDetail<Detail> {
  return event.type === 'gone' ? { detail: before?.detail, gone: true } : { detail: event.detail, gone: false };
}
