// Which program of this computer listens on a port. Nothing hangs on it: where it cannot be told, it is not.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const LSOF_MS = 2_000;

/** @returns `nginx (process 123)`, `podlab` for this process, or '' where it is not known: a program of another user, or a system that does not say */
export async function portOwner(port: number): Promise<string> {
  try {
    return process.platform === 'linux' ? await ownerInProc(port) : await ownerByLsof(port);
  } catch {
    return '';
  }
}

/** proc(5): the inode of the socket that listens, and who has that socket open. */
async function ownerInProc(port: number): Promise<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')));
  // sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode; 0A is TCP_LISTEN.
  const row = new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex} [0-9A-F]+:0000 0A \\S+ \\S+ \\S+ +\\d+ +\\d+ (\\d+)`, 'gm');
  const sockets = new Set([...tables.join('\n').matchAll(row)].map(([, inode]) => `socket:[${inode}]`));
  if (sockets.size === 0) return '';
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    const files = await readdir(`/proc/${id}/fd`).catch(() => []);
    for (const file of files) {
      if (sockets.has(await readlink(`/proc/${id}/fd/${file}`).catch(() => ''))) return named(await programOf(id), id);
    }
  }
  return '';
}

/** Node calls its first thread MainThread, and the kernel the process after that: then the file's name says more. */
async function programOf(id: string): Promise<string> {
  const name = (await readFile(`/proc/${id}/comm`, 'utf8')).trim();
  return name === 'MainThread' ? basename(await readlink(`/proc/${id}/exe`)) : name;
}

/** macOS has lsof(8); -F prints one field a line, named by its first letter. On Windows there is none. */
async function ownerByLsof(port: number): Promise<string> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: LSOF_MS });
  const field = (letter: string) => new RegExp(`^${letter}(.+)$`, 'm').exec(stdout)?.[1];
  const id = field('p');
  return id === undefined ? '' : named(field('c') ?? '', id);
}

const named = (program: string, id: string) => (id === String(process.pid) ? 'podlab' : `${program} (process ${id})`);
