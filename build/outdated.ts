// Builds what is missing or older than its sources, and nothing else.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/** What is wrong with the sources, in Vite's words. */
class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
}

interface Target {
  name: string;
  config: string;
  /** Files and folders, from the root, on which the output depends. */
  sources: string[];
  output: string;
}

const common = ['build/node-stubs.ts', 'package-lock.json', 'shared'];
const targets: Target[] = [
  {
    name: 'renderer',
    config: 'build/vite.renderer.config.ts',
    sources: ['renderer', 'build/check-messages.ts', ...common],
    output: 'dist/renderer/index.html',
  },
  { name: 'node', config: 'build/vite.node.config.ts', sources: ['electron', ...common], output: 'dist/electron/serve.js' },
  { name: 'preload', config: 'build/vite.preload.config.ts', sources: ['electron/preload.ts', 'electron/desktop/channels.ts', ...common], output: 'dist/preload/preload.cjs' },
];

/**
 * Brings dist up to date and says on stderr what it builds. A build whose sources do not stand still is built again next time.
 * @param wanted names of targets; all of them when left out
 * @returns the names of what was built
 * @throws BuildFailed
 */
export async function buildOutdated(wanted = targets.map(({ name }) => name), options: { always?: boolean } = {}): Promise<string[]> {
  const outdated = targets
    .filter(({ name }) => wanted.includes(name))
    .map((target) => ({ target, now: fingerprint(target) }))
    .filter(({ target, now }) => options.always || recorded(target) !== now || !existsSync(path.join(root, target.output)));
  if (outdated.length === 0) return [];
  process.stderr.write(`Podlab: building ${outdated.map(({ target }) => target.name).join(', ')} ...\n`);
  const started = Date.now();
  // Loaded here, because loading it takes longer than finding that there is nothing to do.
  const { build } = await import('vite');
  for (const { target, now } of outdated) {
    const { default: config } = (await import(path.join(root, target.config))) as { default: object };
    await build({ ...config, configFile: false, logLevel: 'warn' }).catch((cause: unknown) => {
      throw new BuildFailed(`The ${target.name} cannot be built. ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    record(target, now);
  }
  process.stderr.write(`Podlab: built in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  return outdated.map(({ target }) => target.name);
}

/** Paths, sizes and times of all sources: reading every file would take longer than the check may. */
function fingerprint({ config, sources }: Target): string {
  const hash = createHash('sha256');
  for (const file of [config, ...sources].flatMap(filesUnder).toSorted()) {
    const { size, mtimeMs } = statSync(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesUnder(source: string): string[] {
  const absolute = path.join(root, source);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [source];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

const recordOf = ({ name }: Target) => path.join(root, 'dist', `.${name}.sources`);

function recorded(target: Target): string | undefined {
  return existsSync(recordOf(target)) ? readFileSync(recordOf(target), 'utf8') : undefined;
}

function record(target: Target, now: string) {
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(recordOf(target), now);
}
