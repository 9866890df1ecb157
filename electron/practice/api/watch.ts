// A watch: every change of what is selected, as lines of JSON until the time is over. apiserver, pkg/storage/cacher and
// pkg/endpoints/handlers/watch.go.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
import type { ServerResponse } from 'node:http';
import { storeName, type Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { Compacted, type Change, type Store } from '../store/store.ts';
import { expired } from './api-error.ts';
import type { ListOptions } from './list-options.ts';
import type { Representation } from './representation.ts';
import { groupVersion } from './rest.ts';

/** What may wait for a client that does not read, before the server gives it up (the cacher gives it far less, but takes it from a buffer). */
const WAITING_EVENTS = 10_000;
const WAITING_CHARACTERS = 16 * 1024 * 1024;
/** How much is sent at once: a connection is done with one write in each round of the event loop, in which hundreds of objects may change. */
const BATCH_CHARACTERS = 128 * 1024;
/** A watch without timeoutSeconds ends after half an hour to an hour (--min-request-timeout). */
const SHORTEST_WATCH = 1800;
/** About once a minute, and shortly before the end (cacher, bookmarkFrequency). */
const BOOKMARK_EVERY = 60_000;
const BOOKMARK_BEFORE_END = 2_000;

export interface WatchRequest {
  readonly store: Store;
  readonly kind: Kind;
  readonly namespace: string;
  readonly options: ListOptions;
  readonly form: Representation;
  readonly minor: number;
  /** Its response ends with this signal. */
  readonly signal: AbortSignal;
}

/** Answers with events until the client goes, its time is over or it cannot follow. Never throws: what is wrong is an ERROR event. */
export function serveWatch(request: WatchRequest, response: ServerResponse): void {
  const { store, kind, namespace, options, form, minor, signal } = request;
  const { resourceVersion = 0, sendInitialEvents } = options;
  const queue = eventQueue(response);
  const selects = (object: KubeObject) => (namespace === '' || object.metadata.namespace === namespace) && options.matches(object);
  let first = true;
  const line = (type: string, object: KubeObject): string => {
    const text = eventLine(form, type, object, first);
    first = false;
    return text;
  };
  const bookmark = (annotations?: Record<string, string>) => {
    // A watch from a revision to come is told nothing before that.
    if (store.revision < resourceVersion) return;
    queue.push(`{"type":"BOOKMARK","object":${bookmarkObject(kind, store.revision, minor, annotations)}}\n`);
  };
  const onChange = (change: Change) => {
    const event = selected(change, selects);
    if (event) queue.push(line(event.type, event.object));
  };

  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  let stop = () => {};
  try {
    // Without a revision, and from "0", the client gets what is there as if it had just come.
    const all = sendInitialEvents ?? resourceVersion === 0;
    const from = all || (sendInitialEvents === false && resourceVersion === 0) ? store.revision : resourceVersion;
    if (all) queue.begin(added(store.list(storeName(kind), namespace).filter(selects), line));
    stop = store.watch(storeName(kind), from, onChange);
    if (sendInitialEvents && options.allowWatchBookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    queue.push(`${JSON.stringify({ type: 'ERROR', object: expired(error.message).status })}\n`);
    queue.end();
    return;
  }

  const seconds = options.timeoutSeconds || SHORTEST_WATCH * (1 + Math.random());
  const timers = [setTimeout(() => queue.end(), Math.min(seconds * 1000, 2 ** 31 - 1))];
  if (options.allowWatchBookmarks) {
    const last = seconds * 1000 - BOOKMARK_BEFORE_END;
    if (last > 0) timers.push(setTimeout(() => bookmark(), Math.min(last, 2 ** 31 - 1)));
    timers.push(setInterval(() => bookmark(), BOOKMARK_EVERY * (1 + Math.random() / 4)));
  }
  for (const timer of timers) timer.unref();
  const finish = () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', end);
  };
  const end = () => queue.end();
  signal.addEventListener('abort', end);
  response.once('close', finish);
}

/** The line that was made last. All watches are told of a change one after the other, and wait for their clients with one text, not one each. */
let last = { write: undefined as Representation['event'] | undefined, type: '', object: undefined as KubeObject | undefined, text: '' };

function eventLine({ event: write }: Representation, type: string, object: KubeObject, first: boolean): string {
  if (last.write !== write || last.type !== type || last.object !== object) {
    last = { write, type, object, text: `{"type":"${type}","object":${write(object, first)}}\n` };
  }
  return last.text;
}

/** With a selector, an object that begins to match is new to the client and one that ceases to is gone, in its last matching form. */
function selected(change: Change, selects: (object: KubeObject) => boolean): { type: string; object: KubeObject } | undefined {
  const { type, object, previous, revision } = change;
  const before = previous !== undefined && selects(previous);
  if (type === 'DELETED') return before ? { type, object } : undefined;
  if (selects(object)) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } } };
}

function* added(objects: readonly KubeObject[], line: (type: string, object: KubeObject) => string): Generator<string> {
  for (const object of objects) yield line('ADDED', object);
}

function bookmarkObject(kind: Kind, revision: number, minor: number, annotations?: Record<string, string>): string {
  return JSON.stringify({
    kind: kind.kind,
    apiVersion: groupVersion(kind),
    metadata: {
      resourceVersion: String(revision),
      // Go wrote the empty time until 1.34.
      ...(minor < 34 ? { creationTimestamp: null } : {}),
      ...(annotations ? { annotations } : {}),
    },
    ...(kind.kind === 'Pod' ? { spec: { containers: null }, status: {} } : {}),
  });
}

/** Lines for one client: first those of `begin`, made when they can be sent, then what was pushed. A client that is too slow is let go. */
function eventQueue(response: ServerResponse) {
  let initial: Iterator<string> | undefined;
  let waiting: string[] = [];
  let next = 0;
  let characters = 0;
  let blocked = false;
  let ending = false;

  function take(): string | undefined {
    if (initial) {
      const { value, done } = initial.next();
      if (!done) return value;
      initial = undefined;
    }
    const line = waiting[next];
    if (line === undefined) return undefined;
    next += 1;
    characters -= line.length;
    if (next === waiting.length || next > 1000) {
      waiting = waiting.slice(next);
      next = 0;
    }
    return line;
  }

  function batch(): string {
    let text = '';
    for (let line = take(); line !== undefined; line = take()) {
      text += line;
      if (text.length >= BATCH_CHARACTERS) break;
    }
    return text;
  }

  function pump(): void {
    while (!blocked && !response.destroyed) {
      const text = batch();
      if (text === '') {
        if (ending) response.end();
        return;
      }
      if (response.write(text)) continue;
      blocked = true;
      response.once('drain', () => {
        blocked = false;
        pump();
      });
    }
  }

  return {
    begin(lines: Iterator<string>) {
      initial = lines;
      pump();
    },
    push(line: string) {
      if (ending || response.destroyed) return;
      waiting.push(line);
      characters += line.length;
      if (waiting.length - next > WAITING_EVENTS || characters > WAITING_CHARACTERS) response.destroy();
      else pump();
    },
    /** After what is waiting has been sent; a client that does not read is not waited for. */
    end() {
      if (ending) return;
      ending = true;
      if (blocked) setTimeout(() => response.destroy(), 5000).unref();
      pump();
    },
  };
}
