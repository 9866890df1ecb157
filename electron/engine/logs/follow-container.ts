// One container's log from now on, over cuts of the stream and over restarts of the container, each line once.
import type { LogSource } from '../../../shared/contract/logs.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError, failureOf } from '../../clients/cluster/api-error.ts';
import { bytesOf, createLineReader, type LogEntry } from '../../clients/cluster/log-lines.ts';
import { openLogStream } from '../../clients/cluster/log-stream.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { hasRun, logContainers, type LogContainer } from './containers.ts';
import { createJoin } from './join.ts';
import type { MergedSource } from './merge.ts';
import type { LogPods } from './pods-of.ts';
import { startSlices } from './slices.ts';

export interface FollowedContainer {
  readonly session: ClusterSession;
  readonly pods: LogPods;
  readonly namespace: string;
  /** As it was seen. */
  readonly pod: Pod;
  readonly container: string;
  /** The run before the present one, once. */
  readonly previous: boolean;
  readonly tail: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly into: MergedSource;
  readonly signal: AbortSignal;
  onState(state: LogSource['state'], failure?: FailureData): void;
  onGrow(entry: LogEntry): void;
}

const FIRST_AGAIN_MS = 100;
const LAST_AGAIN_MS = 5_000;
/** The kubelet's status may be so much behind its log. */
const STATUS_BEHIND_MS = 1_000;

/**
 * A kubelet may lose sight of a log that it rotates while it is followed: it goes on waiting at the end of the old file, and says nothing (seen with 1.20 on
 * containerd; `kubectl logs -f` stands still, too). Nothing tells of it: after so many new bytes a stream that falls silent is asked for once more.
 */
const MAY_BE_ROTATED = 1024 * 1024;
const SILENT_MS = 2_000;
const silent = new Error('the stream is silent');

/** What the kubelet writes in place of a log that the runtime has thrown away: see clients/cluster/log-tail.ts. */
const noLog = /^(?:unable to retrieve container logs for|failed to try resolving symlinks in path|rpc error: code = )/;

/** Resolves when the container has said all. Never throws, but for what is a bug. */
export async function followContainer(options: FollowedContainer): Promise<void> {
  const { session, pods, namespace, container, into, signal, onState } = options;
  const { name = '', uid = '' } = options.pod.metadata;
  const join = createJoin();
  const began = performance.now();
  /** When the server answered first, in seconds by its clock. */
  let firstAnswer: number | undefined;
  /** Since the stream was opened that is followed, and that were not had before. */
  let newBytes = 0;
  let lastNote = '';
  let hadLines = false;
  /** How long it waited before it tried again; 0 since something came. */
  let again = 0;
  /** Of what was written before it was opened; all that a container writes that starts later is new. */
  let tail = options.tail;
  const waiting = () => {
    tail = undefined;
    onState('waiting');
  };

  /** From where on: what is known, else what was asked for at first. */
  const range = () => {
    if (join.since !== undefined) return { sinceTime: join.since };
    if (firstAnswer === undefined) return { tailLines: tail, sinceSeconds: options.sinceSeconds };
    // There was nothing, or nothing was asked for: all that came since.
    if (tail === 0) return { sinceTime: firstAnswer };
    return { tailLines: tail, sinceSeconds: options.sinceSeconds === undefined ? undefined : options.sinceSeconds + Math.ceil((performance.now() - began) / 1000) };
  };
  /** To the stream's end. Fails as the stream. */
  const readStream = async (what: { readonly follow: boolean; readonly previous: boolean }, onOpen: () => void) => {
    const client = await session.client(signal);
    const ending = new AbortController();
    await using stream = await openLogStream(client, { namespace, pod: name, container, ...what, ...range(), signal: AbortSignal.any([signal, ending.signal]) });
    const date = Date.parse(String(stream.headers['date'])) / 1000;
    firstAnswer ??= Number.isFinite(date) ? date : Math.floor(Date.now() / 1000);
    join.again();
    if (what.follow) newBytes = 0;
    onOpen();
    const reader = createLineReader(options.onGrow);
    // A server sends each line by itself; what has come is read in one go, and that not for too long.
    const slices = startSlices();
    let isWaiting = false;
    using _ = every(SILENT_MS, () => {
      if (isWaiting && what.follow && newBytes > MAY_BE_ROTATED) ending.abort(silent);
      isWaiting = true;
    });
    for await (const chunk of stream) {
      isWaiting = false;
      if (slices.isOver) await slices.next();
      const lines = reader.feed(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).filter(join.take);
      if (lines.length === 0) continue;
      hadLines = true;
      again = 0;
      for (const { length } of lines) newBytes += length;
      const room = into.push(lines);
      if (room) await room;
    }
    return reader.end();
  };
  /** Told when all its lines are there. */
  const finish = async (state: 'ended' | 'failed', failure?: FailureData) => {
    into.close();
    await into.drained();
    onState(state, failure);
  };
  /** A line without an end is one only where no more can come. */
  const pushRest = async (rest: LogEntry | undefined) => {
    if (!rest) return;
    if (!Number.isNaN(rest.seconds)) {
      if (join.take(rest)) await into.push([rest]);
      return;
    }
    // What it writes where the runtime has taken the container away is no line of it: the state tells.
    if (isNoLog(rest)) return;
    // The kubelet's own words, which come each time that it is asked.
    const note = bytesOf(rest).toString('utf8');
    if (note !== lastNote) await into.push([rest]);
    lastNote = note;
  };

  try {
    if (options.previous) {
      onState('following');
      const rest = await readStream({ follow: false, previous: true }, () => {});
      if (isNoLog(rest)) return await finish('failed', thrownAway(container, rest));
      await pushRest(rest);
      return await finish('ended');
    }
    let pod: Pod | undefined = options.pod;
    // What was written before is read to its end, and only then followed: so it can be put in order with others', and an API server sends on each line by
    // itself, encrypted by itself, to who follows (LocationStreamer.Flush), which takes two to four times as long.
    let isHistory = true;
    let wasCut = false;
    let read: { readonly id: string; readonly restarts: number } | undefined;
    for (;;) {
      signal.throwIfAborted();
      const at: LogContainer | undefined = pod && logContainers(pod).find((each) => each.name === container);
      if (!pod || !at) return await finish('ended');
      const id = at.status?.containerID ?? '';
      const restarts = at.status?.restartCount ?? 0;
      if (!hasRun(at)) {
        if (at.isOver) return await finish('ended');
        into.caughtUp();
        waiting();
        // The pod's status tells when it starts; it is not asked for again and again.
        await pods.change(uid, pod, signal);
        pod = await readPod(pod);
        continue;
      }
      try {
        // What the run before said after the cut is in a file of its own. Runs before that one are not kept by a kubelet.
        if (read && restarts > read.restarts + (wasCut ? 0 : 1)) await readStream({ follow: false, previous: true }, () => {}).then(pushRest).catch(notThere);
        if (isHistory) {
          const rest = await readStream({ follow: false, previous: false }, () => onState('following'));
          isHistory = false;
          // A line that has no end yet comes whole when it is followed.
          if (at.isOver) {
            if (isNoLog(rest) && !hadLines) return await finish('failed', thrownAway(container, rest));
            await pushRest(rest);
            return await finish('ended');
          }
        }
        const rest = await readStream({ follow: true, previous: false }, () => {
          into.caughtUp();
          again = 0;
          read = { id, restarts };
          onState('following');
        });
        wasCut = false;
        // Here the stream has ended in good order: the container has, or a server between did.
        let now: LogContainer | undefined;
        for (let waited = false; ; waited = true) {
          pod = await readPod(pod);
          now = pod && logContainers(pod).find((each) => each.name === container);
          const isSame = now?.status?.containerID === id;
          if (!now || !isSame || now.isOver || !now.status?.state?.running) break;
          if (waited) break;
          await changeOrPause(pod, STATUS_BEHIND_MS);
        }
        const isRunning = now?.status?.containerID === id && now.status.state?.running !== undefined;
        if (!isRunning) await pushRest(rest);
        if (!pod || !now) return await finish('ended');
        if (isNoLog(rest) && !hadLines && now.isOver) return await finish('failed', thrownAway(container, rest));
        if (now.isOver && now.status?.containerID === id) return await finish('ended');
        if (isRunning) {
          onState('reconnecting');
          await pause(nextPause());
          continue;
        }
        // Ended, and to be begun again: until there is another run.
        while (pod && now && now.status?.containerID === id && !now.status.state?.running) {
          if (now.isOver) return await finish('ended');
          waiting();
          await pods.change(uid, pod, signal);
          pod = await readPod(pod);
          now = pod && logContainers(pod).find((each) => each.name === container);
        }
      } catch (error) {
        signal.throwIfAborted();
        wasCut = true;
        if (error === silent) {
          pod = await readPod(pod);
          continue;
        }
        into.caughtUp();
        const failure = failureOf(error);
        if (!failure) throw error;
        if (failure.code === 'NOT_ALLOWED') return await finish('failed', failure.toData());
        const isAsked = error instanceof ApiError && error.status === 400;
        if (isAsked && /is waiting to start|not available|ContainerCreating|PodInitializing/.test(error.message)) {
          // The kubelet has another opinion than the status that was read: until the status changes, or shortly.
          waiting();
          await changeOrPause(pod, Math.max(STATUS_BEHIND_MS, nextPause()));
        } else if (isAsked && !hadLines) return await finish('failed', failure.toData());
        else if (isAsked) return await finish('ended');
        else {
          onState('reconnecting', failure.toData());
          await pause(nextPause());
        }
        pod = await readPod(pod);
      }
    }

    async function changeOrPause(seen: Pod | undefined, ms: number): Promise<void> {
      const waiting = new AbortController();
      const until = AbortSignal.any([signal, waiting.signal]);
      await Promise.race([pods.change(uid, seen, until).catch(() => {}), pause(ms)]);
      waiting.abort();
      signal.throwIfAborted();
    }
    function nextPause(): number {
      again = Math.min(LAST_AGAIN_MS, again === 0 ? FIRST_AGAIN_MS : again * 2);
      return again;
    }
    /** The server's word, as soon as it gives one. */
    async function readPod(before: Pod | undefined): Promise<Pod | undefined> {
      for (;;) {
        try {
          return await pods.read(name, uid, signal);
        } catch (error) {
          signal.throwIfAborted();
          const failure = failureOf(error);
          if (!failure) throw error;
          // Who may read the log alone goes on with what was seen.
          if (failure.code === 'NOT_ALLOWED') return before;
          onState('reconnecting', failure.toData());
          await pause(nextPause());
        }
      }
    }
  } catch (error) {
    if (signal.aborted) return;
    const failure = failureOf(error);
    if (!failure) throw error;
    await finish('failed', failure.toData());
  } finally {
    into.close();
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

function every(ms: number, work: () => void): Disposable {
  const timer = setInterval(work, ms);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function isNoLog(rest: LogEntry | undefined): rest is LogEntry {
  return rest !== undefined && Number.isNaN(rest.seconds) && noLog.test(bytesOf(rest).toString('utf8'));
}

const thrownAway = (container: string, rest: LogEntry): FailureData => new Failure('LOG_RUN_GONE', { container }, bytesOf(rest).toString('utf8')).toData();

/** The run before is not kept any more. */
function notThere(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 400)) throw error;
}
