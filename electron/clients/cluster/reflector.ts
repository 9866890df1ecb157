// A list kept true by a watch: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
//
// How a connection that died without a word is noticed: where the TCP peer is the server, by TCP keep-alive (30 s of silence, then ten
// probes a second apart: 40 s). Where something in between (Docker's port proxy, an SSH tunnel) keeps TCP alive, by silence: servers send a
// bookmark a minute, so after the first one 180 s without any are too long; a server without bookmarks ends each watch after
// `timeoutSeconds`, so longer than that is too long. A server that is killed on this computer closes its sockets: seen at once.
import { Failure } from '../../../shared/contract/failures.ts';
import type { ObjectMeta } from '../../../shared/kubernetes/objects.ts';
import { ApiError, failureOf, type Status } from './api-error.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ClusterConnection } from './connection.ts';
import { lineBatches } from './lines.ts';
import { type ReflectorState, trackState } from './reflector-state.ts';

export type { ReflectorState } from './reflector-state.ts';

/** `deleted` is to be applied before `upserted`: a pod may be replaced by one of its name in one batch. Every object has its `metadata.uid`. */
export type Batch<Item> =
  | { readonly type: 'snapshot'; readonly items: readonly Item[] }
  | { readonly type: 'changes'; readonly upserted: readonly Item[]; readonly deleted: readonly Item[] };

export interface ReflectOptions<Item> {
  readonly connection: ClusterConnection;
  /** `/api/v1/pods`, `/api/v1/namespaces/default/pods`, `/apis/apps/v1/deployments`. */
  readonly path: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly signal: AbortSignal;
  readonly pageSize?: number;
  /** `metadata.managedFields` is removed from every object unless this is set: it is half of their size, and only who asks for a field's origin needs it. */
  readonly keepManagedFields?: boolean;
  /** Awaited before anything more is read, so a slow reader slows the server down and does not fill the memory. */
  onChange(batch: Batch<Item>): void | Promise<void>;
  onState(state: ReflectorState): void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

type Reflected = { readonly metadata: ObjectMeta; readonly apiVersion?: string; readonly kind?: string };
interface List<Item> { readonly kind: string; readonly apiVersion: string; readonly metadata: { readonly resourceVersion: string; readonly continue?: string }; readonly items: Item[] | null }
interface WatchEvent<Item> { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; readonly object: Item | Status }

const FORBIDDEN_RETRY_MS = 60_000;
const UNAUTHORIZED_RETRY_MS = 30_000;
/** A watch that lasted this long was a good one: the next back-off begins at nothing again. */
const GOOD_WATCH_MS = 10_000;
const BOOKMARK_SILENCE_MS = 180_000;
/** How often silence is looked for. */
const LOOK_MS = 15_000;
/** How late a server may end a watch, and how long the next one may take before it is called a break. */
const LATE_END_MS = 15_000;
const SEAMLESS_MS = 1_000;

/**
 * Lists in pages, watches, and keeps at it until the signal aborts or the connection is closed; then it resolves. Each (re)list gives a `snapshot`, what happens after it `changes`.
 * A broken watch goes on from the last resource version after 0, 1, 2, 4 .. 30 s; a version that is too old (410) lists anew; 401 was
 * tried again with new credentials by the connection, then is told and tried every 30 s; 403 is told and tried every 60 s.
 * Rejects only if a callback throws.
 */
export async function reflect<Item extends Reflected>(options: ReflectOptions<Item>): Promise<void> {
  const { connection, path, pageSize = 500, clock = systemClock, random = Math.random } = options;
  const signal = AbortSignal.any([options.signal, connection.closed]);
  const selectors = { fieldSelector: options.fieldSelector, labelSelector: options.labelSelector };
  let fault: { readonly error: unknown } | undefined;
  const ours = <Argument>(callback: (argument: Argument) => void | Promise<void>) => async (argument: Argument) => {
    try {
      await callback(argument);
    } catch (error) {
      fault ??= { error };
      throw error;
    }
  };
  const deliver = ours<Batch<Item>>((batch) => options.onChange(batch));
  const state = trackState((next) => { try { options.onState(next); } catch (error) { fault ??= { error }; } }, clock, signal);

  let version: string | undefined; // of the last thing seen; undefined: list first
  let failures = 0;

  const list = async (): Promise<string> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // The third time in one go: pages are too slow for this server's compaction.
        return await listPages(attempt < 3 ? pageSize : undefined);
      } catch (error) {
        if (!(isExpired(error) && attempt < 3)) throw error;
      }
    }
  };
  const listPages = async (limit: number | undefined): Promise<string> => {
    const items: Item[] = [];
    let next: string | undefined;
    for (;;) {
      const { json: page } = await connection.request<List<Item>>({ path, query: { ...selectors, limit, continue: next }, signal });
      if (typeof page?.kind !== 'string' || typeof page.metadata !== 'object') throw new ApiError(200, 'NotAList', `${path} is no list`);
      const kind = page.kind.replace(/List$/, '');
      // Items of a list come without their kind; those of a watch with it.
      for (const item of page.items ?? []) items.push(trimmed({ apiVersion: page.apiVersion, kind, ...item }, options.keepManagedFields));
      next = page.metadata.continue || undefined;
      if (next === undefined) {
        await deliver({ type: 'snapshot', items });
        return page.metadata.resourceVersion;
      }
    }
  };

  /** One watch, from its request to its end. */
  const watchOnce = async (seamlessSince: number | undefined): Promise<'ended' | 'expired'> => {
    const timeoutSeconds = 290 + Math.floor(random() * 60);
    const ending = new AbortController();
    // After an orderly end there is nothing to tell if the next watch is open within a moment.
    if (seamlessSince !== undefined) void clock.sleep(SEAMLESS_MS, ending.signal).then(() => { if (!opened && !ending.signal.aborted) state.broke(seamlessSince); });
    let opened = false;
    const openedAt = clock.now();
    let lastSign = openedAt;
    let silenceLimit = timeoutSeconds * 1000 + LATE_END_MS;
    let delivering = false;
    try {
      await using stream = await connection.stream({
        path,
        query: { ...selectors, watch: true, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds },
        signal: AbortSignal.any([signal, ending.signal]),
      });
      opened = true;
      state.opened();
      void (async () => {
        for (let left = silenceLimit; !ending.signal.aborted; left = lastSign + silenceLimit - clock.now()) {
          if (delivering) lastSign = clock.now();
          else if (left <= 0) ending.abort(silence(connection, clock.now() - lastSign));
          await clock.sleep(LOOK_MS, ending.signal);
        }
      })();
      for await (const lines of lineBatches(stream)) {
        lastSign = clock.now();
        const upserted = new Map<string, Item>();
        const deleted = new Map<string, Item>();
        let expired = false;
        for (const line of lines) {
          if (line === '') continue;
          const event = parseEvent<Item>(line) ?? cut(connection);
          if (event.type === 'ERROR') {
            const error = statusError(event.object);
            if (!isExpired(error)) throw error;
            expired = true;
            break;
          }
          const item = event.object as Item;
          version = item.metadata.resourceVersion ?? version;
          if (event.type === 'BOOKMARK') {
            silenceLimit = Math.min(silenceLimit, BOOKMARK_SILENCE_MS);
            continue;
          }
          const uid = item.metadata.uid ?? `${item.metadata.namespace}/${item.metadata.name}`;
          upserted.delete(uid);
          if (event.type === 'DELETED') deleted.set(uid, trimmed(item, options.keepManagedFields));
          else upserted.set(uid, trimmed(item, options.keepManagedFields));
        }
        if (upserted.size > 0 || deleted.size > 0) {
          delivering = true;
          await deliver({ type: 'changes', upserted: [...upserted.values()], deleted: [...deleted.values()] });
          delivering = false;
          lastSign = clock.now();
        }
        if (expired) return 'expired';
        failures = 0;
      }
      if (clock.now() - openedAt >= GOOD_WATCH_MS) failures = 0;
      // Ended by the server when its time was up: nothing is broken. Earlier: it shuts down, or something between cut it.
      if (clock.now() - openedAt < (timeoutSeconds - 2) * 1000) throw networkBreak(connection);
      return 'ended';
    } catch (error) {
      if (opened && clock.now() - openedAt >= GOOD_WATCH_MS) failures = 0;
      if (opened && !signal.aborted) state.broke(ending.signal.aborted ? lastSign : clock.now(), failureOf(error)?.toData());
      throw error;
    } finally {
      ending.abort();
    }
  };

  let seamlessSince: number | undefined;
  while (!signal.aborted) {
    let wait: number;
    try {
      version ??= await list();
      const outcome = await watchOnce(seamlessSince);
      seamlessSince = outcome === 'ended' ? clock.now() : undefined;
      if (outcome === 'ended') continue;
      version = undefined;
      state.broke(clock.now());
      wait = backOff(failures, random);
    } catch (error) {
      if (fault) throw fault.error;
      if (signal.aborted) break;
      const failure = failureOf(error);
      if (!failure) throw error;
      if (seamlessSince !== undefined) state.broke(seamlessSince, failure.toData());
      seamlessSince = undefined;
      if (isExpired(error) || error instanceof WatchError) version = undefined;
      wait = backOff(failures, random);
      if (failure.code === 'NOT_ALLOWED') {
        state.refused('forbidden', failure.toData());
        wait = FORBIDDEN_RETRY_MS;
      } else if (failure.code === 'CREDENTIALS_REFUSED') {
        state.refused('unauthorized', failure.toData());
        wait = UNAUTHORIZED_RETRY_MS;
      } else {
        state.failed(failure.toData());
        if (error instanceof ApiError && error.retryAfterSeconds !== undefined) wait = Math.max(wait, error.retryAfterSeconds * 1000);
      }
    }
    failures += 1;
    if (wait > 0) await clock.sleep(wait, signal);
  }
  if (fault) throw fault.error;
}

/** Nothing, then about 1, 2, 4, 8, 16, 30, 30 .. seconds: a fifth more or less, so that many watches do not come back at the same moment. */
function backOff(failures: number, random: () => number): number {
  return failures === 0 ? 0 : Math.round(Math.min(30, 2 ** (failures - 1)) * 1000 * (0.8 + 0.4 * random()));
}

/** An ERROR event inside a watch. */
class WatchError extends ApiError {}

function statusError(status: Status): WatchError {
  return new WatchError(status.code ?? 500, status.reason ?? '', status.message ?? 'the watch ended with an error', status);
}

/** The resource version is too old (410), or newer than the server knows, as after a restored backup: list anew. */
function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone' || error.message.includes('Too large resource version'));
}

const unreachable = ({ context }: ClusterConnection, cause: string) => new Failure('CLUSTER_UNREACHABLE', { context: context.name, server: context.server }, cause);
const networkBreak = (connection: ClusterConnection) => unreachable(connection, 'the server ended the watch');
const cut = (connection: ClusterConnection): never => { throw unreachable(connection, 'the watch was cut in the middle of an object'); };
const silence = (connection: ClusterConnection, milliseconds: number) => unreachable(connection, `no sign of life for ${Math.round(milliseconds / 1000)} s`);

function trimmed<Item extends Reflected>(item: Item, keepManagedFields = false): Item {
  if (!keepManagedFields) delete (item.metadata as { managedFields?: unknown }).managedFields;
  return item;
}

function parseEvent<Item>(line: string): WatchEvent<Item> | undefined {
  try {
    return JSON.parse(line) as WatchEvent<Item>;
  } catch {
    return undefined;
  }
}
