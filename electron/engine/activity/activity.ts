// What the person did: one entry an action, with its steps, its outcome, the equivalent commands and, where there is one, the way back.
import { randomUUID } from 'node:crypto';
import type { ActivityEntry } from '../../../shared/contract/activity.ts';
import type { BuildStep } from '../../../shared/contract/build-step.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import type { Progress } from '../../../shared/contract/progress.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { createTopic, type Topic } from '../topic.ts';

const KEPT = 200;
const FRAME_MS = 16;

/** Told by a running action; each goes to the caller's stream and, but for log lines, bytes and a build's steps, into the entry. */
export interface Teller {
  /** The step before is done, this one begins. */
  step(key: string, params?: Message['params']): void;
  log(text: string): void;
  bytes(sent: number, total?: number): void;
  /** A build's step as it is now; the same `id` again when it changed. */
  buildStep(step: BuildStep): void;
  /** The running step failed; the action itself goes on. */
  stepFailed(): void;
  /** From here on the action goes to its end, whoever leaves: for one that ended with its caller so far. Its signal is not aborted any more. */
  goesOn(): void;
  /** What was begun could not be taken back: though it was cancelled, the failure that follows is told. */
  leftBehind(): void;
  /** A line that kubectl or docker would have needed, when it is known only now: after those that are known, or before them. */
  command(line: string, place?: 'last' | 'first'): void;
  /** It waits for a pod to end, and `stop` ends that at once; offered until disposed of. */
  canStopNow(stop: () => Promise<void>): Disposable;
}

export interface Action<Result> {
  readonly title: Message;
  readonly commands: readonly string[];
  readonly subject?: ActivityEntry['subject'];
  /** true: ends when the caller goes away (a build). false: goes on to its end (a recreate must not stop half-way). */
  readonly endsWithCaller: boolean;
  /** Whose action it is, where several share the log. */
  readonly owner?: symbol;
  /** `forget`: nobody can ask for `undo` any more, so what was kept for it may go. */
  run(tell: Teller, signal: AbortSignal): Promise<Ended<Result>>;
}

export interface Ended<Result> {
  readonly result: Result;
  readonly undo?: Undo;
  readonly forget?: () => void;
  /** Keeps the entry for later Podlabs, as it is when it is done. Must not fail. */
  readonly keep?: (entry: ActivityEntry) => Promise<void>;
}

/** Takes a change back. Runs as an action of its own; `id` is the entry of the change. */
export type Undo = (tell: Teller, signal: AbortSignal, id: string) => Promise<void>;

interface WayBackOf {
  readonly undo: Undo;
  readonly forget: (() => void) | undefined;
  readonly commands: string[];
  readonly of: ActivityEntry;
}

/** A change of an earlier Podlab, as it was kept; `undo` where it can be taken back. */
export interface Earlier {
  readonly entry: ActivityEntry;
  readonly undo?: Undo;
}

export interface Activity {
  readonly entries: Topic<readonly ActivityEntry[]>;
  /** Starts an action and streams what it tells; throws its failure at the end of the stream. */
  run<Result>(action: Action<Result>, signal: AbortSignal): AsyncGenerator<Progress<Result>, void, void>;
  /** The same for a call that gives one answer: waits for the result. */
  settle<Result>(action: Action<Result>, signal: AbortSignal): Promise<Result>;
  /** Whether an action runs that must not stop half-way. */
  changing(): boolean;
  /** Resolves when none does. */
  idle(): Promise<void>;
  /** Whether the entry, still kept, is of an action of this owner. */
  isOf(id: string, owner: symbol): boolean;
  /** Ends the wait of a running entry. @throws Failure NOTHING_TO_STOP, or what the server says */
  stopNow(id: string): Promise<void>;
  /** Takes in what an earlier Podlab did, before all that is there, with its ways back. */
  adopt(earlier: readonly Earlier[], owner?: symbol): void;
  /** Runs the way back of an entry. @throws Failure NOTHING_TO_UNDO */
  undo(id: string, signal: AbortSignal): AsyncGenerator<Progress<Record<string, never>>, void, void>;
}

export function createActivity(now: () => Date = () => new Date()): Activity {
  const entries = createTopic<readonly ActivityEntry[]>([]);
  const going = new Set<Promise<unknown>>();
  const undos = new Map<string, WayBackOf>();
  const owners = new Map<string, symbol>();
  const stops = new Map<string, () => Promise<void>>();
  /** Of an entry that has gone meanwhile nothing is offered. */
  const offer = (way: WayBackOf) => {
    if (entries.value.some(({ id }) => id === way.of.id)) undos.set(way.of.id, way);
    else way.forget?.();
  };

  const change = (id: string, part: (entry: ActivityEntry) => Partial<ActivityEntry>) =>
    entries.set(entries.value.map((entry) => (entry.id === id ? { ...entry, ...part(entry) } : entry)));

  const activity: Activity = {
    entries,
    changing: () => going.size > 0,
    isOf: (id, owner) => owners.get(id) === owner,
    async idle() {
      while (going.size > 0) await Promise.all(going);
    },
    async *run(action, signal) {
      const id = randomUUID();
      const entry: ActivityEntry = {
        id,
        startedAt: now().toISOString(),
        title: action.title,
        commands: [...action.commands],
        state: 'running',
        steps: [],
        undo: 'none',
        ...(action.subject ? { subject: action.subject } : {}),
      };
      const kept = [...entries.value, entry].slice(-KEPT);
      for (const gone of entries.value) {
        if (kept.includes(gone)) continue;
        undos.get(gone.id)?.forget?.();
        undos.delete(gone.id);
        owners.delete(gone.id);
      }
      if (action.owner) owners.set(id, action.owner);
      entries.set(kept);
      const queue = createQueue<Progress<never>>();
      const endStep = (state: 'done' | 'failed') => {
        const running = entries.value.find((e) => e.id === id)?.steps.find((step) => step.state === 'running');
        if (!running) return;
        change(id, (e) => ({ steps: e.steps.map((step) => (step.state === 'running' ? { ...step, state } : step)) }));
        queue.push({ type: 'step', step: running.step, state });
      };
      let bytesAt = 0;
      const buildSteps = new Map<string, { told: BuildStep; at: number }>();
      let endsWithCaller = action.endsWithCaller;
      let hasLeft = false;
      const ended = Promise.withResolvers<void>();
      const tell: Teller = {
        step(key, params = {}) {
          endStep('done');
          const step = { key, params };
          change(id, (e) => ({ steps: [...e.steps, { step, state: 'running' }] }));
          queue.push({ type: 'step', step, state: 'running' });
        },
        log: (text) => queue.push({ type: 'log', text }),
        bytes(sent, total) {
          // A screen draws a frame, not a chunk; the last count is told all the same.
          if (sent !== total && performance.now() - bytesAt < FRAME_MS) return;
          bytesAt = performance.now();
          queue.push({ type: 'bytes', sent, total });
        },
        buildStep(step) {
          const known = buildSteps.get(step.id);
          const isNews = !known || known.told.state !== step.state || known.told.instruction !== step.instruction;
          // A change of state is always told; in between, a running step may tell its time as often as it likes.
          if (!isNews && performance.now() - known.at < FRAME_MS) return;
          buildSteps.set(step.id, { told: step, at: performance.now() });
          queue.push({ type: 'build-step', buildStep: step });
        },
        stepFailed: () => endStep('failed'),
        goesOn() {
          own.signal.throwIfAborted();
          if (!endsWithCaller) return;
          endsWithCaller = false;
          going.add(ended.promise);
          queue.push({ type: 'goes-on' });
        },
        leftBehind: () => void (hasLeft = true),
        canStopNow(stop) {
          stops.set(id, stop);
          change(id, () => ({ canStopNow: true }));
          queue.push({ type: 'waits', activityId: id });
          return {
            [Symbol.dispose]() {
              if (stops.get(id) !== stop) return;
              stops.delete(id);
              change(id, () => ({ canStopNow: false }));
            },
          };
        },
        command: (line, place = 'last') => change(id, (e) => ({ commands: place === 'first' ? [line, ...e.commands] : [...e.commands, line] })),
      };
      const finish = (part: Partial<ActivityEntry>) => change(id, () => ({ finishedAt: now().toISOString(), ...part }));
      const own = new AbortController();
      const running = action.run(tell, own.signal).then(
        async ({ result, undo, forget, keep }) => {
          endStep('done');
          const end = { state: 'done', undo: undo ? 'offered' : 'none', finishedAt: now().toISOString() } as const;
          await keep?.({ ...(entries.value.find((e) => e.id === id) ?? entry), ...end });
          if (undo) offer({ undo, forget, commands: [], of: entry });
          finish(end);
          return { result };
        },
        (error: unknown) => {
          endStep('failed');
          const failure = failureOf(error);
          if (own.signal.aborted && !hasLeft) finish({ state: 'cancelled' });
          else finish({ state: 'failed', failure: failure?.toData() ?? { code: 'BUG', params: {}, cause: String(error) } });
          return { error: failure ?? error };
        },
      );
      if (!endsWithCaller) going.add(ended.promise);
      void running.finally(() => {
        going.delete(ended.promise);
        ended.resolve();
        queue.end();
      });
      const onAbort = () => {
        if (endsWithCaller) own.abort(signal.reason);
        queue.end();
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        yield* queue.drain();
        if (signal.aborted) return;
        const outcome = await running;
        if ('error' in outcome) throw outcome.error;
        yield { type: 'done', activityId: id, result: outcome.result };
      } finally {
        signal.removeEventListener('abort', onAbort);
        // The stream may be closed without an abort (the reader returned early): that is going away, too.
        if (endsWithCaller) own.abort();
      }
    },
    async settle(action, signal) {
      for await (const event of activity.run(action, signal)) if (event.type === 'done') return event.result;
      throw signal.reason;
    },
    async stopNow(id) {
      const stop = stops.get(id);
      if (!stop) throw new Failure('NOTHING_TO_STOP', { id }, 'no action of this id waits for a pod to end');
      await stop();
    },
    adopt(earlier, owner) {
      const known = new Set(entries.value.map(({ id }) => id));
      const taken = earlier.filter(({ entry }) => !known.has(entry.id)).slice(-KEPT);
      // Whose they are is known before anybody sees them.
      if (owner) for (const { entry } of taken) owners.set(entry.id, owner);
      entries.set([...taken.map(({ entry }) => entry), ...entries.value].slice(-KEPT));
      for (const { entry, undo } of taken) {
        if (undo) offer({ undo, forget: undefined, commands: [], of: entry });
      }
    },
    async *undo(id, signal) {
      const kept = undos.get(id);
      const owner = owners.get(id);
      if (!kept) throw new Failure('NOTHING_TO_UNDO', { id }, 'no change of this id can be undone');
      undos.delete(id);
      change(id, () => ({ undo: 'none' }));
      yield* activity.run(
        {
          title: { key: 'activity.undo', params: { title: kept.of.title.key, ...kept.of.title.params } },
          commands: kept.commands,
          subject: kept.of.subject,
          endsWithCaller: false,
          ...(owner ? { owner } : {}),
          async run(tell, own) {
            try {
              await kept.undo(tell, own, id);
            } catch (error) {
              // It did not happen, so it may be tried again; unless another Podlab did it.
              if (error instanceof Failure && error.code === 'NOTHING_TO_UNDO') kept.forget?.();
              else {
                offer(kept);
                change(id, () => ({ undo: 'offered' }));
              }
              throw error;
            }
            change(id, () => ({ undo: 'undone' }));
            return { result: {} };
          },
        },
        signal,
      );
    },
  };
  return activity;
}

/**
 * The log, as those see it who look at one of the worlds that share it: what was changed in another one is told, and cannot be undone from here.
 * Disposed of when nobody looks at that world any more; what runs in it goes on into the log.
 */
export function activityOfOne(log: Activity): Activity & Disposable {
  const owner = Symbol('world');
  const seen = (all: readonly ActivityEntry[]) =>
    all.map((entry): ActivityEntry => (entry.undo !== 'offered' || log.isOf(entry.id, owner) ? entry : { ...entry, undo: 'none' }));
  const entries = createTopic(seen(log.entries.value));
  const stop = log.entries.subscribe((all) => entries.set(seen(all)));
  return {
    ...log,
    entries,
    run: (action, signal) => log.run({ ...action, owner }, signal),
    settle: (action, signal) => log.settle({ ...action, owner }, signal),
    adopt: (earlier) => log.adopt(earlier, owner),
    async stopNow(id) {
      if (!log.isOf(id, owner)) throw new Failure('NOTHING_TO_STOP', { id }, 'the action runs in another place');
      await log.stopNow(id);
    },
    undo(id, signal) {
      if (!log.isOf(id, owner)) throw new Failure('NOTHING_TO_UNDO', { id }, 'the change was made in another place');
      return log.undo(id, signal);
    },
    [Symbol.dispose]: stop,
  };
}

interface Queue<Item> {
  push(item: Item): void;
  end(): void;
  drain(): AsyncGenerator<Item, void, void>;
}

function createQueue<Item>(): Queue<Item> {
  const items: Item[] = [];
  let ended = false;
  let wake: () => void = () => {};
  return {
    push(item) {
      if (ended) return;
      items.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *drain() {
      while (true) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
