// Terminals: a shell, a program that is attached to, or a debug container. They live in the engine, whatever screen is shown.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { message } from './findings.ts';

export const terminalWay = z.discriminatedUnion('kind', [
  /** bash where the image has it, else sh. */
  z.object({ kind: z.literal('shell') }),
  /** The container's own program. */
  z.object({ kind: z.literal('attach') }),
  /** A new container in the pod, which sees the processes of the one that it is for. */
  z.object({ kind: z.literal('debug'), image: z.string() }),
]);
export type TerminalWay = z.infer<typeof terminalWay>;

const size = { columns: z.number().int().min(1).max(1_000), rows: z.number().int().min(1).max(1_000) };
const place = z.object({ context: z.string(), namespace: z.string(), pod: z.string(), uid: z.string(), container: z.string() });
export type TerminalPlace = z.infer<typeof place>;

export const terminalRow = place.extend({
  id: z.string(),
  way: terminalWay,
  state: z.enum(['opening', 'open', 'ended']),
  /** What runs in it, once it is found: /bin/bash. */
  program: z.string().optional(),
  /** Whether the container has a terminal of its own; without one nothing is drawn, and sizes mean nothing. A shell always has one. */
  hasTerminal: z.boolean(),
  /** Whether what is typed gets there. */
  takesInput: z.boolean(),
  /** Whether the end of input can be told (v5.channel.k8s.io); on older servers a program that waits for it waits on. */
  canEndInput: z.boolean().optional(),
  exitCode: z.number().optional(),
  /** Why it could not be opened, or what cut it; absent where it ended by itself or was closed. */
  failure: failureData.optional(),
  /** RFC 3339. */
  openedAt: z.string(),
  /** The kubectl lines that do the same. */
  commands: z.array(z.string()),
});
export type TerminalRow = z.infer<typeof terminalRow>;

/** Why something is not offered; absent where it is. */
const refused = message.optional();
export const terminalChoices = z.object({
  shell: z.object({ refused }),
  attach: z.object({ hasTerminal: z.boolean(), takesInput: z.boolean(), refused }),
  /** `images`: those on the pod's node that are known to hold a shell, the best first; the person may name another one. */
  debug: z.object({ images: z.array(z.string()), refused }),
});
export type TerminalChoices = z.infer<typeof terminalChoices>;

const one = z.object({ id: z.string() });
/** Which screen reads, of several that show the same one: the slowest of them holds the program back. They count as one where they give none. */
const reader = z.string().optional();

export const terminals = {
  /** All of them, whole after each change. One that has ended stays until it is closed. */
  watch: oc.errors(declared).input(z.object({})).output(eventIterator(z.object({ terminals: z.array(terminalRow) }))),
  choices: oc.errors(declared).input(place).output(terminalChoices),
  /** Begins to open one; how it goes is told by `watch`. `id` is the caller's choice. Fails at once where changes are locked. */
  open: oc.errors(declared).input(place.extend({ id: z.string(), way: terminalWay, ...size })).output(z.object({})),
  /**
   * What it wrote: as much as is kept of what was before (256 KiB), then what comes. `from` is the count of the bytes before `data` (base64). A reader that has
   * left more than 256 KiB unacknowledged gets no more, and the program waits, until 64 KiB or less are. Ends with the terminal.
   */
  output: oc.errors(declared).input(one.extend({ reader })).output(eventIterator(z.object({ from: z.number(), data: z.string() }))),
  /** The screen has drawn all bytes before `upTo`. */
  acknowledge: oc.errors(declared).input(one.extend({ upTo: z.number(), reader })).output(z.object({})),
  /** Bytes (base64) to the program. Answers when there is room for more. */
  write: oc.errors(declared).input(one.extend({ data: z.string() })).output(z.object({})),
  /** Tells the program that its input has ended. Fails as END_OF_INPUT_NOT_SUPPORTED on a server that has no such message. */
  endInput: oc.errors(declared).input(one).output(z.object({})),
  resize: oc.errors(declared).input(one.extend(size)).output(z.object({})),
  /** Ends its program (of an attached one only the connection), and takes it off the list. */
  close: oc.errors(declared).input(one).output(z.object({})),
};
