// The contract's calls for logs.
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';

export function logCalls(_sessions: Sessions, _docker: Docker): EngineCalls['logs'] {
  return {} as EngineCalls['logs'];
}
