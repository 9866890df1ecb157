// npm start, build, check, test, package: `node build/run.mjs TASK ...` installs what is missing, then runs build/TASK.ts under Node 24.
// Works with one command on a fresh clone, whatever Node (18 or later) npm itself runs on.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installDependencies, node24, root } from './setup.mjs';

const [task = '', ...rest] = process.argv.slice(2);
const file = path.join(root, 'build', `${task}.ts`);
if (!/^[a-z-]+$/.test(task) || !existsSync(file)) {
  process.stderr.write(`Podlab has no task "${task}": see "scripts" in package.json.\n`);
  process.exit(2);
}

try {
  installDependencies();
} catch (error) {
  process.stderr.write(`Podlab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// npm hands a signal only to the shell between, which ends without handing it on: then nothing but the parent's going tells of it.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 500).unref();
if (!process.env.npm_lifecycle_event) clearInterval(watch);

if (realpathSync(process.execPath) === realpathSync(node24)) {
  // Compiled code is kept between runs: the bundled engine then loads in half the time.
  module.enableCompileCache(path.join(root, 'node_modules/.cache/compiled'));
  await import(pathToFileURL(file).href).catch((error) => {
    // A fault in the sources needs no stack of the build.
    console.error(error.name === 'BuildFailed' ? `Podlab: ${error.message}` : error);
    process.exitCode = 1;
  });
} else {
  again();
}

/** The same again under the project's own Node 24, first in PATH for whatever it starts. */
function again() {
  const env = { ...process.env, PATH: [path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter) };
  const child = spawn(node24, [fileURLToPath(import.meta.url), task, ...rest], { env, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; what only reaches this process is handed on. The child's end decides, so that it can close first.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Podlab: Node 24 cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
