// What a shell knows while it runs.
import type { Process, ProgramContext, SignalName } from '../program.ts';
import type { Descriptors } from './descriptors.ts';
import type { Command } from './syntax.ts';

/** How a script is left before its end. */
export class Leave extends Error {
  readonly how: 'exit' | 'return' | 'break' | 'continue';
  /** The code, or of how many loops. */
  value: number;

  /** An error ends a script, not an interactive shell. */
  readonly byError: boolean;

  constructor(how: Leave['how'], value: number, byError = false) {
    super(how);
    this.byError = byError;
    this.how = how;
    this.value = value;
  }
}

export type Builtin = (shell: Shell, argv: readonly string[], fds: Descriptors) => Promise<number>;

/** A shell and, as copies, its subshells. */
export interface Shell {
  readonly context: ProgramContext;
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly functions: Map<string, Command>;
  readonly traps: Map<SignalName | 'EXIT', string>;
  readonly options: Set<'e' | 'u' | 'x' | 'i'>;
  /** Those that were started with `&`. */
  readonly jobs: Map<number, Process>;
  /** Traps of signals that came. */
  readonly pending: SignalName[];
  /** Told when a signal came that is trapped. */
  readonly onPending: Set<() => void>;
  name: string;
  positional: readonly string[];
  cwd: string;
  status: number;
  lastJob: number | undefined;
  /** Inside a condition, where `set -e` does not count. */
  tested: number;
  subshell: boolean;
  /** Ctrl-C in a terminal ends what runs, subshells too. */
  readonly interrupted: { yes: boolean };
  /** Of functions and scripts that run each other. */
  depth: number;
  /** What `exec` without a program does with its redirects; a subshell has none of it. */
  permanent?: ((fds: Descriptors) => void) | undefined;
}

export function createShell(context: ProgramContext, builtins: ReadonlyMap<string, Builtin>, name: string, positional: readonly string[]): Shell {
  return {
    context,
    builtins,
    variables: new Map(context.env),
    exported: new Set(context.env.keys()),
    functions: new Map(),
    traps: new Map(),
    options: new Set(),
    jobs: new Map(),
    pending: [],
    onPending: new Set(),
    name,
    positional,
    cwd: context.cwd,
    status: 0,
    lastJob: undefined,
    tested: 0,
    subshell: false,
    interrupted: { yes: false },
    depth: 0,
  };
}

/** A copy for `( )`, pipelines and substitutions: what happens in it stays there. */
export const subshellOf = (shell: Shell): Shell => ({
  ...shell,
  variables: new Map(shell.variables),
  exported: new Set(shell.exported),
  functions: new Map(shell.functions),
  traps: new Map(),
  options: new Set(shell.options),
  jobs: new Map(),
  permanent: undefined,
  subshell: true,
});

/** The environment that programs get. */
export function environmentOf(shell: Shell, assignments: readonly [string, string][] = []): Map<string, string> {
  const env = new Map<string, string>();
  for (const name of shell.exported) if (shell.variables.has(name)) env.set(name, shell.variables.get(name)!);
  for (const [name, value] of assignments) env.set(name, value);
  return env;
}

/** What a parameter is: a variable, a positional or a special one. */
export function parameterOf(shell: Shell, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.context.pid);
    case '!':
      return shell.lastJob === undefined ? '' : String(shell.lastJob);
    case '#':
      return String(shell.positional.length);
    case '-':
      return [...shell.options].join('');
    case '0':
      return shell.name;
    case 'PWD':
      return shell.cwd;
    case 'PPID':
      return '0';
    default:
      return /^\d+$/.test(name) ? shell.positional[Number(name) - 1] : shell.variables.get(name);
  }
}

/** An error of the shell's own, to its stderr. */
export async function complain(shell: Shell, fds: Descriptors, error: unknown): Promise<void> {
  await fds.outputs.get(2)?.write(`${shell.name}: ${error instanceof Error ? error.message : String(error)}\n`).catch(() => {});
}
