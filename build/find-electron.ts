// Whether Electron's window can start here, found out without `require('electron')`: that blocks on a download of its own.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

export interface Machine {
  env: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** The folder of the npm package `electron`. */
  electronPackage: string;
  /** Runs something for at most so long; `said` is all that it wrote. */
  run(command: string, args: string[], milliseconds: number): Promise<{ code: number | null; said: string }>;
}

export type FoundElectron = { binary: string; args: string[] } | { why: string };

/**
 * Asks in the order of cost: what the environment says, which files are there, one download, one start with --version.
 * @returns the binary and the arguments that it needs here, or why there is none, as the end of "... because"
 */
export async function findElectron(machine: Machine = thisMachine()): Promise<FoundElectron> {
  const { env, platform, isRoot } = machine;
  if (env.CI) return { why: 'CI is set' };
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { why: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)' };

  let binary = binaryOf(machine);
  if (!binary) {
    if (env.ELECTRON_OVERRIDE_DIST_PATH) return { why: 'ELECTRON_OVERRIDE_DIST_PATH is a folder without it' };
    if (env.PODLAB_NO_DOWNLOAD) return { why: 'its binary is not downloaded yet and PODLAB_NO_DOWNLOAD is set' };
    const problem = await download(machine);
    if (problem) return { why: problem };
    binary = binaryOf(machine);
    if (!binary) return { why: 'its download has no binary for this computer' };
  }
  // Chromium's sandbox refuses to run as root on Linux.
  const args = platform === 'linux' && isRoot ? ['--no-sandbox'] : [];
  const { code, said } = await machine.run(binary, [...args, '--version'], 20_000);
  return code === 0 ? { binary, args } : { why: `it does not run here (${lastWords(said, code)})` };
}

/** The binary, if it is there and of the version that the npm package asks for. */
function binaryOf({ env, platform, electronPackage }: Machine): string | undefined {
  const inside = platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : platform === 'win32' ? 'electron.exe' : 'electron';
  const folder = env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(electronPackage, 'dist');
  const binary = path.join(folder, inside);
  if (!existsSync(binary)) return undefined;
  if (env.ELECTRON_OVERRIDE_DIST_PATH) return binary;
  const { version } = JSON.parse(readFileSync(path.join(electronPackage, 'package.json'), 'utf8')) as { version: string };
  const file = path.join(folder, 'version');
  return existsSync(file) && readFileSync(file, 'utf8').trim().replace(/^v/, '') === version ? binary : undefined;
}

async function download(machine: Machine): Promise<string | undefined> {
  process.stderr.write('Podlab: downloading Electron (once; PODLAB_NO_DOWNLOAD=1 leaves it out) ...\n');
  const { code, said } = await machine.run(process.execPath, [path.join(machine.electronPackage, 'install.js')], 120_000);
  return code === 0 ? undefined : `it could not be downloaded (${lastWords(said, code)})`;
}

/** The line that says the reason: an error's own line before its stack, else the last one. */
function lastWords(said: string, code: number | null): string {
  const lines = said.split('\n').map((line) => line.trim()).filter(Boolean);
  const words = lines.findLast((line) => /error|cannot|fail/i.test(line) && !line.startsWith('at ')) ?? lines.at(-1);
  return words ?? (code === null ? 'it took too long' : `exit code ${code}`);
}

function thisMachine(): Machine {
  return {
    env: process.env,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    electronPackage: path.join(root, 'node_modules/electron'),
    run,
  };
}

/** Runs a program without input; kills it when the time is over. Its whole output is kept. */
export function run(command: string, args: string[], milliseconds: number): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: AbortSignal.timeout(milliseconds), killSignal: 'SIGKILL' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', (error) => resolve({ code: null, said: error.name === 'AbortError' ? 'it took too long' : error.message }));
    child.on('close', (code) => resolve({ code, said }));
  });
}
