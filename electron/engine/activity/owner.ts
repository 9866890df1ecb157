// Whose a file is: several Podlabs share one folder, and what one of them left behind is another's only once its owner is dead. An owner is a
// process, its start (a number is given again to other processes), and which of its engines.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

export interface Owner {
  readonly pid: number;
  /** When the process was started, in the system's own measure; '' where it does not say. */
  readonly started: string;
  /** Which engine of the process. */
  readonly engine: string;
}

/** The engines of this process that are open. */
const openHere = new Set<string>();

/** This process, as an owner that lives until it is disposed of. */
export function ownerHere(): { owner(): Promise<Owner> } & Disposable {
  const engine = randomBytes(4).toString('hex');
  openHere.add(engine);
  const started = startOf(process.pid);
  return {
    owner: async () => ({ pid: process.pid, started: (await started) ?? '', engine }),
    [Symbol.dispose]: () => void openHere.delete(engine),
  };
}

/** Whether the owner may still be at work. Where that cannot be known, it is, as long as there is a process of its number. */
export async function isAlive({ pid, started, engine }: Owner): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const now = await startOf(pid);
  if (started !== '' && now !== undefined && now !== started) return false;
  return pid !== process.pid || openHere.has(engine);
}

/** Whether there is a process of this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * When a process was started, as a word of letters, digits and dots. Linux: clock ticks since boot, and which boot (proc(5): stat field 22, after the
 * command in brackets, which may itself hold brackets and blanks). macOS: ps. Elsewhere, and where there is no such process: undefined.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (platform() === 'linux') {
      const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      return ticks && `${ticks}.${boot.slice(0, 8)}`;
    }
    if (platform() === 'darwin') {
      const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C', TZ: 'UTC' } });
      const at = Date.parse(`${stdout.trim()} UTC`);
      return Number.isNaN(at) ? undefined : String(at / 1000);
    }
  } catch {
    // Gone, or hidden from us.
  }
  return undefined;
}

const MARK = /\.by-(\d+)-([\w.]*)-(\w+)(?=\.[a-z]+(\.[a-z]+)?$)/;

/** The owner that a file's name says. */
export function ownerIn(name: string): Owner | undefined {
  const [, pid, started = '', engine = ''] = MARK.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), started, engine };
}

/** The name without an owner in it. */
export const unowned = (name: string): string => name.replace(MARK, '');

/** The name with the owner in it, before `ending`. */
export function ownedBy(name: string, { pid, started, engine }: Owner, ending: string): string {
  return `${unowned(name).slice(0, -ending.length)}.by-${pid}-${started}-${engine}${ending}`;
}

/** Takes a file by giving it a name of its own: of two that try, rename(2) lets one have it. Gives its new path; undefined: somebody else has it. */
export async function claim(file: string, owner: Owner, ending: string): Promise<string | undefined> {
  const own = ownedBy(file, owner, ending);
  try {
    await rename(file, own);
    return own;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
