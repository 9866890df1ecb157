// `java`, as far as it is needed to run the one jar that there is.
import { FileError, normal } from '../files.ts';
import type { Program } from '../program.ts';
import { springServer } from './servers.ts';

export const java: Program = async (context) => {
  const { argv, stderr, machine, cwd } = context;
  if (argv.includes('-version') || argv.includes('--version')) {
    await stderr.write('openjdk version "21.0.5" 2024-10-15\nOpenJDK Runtime Environment (build 21.0.5+11-alpine)\n');
    return 0;
  }
  const at = argv.indexOf('-jar');
  const jar = argv[at + 1];
  if (at === -1 || jar === undefined) {
    await stderr.write('Usage: java [options] -jar <jarfile> [args...]\n');
    return 1;
  }
  let content: string;
  try {
    content = machine.files.read(normal(jar, cwd)).toString('latin1');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await stderr.write(`Error: Unable to access jarfile ${jar}\n`);
    return 1;
  }
  if (!content.includes('practice spring-server')) {
    await stderr.write(`Error: Invalid or corrupt jarfile ${jar}\n`);
    return 1;
  }
  return springServer(context);
};
