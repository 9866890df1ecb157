import { appendFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installDependencies } from './setup.mjs';

let clone: string;

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'podlab-setup-'));
  writeFileSync(path.join(clone, 'package-lock.json'), '{}');
  npmIs(`
    const fs = require('node:fs');
    fs.mkdirSync('node_modules/node/bin', { recursive: true });
    fs.writeFileSync('node_modules/.package-lock.json', '{}');
    fs.appendFileSync('installs', process.argv.slice(2).join(' ') + '\\n');
  `);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(clone, { recursive: true });
});

/** A program in npm's place: npm tells its scripts where it is. */
function npmIs(text: string) {
  const file = path.join(clone, 'npm-cli.js');
  writeFileSync(file, text);
  vi.stubEnv('npm_execpath', file);
}

const installs = () => readFileSync(path.join(clone, 'installs'), 'utf8').trim().split('\n');
const changeLock = (when: Date) => {
  const lock = path.join(clone, 'package-lock.json');
  appendFileSync(lock, ' ');
  utimesSync(lock, when, when);
};

test('a fresh clone is installed once', () => {
  expect(installDependencies(clone)).toBe(true);
  expect(installDependencies(clone)).toBe(false);
  expect(installs()).toEqual(['ci --loglevel=error --no-progress']);
});

test('a lock file that came later is installed', () => {
  installDependencies(clone);
  changeLock(new Date(Date.now() + 60_000));
  expect(installDependencies(clone)).toBe(true);
  expect(installs()).toHaveLength(2);
});

test('what npm itself installed after the lock file changed is not installed again', () => {
  installDependencies(clone);
  changeLock(new Date(Date.now() - 60_000));
  expect(installDependencies(clone)).toBe(false);
});

test('an install that was broken off is done again', () => {
  installDependencies(clone);
  rmSync(path.join(clone, 'node_modules/node'), { recursive: true });
  expect(installDependencies(clone)).toBe(true);
});

test('an install that fails is an error with its exit code', () => {
  npmIs('process.exit(7)');
  expect(() => installDependencies(clone)).toThrow('npm ci failed (exit code 7): what it said stands above.');
});
