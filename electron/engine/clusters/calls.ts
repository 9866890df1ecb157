// The contract's calls for the local clusters and the tools that make them.
import type { EngineCalls } from '../calls.ts';

export function clusterCalls(): EngineCalls['clusters'] {
  return { watch: () => notYet(), watchContexts: () => notYet(), create: () => notYet(), start: () => notYet(), stop: () => notYet(), remove: () => notYet() };
}

function notYet(): never {
  throw new Error('not there yet');
}
