// The requests that were sent, on disk, a file for each context. They are a convenience: no trouble with a file ever fails a request.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sentRequest, type SentRequest } from '../../../../shared/contract/requests.ts';
import { openKeptList, type KeptList } from '../../kept-list.ts';
import type { Topic } from '../../topic.ts';

const KEPT = 200;

export interface RequestHistory {
  /** The newest first; undefined until the file was read. */
  of(context: string): Topic<readonly SentRequest[] | undefined>;
  /** Resolves when the disk has it, or cannot. */
  add(context: string, sent: SentRequest): Promise<void>;
  /** @param id of one; all of the context where it is left out. @throws Failure FILE_NOT_WRITTEN */
  forget(context: string, id?: string): Promise<void>;
}

/** @param directory is made when the first request is written */
export function openRequestHistory(directory: string): RequestHistory {
  const lists = new Map<string, KeptList<SentRequest>>();
  const listOf = (context: string): KeptList<SentRequest> => {
    // A context's name may be a URL: no name of a file.
    const name = createHash('sha256').update(context).digest('hex').slice(0, 32);
    const list = lists.get(context) ?? openKeptList(join(directory, 'http-history', `${name}.json`), sentRequest, KEPT, ({ id }) => id);
    lists.set(context, list);
    return list;
  };
  return {
    of: (context) => listOf(context).items,
    add: (context, sent) => listOf(context).add([sent]),
    forget: (context, id) => listOf(context).remove((sent) => id === undefined || sent.id === id),
  };
}
