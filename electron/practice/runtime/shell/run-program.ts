// Programs from files, as processes of their own or in the shell's place.
import { ProgramMissing } from '../machine.ts';
import { inputOf } from '../pipe.ts';
import type { Descriptors } from './descriptors.ts';
import { environmentOf, Leave, type Shell } from './shell-state.ts';

/** Runs a program from a file and waits for it. @param last it takes the shell's place. */
export async function runProgram(shell: Shell, argv: readonly string[], assignments: [string, string][], fds: Descriptors, last: boolean): Promise<number> {
  const { context } = shell;
  const env = environmentOf(shell, assignments);
  const streams = { stdin: fds.inputs.get(0) ?? inputOf(), stdout: fds.outputs.get(1)!, stderr: fds.outputs.get(2)! };
  try {
    if (last && !shell.subshell && shell.traps.size === 0 && !shell.options.has('i')) {
      const { program, argv: seen } = context.machine.lookup(argv, env.get('PATH'), shell.cwd);
      context.become(seen);
      throw new Leave('exit', await program({ ...context, ...streams, argv: seen, env, cwd: shell.cwd }));
    }
    const session = context.machine.processes.get(context.pid)?.session;
    const started = context.machine.spawn({ argv, env, cwd: shell.cwd, ...streams, tty: context.tty, parent: context.pid, session });
    return await started.exit;
  } catch (error) {
    if (error instanceof ProgramMissing) {
      const [words, code] = missingWords(error, argv[0]!);
      await fds.outputs.get(2)?.write(`${shell.name}: ${words}\n`);
      return code;
    }
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await fds.outputs.get(2)?.write(`${shell.name}: ${(error as Error).message}\n`);
    return 2;
  }
}

function missingWords({ reason }: ProgramMissing, name: string): [string, number] {
  switch (reason) {
    case 'permission-denied':
      return [`${name}: Permission denied`, 126];
    case 'working-directory':
    case 'not-of-the-practice':
      return [`${name}: the practice cluster has no program of this name`, 126];
    case 'not-in-path':
    case 'no-such-file':
      return [`${name}: not found`, 127];
  }
}

