// Runs one command of kind or minikube: what it prints is told as it comes, and it can be ended with everything that it started.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Failure } from '../../../shared/contract/failures.ts';

export interface ToolRun {
  readonly tool: string;
  /** The program's file. */
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its standard input; empty when left out, so that one that wants to ask something does not wait. */
  readonly input?: string | undefined;
  /** Told what it prints, on both streams. */
  onOutput?(text: string): void;
  readonly signal: AbortSignal;
  /** For questions that are quick; a creation takes as long as it takes. */
  readonly timeoutMs?: number;
}

/** Asked to end, it may tidy up for this long. */
const GRACE_MS = 3_000;
/** Something that it left running may keep its output open. */
const LAST_WORDS_MS = 1_000;
const OUTPUT_LIMIT = 1024 * 1024;
/** Of what it said, the end is why it failed. */
const CAUSE_LENGTH = 4_000;

/**
 * Gives what it printed on stdout.
 * @throws Failure TOOL_MISSING when the file cannot be run, TOOL_FAILED with its own last words when it fails or does not answer in time; the
 *   signal's reason once it has ended, when that aborted.
 */
export function runTool({ tool, path, args, env, input, onOutput, signal, timeoutMs }: ToolRun): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const failed = (words: string) => reject(new Failure('TOOL_FAILED', { tool, command: [tool, ...args].join(' ') }, words));
    // A group of its own: one id by which to end it with its children. It has no terminal to ask a password on.
    const ownGroup = process.platform !== 'win32';
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(path, args, { env: { ...env }, stdio: 'pipe', detached: ownGroup, windowsHide: true });
    } catch (error) {
      return failed((error as Error).message); // thrown and not told: E2BIG, a NUL in an argument
    }
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] = (output[stream] + text).slice(-OUTPUT_LIMIT);
        onOutput?.(text);
      });
    }
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);

    let ended: { code: number | null; by: NodeJS.Signals | null } | undefined;
    let late = false;
    const kill = (how: 'SIGTERM' | 'SIGKILL') => {
      if (child.pid === undefined) return;
      try {
        if (ownGroup) process.kill(-child.pid, how);
        else spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill());
      } catch {
        // nothing of it is left
      }
    };
    const timers: NodeJS.Timeout[] = [];
    const end = () => {
      kill('SIGTERM');
      timers.push(setTimeout(() => kill('SIGKILL'), GRACE_MS));
    };
    if (timeoutMs !== undefined) {
      timers.push(setTimeout(() => {
        late = true;
        end();
      }, timeoutMs));
    }
    signal.addEventListener('abort', end, { once: true });

    let settled = false;
    const settle = () => {
      if (settled || !ended) return;
      settled = true;
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', end);
      child.stdout.destroy();
      child.stderr.destroy();
      if (signal.aborted) return reject(signal.reason);
      const words = (output.stderr.trim() || output.stdout.trim()).slice(-CAUSE_LENGTH);
      if (late) return failed([words, `${tool} did not answer within ${timeoutMs! / 1000} s`].filter(Boolean).join('\n'));
      if (ended.code !== 0) return failed(words || `${tool} ended with ${ended.by ?? `exit code ${ended.code}`}`);
      resolve(output.stdout);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return; // a signal that could not be sent; its end is still to come
      settled = true;
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', end);
      if (error.code === 'ENOENT' || error.code === 'EACCES') reject(new Failure('TOOL_MISSING', { tool }, error));
      else failed(error.message);
    });
    child.on('exit', (code, by) => {
      ended = { code, by };
      if (signal.aborted || late) kill('SIGKILL'); // children that outlived it
      timers.push(setTimeout(settle, LAST_WORDS_MS));
    });
    child.on('close', settle);
  });
}
