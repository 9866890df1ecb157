// The server's own Table of a namespace's pods, followed: at each change its STATUS, READY and RESTARTS are compared with ours.
import type { Pod } from '../../shared/kubernetes/objects.ts';
import { podColumns } from '../../shared/kubernetes/pod-status.ts';
import { TABLE, type Api, type Json } from '../conformance/http.ts';

export interface ServerRows extends AsyncDisposable {
  /** The pods as they are now, with the server's word for each, by name. */
  readonly pods: ReadonlyMap<string, { readonly pod: Pod; readonly status: string }>;
  readonly compared: number;
  /** "pod: server's columns, ours"; empty as long as all agree. */
  readonly differences: readonly string[];
}

const MINOR = 20;
const MOST_FAILURES = 10;

export function followRows(api: Api, namespace: string): ServerRows {
  const pods = new Map<string, { pod: Pod; status: string }>();
  const differences: string[] = [];
  const stop = new AbortController();
  let compared = 0;
  let columns: string[] = [];
  const take = (table: Json, isDeleted: boolean) => {
    // Only the first answer of a watch names its columns.
    if (table.columnDefinitions?.length > 0) columns = table.columnDefinitions.map(({ name }: { name: string }) => name);
    for (const { cells, object } of table.rows as { cells: unknown[]; object: Pod }[]) {
      const name = object.metadata.name ?? '';
      const cell = (column: string) => String(cells[columns.indexOf(column)]);
      const server = [cell('Ready'), cell('Status'), cell('Restarts')].join(' | ');
      const { ready, status, restarts } = podColumns(object, new Date(), MINOR);
      const ours = [ready, status, restarts].join(' | ');
      compared += 1;
      if (server !== ours) differences.push(`${name}: ${server}, ours ${ours}`);
      if (isDeleted) pods.delete(name);
      else pods.set(name, { pod: object, status: cell('Status') });
    }
  };
  const follow = async () => {
    // A watch ends after a while, or with its connection; each begins with all that is there.
    for (let failures = 0; !stop.signal.aborted && failures < MOST_FAILURES; ) {
      pods.clear();
      try {
        const events = api.watch(`/api/v1/namespaces/${namespace}/pods`, { includeObject: 'Object', resourceVersion: '0' }, { headers: { accept: TABLE }, signal: stop.signal });
        for await (const { type, object } of events) {
          failures = 0;
          if (type !== 'BOOKMARK' && type !== 'ERROR') take(object, type === 'DELETED');
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        failures += 1;
        if (failures === MOST_FAILURES) differences.push(`the server's table could not be read: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  };
  const ended = follow();
  return {
    pods,
    differences,
    get compared() {
      return compared;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
