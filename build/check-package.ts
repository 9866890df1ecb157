// Reads a package back: what is in its archive, and how its fuses stand. A wrong one is found here, before somebody installs it.
import path from 'node:path';
import { extractFile, listPackage, uncache } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { fuses, isPackaged } from './packaging.ts';

export interface PackageContents {
  /** Every file in the archive, sorted. */
  files: string[];
  /** The states of the fuses that packaging.ts names. */
  fuses: Record<string, boolean>;
  /** The package.json in the archive. */
  manifest: Record<string, unknown>;
}

/** What no package may be without. */
const needed = [
  '/package.json', '/dist/electron/main.js', '/dist/electron/engine-process.js', '/dist/electron/practice-process.js', '/dist/preload/preload.cjs',
  '/dist/renderer/index.html',
];

/**
 * Reads the package and compares it with packaging.ts.
 * @param binary the program of the package; on macOS the .app
 * @param resources its folder of resources, with app.asar in it
 * @throws Error that lists everything that is wrong
 */
export async function checkPackage(binary: string, resources: string): Promise<PackageContents> {
  const contents = await readPackage(binary, resources);
  const { files } = contents;
  const problems = [
    ...files.filter((file) => !isPackaged(file)).map((file) => `${file} is in the archive and should not be.`),
    ...needed.filter((file) => !files.includes(file)).map((file) => `${file} is not in the archive.`),
    ...Object.entries(fuses)
      .filter(([name, isOn]) => contents.fuses[name] !== isOn)
      .map(([name, isOn]) => `The fuse ${name} is ${contents.fuses[name] ? 'on' : 'off'} and should be ${isOn ? 'on' : 'off'}.`),
  ];
  if (problems.length > 0) throw new Error(`The package ${path.dirname(resources)} is wrong:\n${problems.join('\n')}`);
  return contents;
}

async function readPackage(binary: string, resources: string): Promise<PackageContents> {
  const archive = path.join(resources, 'app.asar');
  // The library remembers an archive by its path; what counts is what is on the disk now.
  uncache(archive);
  const entries = listPackage(archive, { isPack: false }).map((entry) => entry.replaceAll(path.sep, '/'));
  const wire = await getCurrentFuseWire(binary) as Partial<Record<FuseV1Options, FuseState>>;
  return {
    files: entries.filter((entry) => !entries.some((other) => other.startsWith(`${entry}/`))).toSorted(),
    fuses: Object.fromEntries(Object.keys(fuses).map((name) => [name, wire[FuseV1Options[name as keyof typeof fuses]] === FuseState.ENABLE])),
    manifest: JSON.parse(extractFile(archive, 'package.json').toString()) as Record<string, unknown>,
  };
}
