// One pod over time: what it is, or what it last was.
import type { PodDetail } from '../../../shared/contract/pods.ts';

export type DetailEvent = { type: 'pod'; detail: PodDetail } | { type: 'gone' };
export interface KnownDetail {
  /** Absent for a pod that was never seen: then nothing says that it was ever there, so `gone` does not mean deleted. */
  readonly detail?: PodDetail | undefined;
  readonly gone: boolean;
}

/** A pod that is gone keeps what was last seen of it; one that returns under its name replaces that. */
export function foldDetail(before: KnownDetail | undefined, event: DetailEvent): KnownDetail {
  return event.type === 'pod' ? { detail: event.detail, gone: false } : { detail: before?.detail, gone: true };
}
