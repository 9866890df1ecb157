// What a program inside a container gets: its arguments and environment, its streams, the container around it, and how it is told to end.
import type { Clock } from '../clock.ts';
import type { FileTree } from './files.ts';
import type { Network } from './network.ts';
import type { Input, Output } from './pipe.ts';
import type { PodSocket } from './pod-socket.ts';

/** Those that the practice's programs know, with their numbers on Linux. */
export const signals = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, PIPE: 13, TERM: 15 } as const;
export type SignalName = keyof typeof signals;

/** Runs until its end and gives the exit code. What it throws ends it with 1; a broken pipe as SIGPIPE does. */
export type Program = (context: ProgramContext) => Promise<number>;

export interface ProgramContext {
  readonly argv: readonly string[];
  /** The process's own copy. */
  readonly env: Map<string, string>;
  readonly cwd: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Its stdin is a terminal. */
  readonly tty: boolean;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly pid: number;
  /** Aborts when the process has ended, however that came; all waiting goes through it. */
  readonly signal: AbortSignal;
  /** In place of what the signal does by itself; `undefined` brings that back. */
  onSignal(name: SignalName, handler: (() => void) | undefined): void;
  /** Ends the process at once, wherever it waits. */
  exit(code: number): void;
  /** So many of the cluster's milliseconds. */
  sleep(milliseconds: number): Promise<void>;
  /**
   * To be called in every loop that could run without waiting for anything: lets others run, and slows the loop down, since here one
   * processor is shared by all containers and the API server. Rejects when the process has ended.
   */
  breathe(): Promise<void>;
  /** Takes memory, or with a negative number gives it back. Beyond the container's limit the process is killed, and this rejects. */
  takeMemory(bytes: number): Promise<void>;
  /** Listens on a port of the container. @throws EADDRINUSE. Closed when the process ends. */
  listen(port: number, options: { loopback: boolean }, accept: (socket: PodSocket) => void): void;
  /** A connection as from inside the container; names are looked up. @throws ECONNREFUSED, EHOSTUNREACH or ENOTFOUND. */
  connect(host: string, port: number): Promise<PodSocket>;
  /** This process shows and is another program from now on (exec): its own handling of signals is forgotten. */
  become(argv: readonly string[]): void;
}

export interface SpawnOptions {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly tty: boolean;
  /** 0 for what comes from outside: the container's own program or an exec. */
  readonly parent: number;
  /** In place of looking for argv[0]. */
  readonly program?: Program;
  /** The process whose terminal it shares; itself without it. */
  readonly session?: number | undefined;
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly argv: readonly string[];
  readonly started: Date;
  /** 128 + signal for a killed one. */
  readonly exit: Promise<number>;
  /** As kill(2): KILL always ends it; the first process of a container is ended by no other signal that it does not handle. */
  deliver(signal: SignalName): void;
}

export interface Machine {
  readonly hostname: string;
  readonly ip: string;
  readonly files: FileTree;
  readonly clock: Clock;
  readonly processes: ReadonlyMap<number, Process>;
  readonly memoryLimit: number | undefined;
  readonly memoryUsed: number;
  /** A process was killed because the memory was not enough. */
  readonly oomKilled: boolean;
  listening(): ReturnType<Network['listening']>;
  /** What to run for a command's name, and the words it then sees. @throws ProgramMissing */
  lookup(argv: readonly string[], path: string | undefined, cwd: string): { file: string; program: Program; argv: readonly string[] };
  /** @throws ProgramMissing, or FileError EAGAIN when there are too many processes. */
  spawn(options: SpawnOptions): Process;
  /** Kills all that runs. */
  end(): void;
}
