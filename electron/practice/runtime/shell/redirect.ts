// Redirects (POSIX.1-2017, 2.7).
import { FileError } from '../files.ts';
import { type Input, inputOf, type Output } from '../pipe.ts';
import { type Descriptors, openInput, openOutput } from './descriptors.ts';
import type { Shell } from './shell-state.ts';
import type { Redirect, Word } from './syntax.ts';

/** The descriptors after redirects; undefined when one failed, which has then been said. */
export async function redirected(shell: Shell, redirects: readonly Redirect[], before: Descriptors, expand: (word: Word) => Promise<string>): Promise<Descriptors | undefined> {
  if (redirects.length === 0) return before;
  const inputs = new Map<number, Input>(before.inputs);
  const outputs = new Map<number, Output>(before.outputs);
  const { files } = shell.context.machine;
  for (const { descriptor, operator, target } of redirects) {
    const text = await expand(target);
    try {
      if (operator === '<<') inputs.set(descriptor, inputOf(text));
      else if (operator === '<') inputs.set(descriptor, openInput(files, text, shell.cwd, inputs.get(0)));
      else if (operator === '<&') {
        const source = inputs.get(Number(text));
        if (source === undefined) throw new FileError('EBADF', 'Bad file descriptor');
        inputs.set(descriptor, source);
      } else if (operator === '>&') {
        const source = text === '-' ? undefined : outputs.get(Number(text));
        if (source === undefined && text !== '-') throw new FileError('EBADF', 'Bad file descriptor');
        if (source === undefined) outputs.delete(descriptor);
        else outputs.set(descriptor, source);
      } else outputs.set(descriptor, openOutput(files, text, shell.cwd, operator === '>>', { stdout: outputs.get(1), stderr: outputs.get(2) }));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await outputs.get(2)?.write(`${shell.name}: ${operator === '<' ? `can't open ${text}: no such file` : `can't create ${text}: ${words(error)}`}\n`);
      return undefined;
    }
  }
  return { inputs, outputs };
}

const words = (error: FileError): string => (error.code === 'ENOENT' ? 'nonexistent directory' : error.message);
