// npm run package [-- --real | --stand-in]: the desktop app, unpacked, in out/electron-builder. Reads it back and fails if it is wrong.
// Where Electron's distribution cannot be had, a stand-in takes its place and is named; --real refuses that (for releases).
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { writeFakeDistribution } from './fake-distribution.ts';
import { checkPackage } from './check-package.ts';
import configuration from './electron-builder.config.ts';
import { run } from './find-electron.ts';
import { buildOutdated } from './outdated.ts';
import { electronVersion, executableName, productName } from './packaging.ts';
import { root } from './setup.mjs';

interface Distribution {
  folder: string;
  /** For the person, as the end of "Electron: ...". */
  words: string;
}

const temporary = mkdtempSync(path.join(tmpdir(), 'podlab-package-'));
try {
  const { values } = parseArgs({ args: process.argv.slice(3), options: { real: { type: 'boolean' }, 'stand-in': { type: 'boolean' } } });
  await buildOutdated();
  const distribution = values['stand-in'] ? await standIn('it was asked for') : await findDistribution(values.real ?? false);
  const output = path.resolve(root, configuration.directories?.output ?? 'out');
  await build({
    projectDir: root,
    targets: Platform.current().createTarget('dir'),
    config: { ...configuration, electronDist: distribution.folder },
    publish: 'never',
  });
  const { binary, resources, folder } = packagedApp(output);
  const { files } = await checkPackage(binary, resources);
  process.stdout.write(`Podlab is packaged in ${path.relative(process.cwd(), folder)}: ${files.length} files in its archive; files and fuses are as they should be.\n`);
  process.stdout.write(`Electron: ${distribution.words}\n`);
} catch (error) {
  process.stderr.write(`Podlab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true });
}

/** Electron's own distribution: the one that is named, that is here, or that can be downloaded; else the stand-in. */
async function findDistribution(isRequired: boolean): Promise<Distribution> {
  const named = process.env.PODLAB_ELECTRON_DIST;
  if (named) return { folder: named, words: `the distribution in ${named}.` };
  const folder = path.join(root, 'node_modules/electron/dist');
  if (!isUnpacked(folder)) {
    process.stderr.write('Podlab: downloading Electron (once) ...\n');
    const { code, said } = await run(process.execPath, [path.join(root, 'node_modules/electron/install.js')], 120_000);
    if (code !== 0 || !isUnpacked(folder)) {
      const reason = said.split('\n').findLast((line) => /error|fail/i.test(line))?.trim() ?? 'no reason was given';
      if (isRequired) throw new Error(`Electron ${electronVersion} could not be downloaded (${reason}), and --real forbids the stand-in.`);
      return standIn(`Electron ${electronVersion} could not be downloaded: ${reason}`);
    }
  }
  return { folder, words: `${electronVersion}, its own distribution.` };
}

function isUnpacked(folder: string): boolean {
  const version = path.join(folder, 'version');
  return existsSync(version) && readFileSync(version, 'utf8').trim().replace(/^v/, '') === electronVersion;
}

async function standIn(why: string): Promise<Distribution> {
  if (process.platform !== 'linux') throw new Error(`${why}; the stand-in is for Linux only.`);
  await writeFakeDistribution(temporary, electronVersion);
  return { folder: temporary, words: `A STAND-IN (${why}). This package shows that packaging works; it cannot run.` };
}

function packagedApp(output: string): { folder: string; binary: string; resources: string } {
  if (process.platform === 'darwin') {
    const folder = path.join(output, process.arch === 'arm64' ? 'mac-arm64' : 'mac');
    const app = path.join(folder, `${productName}.app`);
    return { folder, binary: app, resources: path.join(app, 'Contents/Resources') };
  }
  const system = process.platform === 'win32' ? 'win' : 'linux';
  const folder = path.join(output, `${system}${process.arch === 'x64' ? '' : `-${process.arch}`}-unpacked`);
  const binary = path.join(folder, process.platform === 'win32' ? `${productName}.exe` : executableName);
  return { folder, binary, resources: path.join(folder, 'resources') };
}
