// A command that the kubelet runs in a container, for probes and hooks.
import { setImmediate as afterStreams } from 'node:timers/promises';
import type { RuntimeContainer } from '../runtime/runtime.ts';

/** What is kept of its output (pkg/probe/exec: maxReadLength). */
const LONGEST_OUTPUT = 10 * 1024;

/**
 * Runs it to its end. @param signal kills it: then `code` is undefined.
 * Rejects with the runtime's words when it cannot run.
 */
export async function execCommand(
  container: RuntimeContainer,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ code: number | undefined; output: string }> {
  const execution = await container.exec(command, { tty: false, stdin: false });
  let output = '';
  for (const stream of [execution.stdout, execution.stderr]) {
    stream.on('data', (chunk: Buffer | string) => {
      if (output.length < LONGEST_OUTPUT) output += chunk.toString();
    });
    stream.on('error', () => undefined);
  }
  const aborted = new Promise<undefined>((resolve) => {
    const abort = () => {
      execution.kill();
      resolve(undefined);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  const code = await Promise.race([execution.exit, aborted]);
  await afterStreams();
  return { code, output: output.slice(0, LONGEST_OUTPUT) };
}
