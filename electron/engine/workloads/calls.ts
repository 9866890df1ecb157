// The contract's calls for workloads and Services.
import type { EngineCalls } from '../calls.ts';
import type { Changes } from '../cluster/changes.ts';
import { runInSession } from '../cluster/session-action.ts';
import { applyWorkloadFixAction } from './apply-fix.ts';
import { workloadWatches } from './watch.ts';

export function workloadCalls(changes: Changes): EngineCalls['workloads'] {
  return {
    ...workloadWatches(changes.sessions, changes.docker),
    applyFix: (input, signal) => runInSession(changes, input.context, signal, (parts) => applyWorkloadFixAction(parts, input)),
  };
}
