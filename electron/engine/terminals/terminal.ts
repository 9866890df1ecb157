// One terminal, from its opening until it is closed. It lives here, whatever screen is shown.
import { Failure } from '../../../shared/contract/failures.ts';
import type { TerminalPlace, TerminalRow, TerminalWay } from '../../../shared/contract/terminals.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { openTerminalStream, type TerminalStream } from '../../clients/cluster/terminal-stream.ts';
import type { HeldSession } from '../cluster/sessions.ts';
import { livePod } from '../pods/pod-ref.ts';
import { terminalCommands } from './commands.ts';
import { keepOutput, type KeptOutput } from './kept-output.ts';
import { openDebug } from './open-debug.ts';
import { hangUp, openShell, type OpenedShell, type Size } from './open-shell.ts';
import { watchPlace, type Fate } from './watch-place.ts';

/** The program's last words come before its connection is cut from here. */
const LAST_WORDS_MS = 3_000;
/** A killed program is told before the cluster says that its container or pod went, of which the kubelet takes a while to tell. */
const FATE_MS = 20_000;
/** 128 and a signal's number: it was killed. */
const KILLED = 129;

export interface TerminalParts {
  /** Released when the terminal has ended. */
  readonly held: HeldSession;
  readonly id: string;
  readonly place: TerminalPlace;
  readonly way: TerminalWay;
  readonly size: Size;
  /** Called after each change of its row. */
  onChange(): void;
  /** A shell was found in this image. */
  onShell(image: string | undefined): void;
  /** The container's image has none. */
  onNoShell(): void;
}

export interface Terminal {
  readonly row: TerminalRow;
  readonly output: KeptOutput;
  readonly place: TerminalPlace;
  /** Resolves when it is open. @throws Failure why it could not be opened */
  readonly opened: Promise<void>;
  /** Resolves when there is room for more; waits while it is opening. @throws Failure TERMINAL_GONE when it has ended */
  write(bytes: Uint8Array): Promise<void>;
  /** @throws Failure TERMINAL_GONE, END_OF_INPUT_NOT_SUPPORTED */
  endInput(): Promise<void>;
  resize(size: Size): void;
  /** @throws Failure TERMINAL_LEFT_RUNNING */
  close(): Promise<void>;
}

interface Opened {
  readonly stream: TerminalStream;
  /** What a close ends; absent where only the connection does. */
  readonly shell?: OpenedShell & { readonly container: string };
}

/** Begins to open it; how it goes is its row. */
export function openTerminal({ held, id, place, way, size: firstSize, onChange, onShell, onNoShell }: TerminalParts): Terminal {
  const { session } = held;
  const ref = { context: place.context, namespace: place.namespace, name: place.pod, uid: place.uid };
  const leaving = new AbortController();
  let size = firstSize;
  let stream: TerminalStream | undefined;
  /** Nothing runs in the container yet: it can be left at once. */
  let isNothingThere = true;
  let isClosing = false;
  /** `isOwn`: its own program is what the container was there for. */
  let fate: (Fate & { readonly isOwn: boolean }) | undefined;

  let isHeld = false;
  const obey = () => (isHeld && !isClosing ? stream?.pause() : stream?.resume());
  const output = keepOutput((next) => {
    isHeld = next;
    obey();
  });
  const onOutput = (bytes: Buffer) => { if (!isClosing) output.add(bytes); };

  let row: TerminalRow = { ...place, id, way, state: 'opening', hasTerminal: way.kind !== 'attach', takesInput: way.kind !== 'attach', openedAt: new Date().toISOString(), commands: [] };
  const change = (part: Partial<TerminalRow>) => {
    row = { ...row, ...part };
    row = { ...row, commands: terminalCommands(place, way, row) };
    onChange();
  };
  row = { ...row, commands: terminalCommands(place, way, row) };

  const attach = async (live: Pod): Promise<Opened> => {
    const spec = containersOf(live).find(({ container }) => container.name === place.container)?.container;
    if (!spec) throw new Failure('CONTAINER_NOT_FOUND', { pod: place.pod, container: place.container }, `the pod's spec has no container ${place.container}`);
    change({ hasTerminal: spec['tty'] === true, takesInput: spec['stdin'] === true });
    stream = await openTerminalStream(await session.client(leaving.signal), { ...place, hasTerminal: row.hasTerminal, takesInput: row.takesInput, signal: leaving.signal });
    stream.resize(size.columns, size.rows);
    stream.start(onOutput);
    return { stream };
  };
  const open = async (live: Pod): Promise<Opened> => {
    if (way.kind === 'attach') return attach(live);
    if (way.kind === 'debug') {
      isNothingThere = false;
      const shell = await openDebug(session, live, place, way.image, () => size, onOutput, leaving.signal);
      void follow(shell.container, shell.pod, true);
      return { stream: shell.stream, shell };
    }
    const client = await session.client(leaving.signal);
    isNothingThere = false;
    const shell = await openShell(client, place, () => size, onOutput);
    return { stream: shell.stream, shell: { ...shell, container: place.container } };
  };

  const leave = () => {
    leaving.abort(new DOMException('the terminal was left', 'AbortError'));
    held[Symbol.dispose]();
  };

  const takeFate = (told: Fate, isOwn: boolean) => {
    fate = { ...told, isOwn };
    if (row.state === 'ended') {
      change(fateOf(row));
      return leave();
    }
    setTimeout(() => stream?.terminate(), LAST_WORDS_MS).unref();
  };
  const mayBeCut = ({ exitCode, failure }: Partial<TerminalRow>): boolean =>
    failure === undefined ? exitCode === undefined || exitCode >= KILLED : failure.code === 'TERMINAL_LOST';
  /** @param seen the pod with the container in it */
  const follow = (container: string, seen: Pod, isOwn: boolean) =>
    watchPlace(session, { ...place, container }, seen, (told) => takeFate(told, isOwn), leaving.signal).catch(() => {}); // then nobody tells of its fate but the connection
  /** What its end means, where the cluster has told what became of the container. */
  const fateOf = (ending: Partial<TerminalRow>): Partial<TerminalRow> => {
    if (fate === undefined || isClosing || !mayBeCut(ending)) return {};
    if (fate.kind === 'pod-gone') return { failure: new Failure('POD_GONE', { pod: place.pod }, 'the pod was deleted').toData() };
    if (fate.isOwn) return fate.exitCode === undefined ? {} : { exitCode: fate.exitCode };
    return { failure: new Failure('TERMINAL_LOST', { pod: place.pod }, fate.words).toData() };
  };
  const endedBy = (error: unknown): Failure => {
    const isLost = !(error instanceof Failure) || error.code === 'TERMINAL_LOST';
    if (isLost && session.server === '') return new Failure('CONTEXT_NOT_FOUND', { context: place.context }, error);
    return failureOf(error) ?? new Failure('TERMINAL_LOST', { pod: place.pod }, error);
  };

  const opened = (async () => {
    const live = await abortable(livePod(session, ref, leaving.signal), leaving.signal);
    leaving.signal.throwIfAborted();
    void follow(place.container, live, way.kind === 'attach');
    const made = await open(live);
    stream = made.stream;
    if (isHeld) obey(); // it has written a lot already
    if (made.shell?.shell) onShell(way.kind === 'debug' ? way.image : containersOf(live).find(({ container }) => container.name === place.container)?.container.image);
    change({ state: 'open', canEndInput: stream.canEndInput, ...(made.shell?.shell ? { program: made.shell.shell.program } : {}) });
    return made;
  })();

  const life = (async () => {
    let ending: Partial<TerminalRow>;
    try {
      const exitCode = await (await opened).stream.ended;
      ending = exitCode === undefined ? {} : { exitCode };
    } catch (error) {
      if (error instanceof Failure && error.code === 'SHELL_NOT_IN_IMAGE') onNoShell();
      ending = { failure: endedBy(error).toData() };
    }
    output.end();
    change({ state: 'ended', ...ending, ...fateOf(ending) });
    if (isClosing || fate !== undefined || !mayBeCut(ending)) return leave();
    // Its fate may still be told.
    setTimeout(leave, FATE_MS).unref();
  })();

  const running = async (): Promise<TerminalStream> => {
    const made = row.state === 'ended' || isClosing ? undefined : await opened.catch(() => undefined);
    if (!made || row.state === 'ended' || isClosing) throw new Failure('TERMINAL_GONE', { id }, 'its program has ended');
    return made.stream;
  };

  return {
    get row() { return row; },
    output,
    place,
    opened: opened.then(() => {}, (error: unknown) => { throw endedBy(error); }),
    write: async (bytes) => (await running()).write(bytes),
    endInput: async () => (await running()).endInput(),
    resize(next) {
      size = next;
      stream?.resize(next.columns, next.rows);
    },
    async close() {
      isClosing = true;
      output.end();
      // What cannot be stopped half-way is waited for, so that nothing is left.
      if (isNothingThere || row.state === 'ended') leaving.abort(new DOMException('the terminal was closed', 'AbortError'));
      try {
        const made = row.state === 'ended' ? undefined : await opened.catch(() => undefined);
        if (!made || row.state === 'ended') return;
        made.stream.resume(); // a program that waits to write would not hear
        if (made.shell) await hangUp(await session.client(), { ...place, container: made.shell.container }, made.shell);
      } finally {
        await opened.then((made) => made.stream.terminate(), () => {});
        await life;
        leave();
      }
    },
  };
}

/** The promise's outcome, or the signal's reason if that comes first. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return Promise.race([promise, new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  })]);
}
