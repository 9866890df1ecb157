// The points of a recreate at which everything may end.
import type { Passing } from '../fixtures/fault-proxy.ts';
import type { Told } from '../fixtures/recreating.ts';

/** A request on its way to the server, its answer on the way back, or a file of the journal. */
type Moment = { readonly request: 'dry run' | 'delete' | 'look' | 'create'; readonly when: 'before' | 'answered' } | Extract<Told, { file: string }>;

export interface Point {
  readonly name: string;
  readonly at: Moment;
  /** What is there of a pod whose Podlab dies at it: the old one, the new one, or a change that the next Podlab has to offer. */
  readonly leaves: 'untouched' | 'done' | 'unfinished';
}

export const points: readonly Point[] = [
  { name: 'before the dry run', at: { request: 'dry run', when: 'before' }, leaves: 'untouched' },
  { name: 'the dry run is answered, and nobody heard it', at: { request: 'dry run', when: 'answered' }, leaves: 'untouched' },
  { name: 'the journal is written, but not under its name', at: { file: 'open', when: 'before' }, leaves: 'untouched' },
  { name: 'the journal is open', at: { file: 'open', when: 'after' }, leaves: 'unfinished' },
  { name: 'before the delete', at: { request: 'delete', when: 'before' }, leaves: 'unfinished' },
  { name: 'the pod is deleted, and nobody heard it', at: { request: 'delete', when: 'answered' }, leaves: 'unfinished' },
  { name: 'while waiting until it is gone', at: { request: 'look', when: 'before' }, leaves: 'unfinished' },
  { name: 'it is gone, before the create', at: { request: 'create', when: 'before' }, leaves: 'unfinished' },
  { name: 'the new one is created, and nobody heard it', at: { request: 'create', when: 'answered' }, leaves: 'unfinished' },
  { name: 'created, before the journal is closed', at: { file: 'done', when: 'before' }, leaves: 'unfinished' },
  { name: 'the journal is closed', at: { file: 'done', when: 'after' }, leaves: 'done' },
];

/** Which request of a recreate of `name` one is; those before the delete that only read are of no interest. */
export function requestsOf(name: string): (passing: Passing) => Extract<Moment, { request: string }>['request'] | undefined {
  let isDeleted = false;
  return ({ method, path, dryRun }) => {
    if (method === 'PATCH' && dryRun) return 'dry run';
    if (!path.endsWith(`/pods/${name}`)) return undefined;
    if (method === 'DELETE') {
      isDeleted = true;
      return 'delete';
    }
    return method === 'PATCH' ? 'create' : method === 'GET' && isDeleted ? 'look' : undefined;
  };
}
