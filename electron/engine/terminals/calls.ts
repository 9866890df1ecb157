// The contract's calls for terminals.
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';

export interface Terminals extends AsyncDisposable {
  readonly calls: EngineCalls['terminals'];
}

export function openTerminals(_sessions: Sessions, _docker: Docker): Terminals {
  throw new Error('to be written');
}
