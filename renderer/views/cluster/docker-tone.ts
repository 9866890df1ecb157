// The colour class of each state of Docker.
import type { DockerState } from '../../../shared/contract/environment.ts';

export const dockerTone: Record<DockerState['state'], string> = { connecting: 'busy', connected: 'ok', absent: 'bad', refused: 'bad', stopped: 'warn' };
