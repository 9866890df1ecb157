// Every program of the practice by the name that is in its file.
import type { Program } from '../program.ts';
import { curl } from '../commands/curl.ts';
import * as files from '../commands/files.ts';
import * as print from '../commands/print.ts';
import * as processes from '../commands/processes.ts';
import { grep, sed } from '../commands/search.ts';
import * as system from '../commands/system.ts';
import { testCommand } from '../commands/test.ts';
import * as text from '../commands/text.ts';
import { wget } from '../commands/wget.ts';
import { sh } from '../shell/shell.ts';
import { crash, job, outOfMemory, pause } from './endings.ts';
import { java } from './java.ts';
import { failingProbe, httpServer, localhostOnly, nginx, otherPort, slowStart } from './servers.ts';

export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  // Of the images.
  ['http-server', httpServer],
  ['localhost-only', localhostOnly],
  ['other-port', otherPort],
  ['failing-probe', failingProbe],
  ['slow-start', slowStart],
  ['nginx', nginx],
  ['java', java],
  ['crash', crash],
  ['out-of-memory', outOfMemory],
  ['job', job],
  ['pause', pause],
  // Of any Linux.
  ['sh', sh],
  ['ash', sh],
  ['true', () => Promise.resolve(0)],
  ['false', () => Promise.resolve(1)],
  ['echo', print.echo],
  ['printf', print.printf],
  ['yes', print.yes],
  ['seq', print.seq],
  ['date', print.date],
  ['test', testCommand],
  ['sleep', processes.sleepCommand],
  ['ps', processes.ps],
  ['kill', processes.killCommand],
  ['timeout', processes.timeoutCommand],
  ['hostname', system.hostname],
  ['whoami', system.whoami],
  ['id', system.id],
  ['uname', system.uname],
  ['nproc', system.nproc],
  ['pwd', system.pwd],
  ['free', system.free],
  ['uptime', system.uptime],
  ['netstat', system.netstat],
  ['env', system.env],
  ['printenv', system.printenv],
  ['which', system.which],
  ['ls', files.ls],
  ['mkdir', files.mkdir],
  ['rm', files.rm],
  ['touch', files.touch],
  ['chmod', files.chmod],
  ['cp', files.copy],
  ['mv', files.copy],
  ['find', files.find],
  ['basename', files.basename],
  ['dirname', files.dirname],
  ['cat', text.cat],
  ['tee', text.tee],
  ['head', text.head],
  ['tail', text.tail],
  ['grep', grep],
  ['wc', text.wc],
  ['sort', text.sort],
  ['uniq', text.uniq],
  ['tr', text.tr],
  ['cut', text.cut],
  ['sed', sed],
  ['curl', curl],
  ['wget', wget],
]);
