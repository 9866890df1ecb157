// What one change of a cluster works with.
import type { Journal } from '../activity/journal.ts';
import type { Docker } from '../docker.ts';
import type { ClusterSession } from './session.ts';

export interface ChangeParts {
  readonly session: ClusterSession;
  readonly docker: Docker;
  readonly journal: Journal;
}
