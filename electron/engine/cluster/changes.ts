// What every change of a cluster needs.
import type { Activity } from '../activity/activity.ts';
import type { History } from '../activity/history.ts';
import type { ChangeParts } from './change-parts.ts';
import type { Sessions } from './sessions.ts';

export interface Changes extends Omit<ChangeParts, 'session'> {
  readonly sessions: Sessions;
  readonly activity: Activity;
  /** Where what can be taken back is kept for later Podlabs; left out where there are none. */
  readonly history?: History | undefined;
}
