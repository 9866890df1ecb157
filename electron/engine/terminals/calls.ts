// The contract's calls for terminals.
import { Failure } from '../../../shared/contract/failures.ts';
import type { TerminalPlace, TerminalRow } from '../../../shared/contract/terminals.ts';
import type { Activity } from '../activity/activity.ts';
import type { EngineCalls } from '../calls.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { createTopic } from '../topic.ts';
import { choicesOf } from './choices.ts';
import { abortable, openTerminal, type Terminal } from './terminal.ts';

export interface Terminals extends AsyncDisposable {
  readonly calls: EngineCalls['terminals'];
}

/** Each keeps what it wrote and a connection, and somebody has to find it in the list. */
const MOST_TERMINALS = 32;
/** Longest that leaving waits for programs to end. */
const LEAVE_MS = 5_000;

export function openTerminals(sessions: Sessions, activity: Activity): Terminals {
  const open = new Map<string, { readonly terminal: Terminal; readonly session: ClusterSession; readonly left: AbortController }>();
  const rows = createTopic<readonly TerminalRow[]>([]);
  const closing = new Set<Promise<void>>();
  const noShell = new Set<string>();
  const shellImages = new Set<string>();
  const keyOf = ({ context, uid, container }: TerminalPlace) => [context, uid, container].join(' ');
  const known = { hasNoShell: (place: TerminalPlace) => noShell.has(keyOf(place)), shellImages };
  const tell = () => rows.set([...open.values()].map(({ terminal }) => terminal.row));
  const get = (id: string) => {
    const found = open.get(id);
    if (!found) throw new Failure('TERMINAL_GONE', { id }, 'no terminal of this id is open');
    return found;
  };
  /** Whoever types may change anything in the pod. */
  const forTyping = (id: string): Terminal => {
    const { terminal, session } = get(id);
    session.requireChanges();
    return terminal;
  };
  /** Its entry in Activity is that it was opened; what is typed in it is the person's own. */
  const enter = (terminal: Terminal, signal: AbortSignal) => {
    const { context, namespace, pod, container } = terminal.place;
    activity.settle({
      title: { key: `activity.terminal-${terminal.row.way.kind}`, params: { pod, container } },
      commands: [],
      subject: { context, namespace, pod },
      endsWithCaller: true,
      async run(teller, closed) {
        try {
          // A debug container stays in the pod, whoever leaves meanwhile.
          await (terminal.row.way.kind === 'debug' ? terminal.opened : abortable(terminal.opened, closed));
          return { result: {} };
        } finally {
          // Only now is known which program it is.
          for (const line of terminal.row.commands) teller.command(line);
        }
      },
    }, signal).catch(() => {}); // its row tells why, too
  };
  const close = (id: string): Promise<void> => {
    const { terminal, left } = get(id);
    open.delete(id);
    left.abort(new DOMException('the terminal was closed', 'AbortError'));
    tell();
    const closed = terminal.close().finally(() => closing.delete(closed));
    closing.add(closed);
    return closed;
  };

  return {
    calls: {
      async *watch(_, signal) {
        for await (const terminals of rows.watch(signal)) yield { terminals: [...terminals] };
      },
      async choices(place, signal) {
        using held = sessions.hold(place.context);
        return await choicesOf(held.session, place, known, signal);
      },
      async open({ id, way, columns, rows: lines, ...place }) {
        if (open.has(id)) throw new Failure('REQUEST_INVALID', { field: 'id' }, 'another terminal has this id');
        if (open.size >= MOST_TERMINALS) throw new Failure('TERMINALS_FULL', { most: MOST_TERMINALS }, `${open.size} terminals are open`);
        const held = sessions.hold(place.context);
        try {
          held.session.requireChanges();
        } catch (error) {
          held[Symbol.dispose]();
          throw error;
        }
        const terminal = openTerminal({
          held, id, place, way, size: { columns, rows: lines },
          onChange: tell,
          onShell: (image) => { if (image !== undefined) shellImages.add(image); },
          onNoShell: () => noShell.add(keyOf(place)),
        });
        const left = new AbortController();
        open.set(id, { terminal, session: held.session, left });
        tell();
        enter(terminal, left.signal);
        return {};
      },
      async *output({ id, reader = '' }, signal) {
        for await (const { from, data } of get(id).terminal.output.read(reader, signal)) yield { from, data: data.toString('base64') };
      },
      async acknowledge({ id, upTo, reader = '' }) {
        // One that was closed meanwhile waits for nothing.
        open.get(id)?.terminal.output.acknowledge(reader, upTo);
        return {};
      },
      async write({ id, data }) {
        await forTyping(id).write(Buffer.from(data, 'base64'));
        return {};
      },
      async endInput({ id }) {
        await forTyping(id).endInput();
        return {};
      },
      async resize({ id, columns, rows: lines }) {
        get(id).terminal.resize({ columns, rows: lines });
        return {};
      },
      async close({ id }) {
        await close(id);
        return {};
      },
    },
    async [Symbol.asyncDispose]() {
      const all = [...open.keys()].map((id) => close(id));
      const timeout = Promise.withResolvers<void>();
      const timer = setTimeout(timeout.resolve, LEAVE_MS);
      await Promise.race([Promise.allSettled([...all, ...closing]), timeout.promise]);
      clearTimeout(timer);
    },
  };
}
