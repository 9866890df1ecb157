// What a fresh clone needs before anything else can run: the dependencies, and with them Node 24. Plain JavaScript, because it has
// to work on whatever Node is on the machine.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Node 24 as the npm package `node` brings it; the .bin entry is a shell script on Windows, so the binary itself is named. */
export const node24 = path.join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Runs `npm ci` when node_modules is missing or does not belong to package-lock.json. Words about progress go to stderr.
 * @param {string} [directory] the clone's root
 * @returns {boolean} whether anything was installed
 * @throws {Error} with one sentence when npm fails
 */
export function installDependencies(directory = root) {
  if (areInstalled(directory)) return false;
  const started = Date.now();
  process.stderr.write('Podlab: installing its dependencies with npm ci (once, about a minute) ...\n');
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  // loglevel=error: the packages ask for a newer Node than npm may run on; what runs them is the Node 24 that is installed here.
  const [command, ...first] = /** @type {[string, ...string[]]} */ (npm);
  const { status, error } = spawnSync(command, [...first, 'ci', '--loglevel=error', '--no-progress'], {
    cwd: directory, stdio: ['ignore', 2, 2], shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci failed (${error?.message ?? `exit code ${status}`}): what it said stands above.`);
  writeFileSync(recordOf(directory), lockHash(directory));
  process.stderr.write(`Podlab: dependencies installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  return true;
}

/**
 * Whether node_modules belongs to package-lock.json: by the hash recorded after the last install here, else by npm's own copy of
 * the lock file, which `npm ci` and `npm install` write last.
 * @param {string} directory
 */
function areInstalled(directory) {
  const modules = path.join(directory, 'node_modules');
  try {
    statSync(path.join(modules, 'node/bin'));
    const recorded = readOrNothing(recordOf(directory));
    if (recorded === lockHash(directory)) return true;
    const copy = statSync(path.join(modules, '.package-lock.json')).mtimeMs;
    return copy + 2000 >= statSync(path.join(directory, 'package-lock.json')).mtimeMs;
  } catch {
    return false;
  }
}

/** @param {string} directory */
function recordOf(directory) {
  return path.join(directory, 'node_modules/.podlab-lock');
}

/** @param {string} directory */
function lockHash(directory) {
  return createHash('sha256').update(readFileSync(path.join(directory, 'package-lock.json'))).digest('hex');
}

/** @param {string} file */
function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
