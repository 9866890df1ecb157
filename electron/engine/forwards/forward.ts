// One port forward: a listener on this computer that stays until it is stopped, whatever becomes of the pods. Each connection is led to a pod that
// can serve at that moment, through a tunnel of its own.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ForwardRow, ForwardSettings } from '../../../shared/contract/forwards.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { createTopic, type Topic } from '../topic.ts';
import type { TargetState } from './follow-target.ts';
import { createHttpLog, type HttpLog } from './http-log.ts';
import { listenOn, type Listening } from './listen.ts';
import { isMistake, serve } from './serve.ts';
import type { ServingPod } from './target-pods.ts';
import { createTraffic } from './traffic.ts';

/** What a forward needs of a cluster. */
export interface Way extends Disposable {
  readonly state: Topic<TargetState>;
  /** Fails as `openTunnel` does. */
  dial(pod: ServingPod, signal: AbortSignal): Promise<Duplex>;
  /** A refusal in more words: on which ports the pod listens instead. */
  explain(failure: Failure, pod: ServingPod): Promise<Failure>;
}

export interface Forward {
  readonly row: Topic<ForwardRow>;
  readonly log: HttpLog;
  readonly settings: ForwardSettings;
  /**
   * Listens; does nothing where it does already.
   * @param open opens the way to the pods: after the port is there, since whoever connects is held anyway
   * @throws Failure as `listenOn` and `open` do; the row says it, too
   */
  start(open: () => Promise<Way>, localPort?: number): Promise<void>;
  /** Ends its connections and frees the port. */
  stop(): Promise<void>;
  /** Counts for the connections that follow. */
  change(part: Partial<Pick<ForwardSettings, 'strategy' | 'httpLog'>>): void;
}

/** How long a connection waits for a pod. */
const HOLD_MS = 10_000;
/** Bytes are told this often while they flow; everything else at once. */
const TELL_MS = 50;
const SPARK_SECONDS = 30;
const RESET_MS = 2_000;

export function createForward(id: string, wanted: ForwardSettings, holdMs = HOLD_MS): Forward {
  let settings = wanted;
  let listening: Listening | undefined;
  let way: Way | undefined;
  /** Who connects before it is there waits for it. */
  let opening: Promise<Way> | undefined;
  let stopWatching = () => {};
  /** Whether the pod has answered since the client's last word. */
  const sockets = new Map<Socket, { isAnswered: boolean }>();
  const traffic = createTraffic(SPARK_SECONDS);
  const log = createHttpLog();
  const count = { held: 0, total: 0, failed: 0, reconnects: 0, bytesIn: 0, bytesOut: 0 };
  let serving: ServingPod | undefined;
  let turn = 0;
  /** Why it does not listen though it should. */
  let obstacle: FailureData | undefined;
  /** Of the last connection that failed; `isPresent` until one succeeds, or the pods are others. */
  let lastError: (FailureData & { readonly at: string }) | undefined;
  let isPresent = false;

  /** A client that has ended after it was answered is most likely gone: TCP does not tell that from one that still listens. */
  const countOpen = () => [...sockets].filter(([socket, { isAnswered }]) => !(socket.readableEnded && isAnswered)).length;
  const situation = (): Pick<ForwardRow, 'state' | 'reason'> => {
    if (!listening) return obstacle ? { state: 'failed', reason: obstacle } : { state: 'stopped' };
    const { pods, none, problem }: TargetState = way?.state.value ?? { pods: 'unknown' };
    const { at: _, ...error } = lastError ?? { at: '' };
    const isOpen = countOpen() > count.held;
    // A list that may not be read says nothing about a connection that is open.
    if (problem && !(isOpen && problem.code === 'NOT_ALLOWED')) return { state: 'failed', reason: problem };
    if (isOpen) return { state: 'connected' };
    if (none) return { state: isMistake(none) ? 'failed' : 'waiting', reason: none.toData() };
    if (isPresent && 'code' in error) return { state: 'failed', reason: error };
    return { state: pods === 'unknown' ? 'waiting' : 'listening' };
  };
  const read = (): ForwardRow => {
    const pods = way?.state.value.pods;
    return {
      ...settings, id, ...count, ...situation(),
      localPort: settings.localPort,
      listensOn: [...(listening?.addresses ?? [])],
      ...(Array.isArray(pods) ? { readyPods: pods.length } : {}),
      ...(serving ? { servingPod: { name: serving.name, uid: serving.uid } } : {}),
      open: countOpen(),
      recentBytes: traffic.read(),
      ...(lastError ? { lastError } : {}),
    };
  };
  const row = createTopic(read());
  let telling: NodeJS.Timeout | undefined;
  const tell = () => {
    clearTimeout(telling);
    telling = undefined;
    row.set(read());
    // The picture of the last seconds moves on by itself until it is empty.
    if (!traffic.isQuiet()) tellIn(1_000);
  };
  const tellIn = (milliseconds: number) => {
    telling = setTimeout(tell, milliseconds);
    telling.unref();
  };
  let soonAt = 0;
  const tellSoon = () => {
    if (soonAt > performance.now()) return;
    soonAt = performance.now() + TELL_MS;
    clearTimeout(telling);
    tellIn(TELL_MS);
  };

  const fail = (failure: Failure, pod: ServingPod | undefined) => {
    count.failed += 1;
    lastError = { ...failure.toData(), at: new Date().toISOString() };
    isPresent = true;
    const told = lastError;
    if (!way || !pod) return;
    // The client is not kept waiting for more words.
    void way.explain(failure, pod).then((better) => {
      if (better === failure || lastError !== told) return;
      lastError = { ...better.toData(), at: told.at };
      tell();
    });
  };
  const accept = async (socket: Socket) => {
    socket.on('error', () => {}); // The person's program broke its own connection; 'close' follows.
    let isHeld = true;
    let pod: ServingPod | undefined;
    const life = { isAnswered: false };
    sockets.set(socket, life);
    count.total += 1;
    count.held += 1;
    tell();
    const held = (is: boolean) => {
      if (is === isHeld) return;
      isHeld = is;
      count.held += is ? 1 : -1;
      tell();
    };
    socket.once('end', tell);
    socket.once('close', () => {
      sockets.delete(socket);
      held(false);
      tell();
    });
    const along = settings.httpLog ? log.follow() : undefined;
    try {
      const led = way ?? (await opening);
      if (!led || socket.destroyed) return;
      const { state, dial } = led;
      await serve(socket, {
        target: settings.target, state, dial, held, holdMs,
        pick: (pods) => {
          const now = Array.isArray(state.value.pods) ? state.value.pods : [];
          const same = settings.strategy === 'sticky' ? pods.find(({ uid, name }) => uid === serving?.uid && name === serving.name) : undefined;
          return (pod = same ?? (settings.strategy === 'sticky' ? pods[0]! : next(pods, now)));
        },
        connected(now) {
          // Round-robin changes pods all the time; another one took over only where the one before cannot serve any more.
          const isLost = serving && serving.uid !== now.uid && Array.isArray(state.value.pods) && !state.value.pods.some(({ uid }) => uid === serving!.uid);
          if (isLost) count.reconnects += 1;
          serving = now;
          tell();
        },
        toPod(chunk) {
          life.isAnswered = false;
          count.bytesOut += chunk.length;
          traffic.add(chunk.length);
          along?.toPod(chunk);
          tellSoon();
        },
        fromPod(chunk) {
          isPresent = false;
          life.isAnswered = true;
          count.bytesIn += chunk.length;
          traffic.add(chunk.length);
          along?.fromPod(chunk, pod?.name ?? '');
          tellSoon();
        },
      });
    } catch (error) {
      // Whoever had ended and got an answer misses nothing.
      if (socket.readableEnded && life.isAnswered) return void socket.destroy();
      fail(failureOf(error) ?? new Failure('TUNNEL_FAILED', { pod: pod?.name ?? settings.target.name, port: pod?.port ?? 0 }, error), pod);
      // A reset, not an orderly end: the program on this side must not take it for an empty answer.
      socket.resetAndDestroy();
      // Which waits until all is written, and a client that does not read would never let go.
      setTimeout(() => socket.destroy(), RESET_MS).unref();
    }
    tell();
  };
  /** The one after the last, in the order of all that can serve, so that each gets its share whichever of them are tried. */
  const next = (pods: readonly ServingPod[], all: readonly ServingPod[]): ServingPod => {
    for (let step = 0; step < all.length; step += 1) {
      const one = all[turn % all.length]!;
      turn += 1;
      if (pods.includes(one)) return one;
    }
    return pods[0]!;
  };

  const free = async () => {
    stopWatching();
    const [was, led] = [listening, way];
    listening = way = opening = undefined;
    await was?.close();
    for (const socket of sockets.keys()) socket.destroy();
    led?.[Symbol.dispose]();
  };
  return {
    row,
    log,
    get settings() {
      return settings;
    },
    async start(open, localPort = settings.localPort) {
      if (listening) return;
      try {
        listening = await listenOn(settings.address, localPort, (socket) => void accept(socket));
        settings = { ...settings, localPort: listening.port };
        opening = open();
        const opened = await opening;
        // Stopped in between.
        if (!listening) return void opened[Symbol.dispose]();
        way = opened;
        obstacle = undefined;
        isPresent = false;
        let before = podsOf(opened.state.value);
        stopWatching = opened.state.subscribe((state) => {
          const now = podsOf(state);
          if (now !== before) isPresent = false;
          before = now;
          tell();
        });
      } catch (error) {
        await free();
        settings = { ...settings, localPort };
        obstacle = (failureOf(error) ?? new Failure('TUNNEL_FAILED', { pod: settings.target.name, port: 0 }, error)).toData();
        throw error;
      } finally {
        tell();
      }
    },
    async stop() {
      await free();
      obstacle = undefined;
      isPresent = false;
      tell();
    },
    change(part) {
      settings = { ...settings, ...part };
      tell();
    },
  };
}

const podsOf = ({ pods }: TargetState) => (pods === 'unknown' ? '' : pods.map(({ uid, port }) => `${uid}:${port}`).join());
