// What a command inside a container prints, as a stream: an image's archive is too long to be kept.
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { dockerFailure } from './docker-failure.ts';
import { exitCode, frames } from './exec.ts';

const WORDS_LIMIT = 16 * 1024;

/**
 * stdout of a command, with backpressure. Its error: an Error with what the command said on stderr when it failed, the signal's reason, or as
 * dockerFailure says (a container that is stopped ends the stream so, too: never as if it were whole). A command of which the stream is
 * destroyed goes on with nobody to read it; one that only prints soon ends.
 */
export function outputOfContainer(docker: Dockerode, container: string, command: readonly string[], signal: AbortSignal): Readable {
  async function* output(): AsyncGenerator<Buffer, void> {
    let words = '';
    try {
      signal.throwIfAborted();
      const exec = await docker.getContainer(container).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, Tty: false, abortSignal: signal });
      const socket = await exec.start({ hijack: true, stdin: false, Tty: false, abortSignal: signal });
      const close = () => socket.destroy(new Error('aborted'));
      signal.addEventListener('abort', close);
      try {
        if (signal.aborted) close();
        for await (const { stream, payload } of frames(socket)) {
          if (stream === 1) yield payload;
          else words = (words + payload.toString()).slice(-WORDS_LIMIT);
        }
      } finally {
        signal.removeEventListener('abort', close);
        socket.destroy();
      }
      const code = await exitCode(exec, signal);
      if (code !== 0) throw new Error(words.trim() || `exit code ${code}`);
    } catch (error) {
      signal.throwIfAborted();
      throw dockerFailure(docker, error);
    }
  }
  return Readable.from(output(), { objectMode: false, highWaterMark: 1024 * 1024 });
}
