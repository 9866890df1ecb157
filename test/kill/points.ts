// The points of a recreate at which everything may end.
import type { Passing } from '../fixtures/fault-proxy.ts';
import type { Told } from '../fixtures/recreating.ts';

/** A request on its way to the server, its answer on the way back, or a file of the journal. */
type Moment = { readonly request: 'dry run' | 'delete' | 'look' | 'create'; readonly when: 'before' | 'answered' } | Extract<Told, { file: string }>;

export interface Point {
  readonly name: string;
  readonly at: Moment;
  /** Whether the change is unfinished then, so that the next Podlab has to offer it. Elsewhere the pod is there. */
  readonly offered: boolean;
  /** The pod is the new one. */
  readonly isDone?: true;
}

export const points: readonly Point[] = [
  { name: 'before the dry run', at: { request: 'dry run', when: 'before' }, offered: false },
  { name: 'the dry run is answered, and nobody heard it', at: { request: 'dry run', when: 'answered' }, offered: false },
  { name: 'the journal is written, but not under its name', at: { file: 'open', when: 'before' }, offered: false },
  { name: 'the journal is open', at: { file: 'open', when: 'after' }, offered: true },
  { name: 'before the delete', at: { request: 'delete', when: 'before' }, offered: true },
  { name: 'the pod is deleted, and nobody heard it', at: { request: 'delete', when: 'answered' }, offered: true },
  { name: 'while waiting until it is gone', at: { request: 'look', when: 'before' }, offered: true },
  { name: 'it is gone, before the create', at: { request: 'create', when: 'before' }, offered: true },
  { name: 'the new one is created, and nobody heard it', at: { request: 'create', when: 'answered' }, offered: true },
  { name: 'created, before the journal is closed', at: { file: 'done', when: 'before' }, offered: true },
  { name: 'the journal is closed', at: { file: 'done', when: 'after' }, offered: false, isDone: true },
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
