// A stand-in for Electron's distribution (the zip that npm's package downloads), so that packaging can be tried where it cannot be had.
// It has what the packagers look at: the binary's name and its fuse wire, a real default_app.asar, the files beside them. It cannot
// run: the binary only says so.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { createPackage } from '@electron/asar';

/** Electron's own sentinel before the fuses, then version 1, nine fuses, and each as Electron 45 ships it. */
const fuseWire = Buffer.from(['dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', '\u0001\u0009', '101100011'].join(''), 'latin1');

/**
 * Writes electron-vVERSION-linux-ARCH.zip into `folder` and returns the zip's path. Linux only: the other systems' binaries are
 * rewritten by the packagers, and a stand-in would have to be a real executable.
 */
export async function writeFakeDistribution(folder: string, version: string, arch: string = process.arch): Promise<string> {
  const binary = Buffer.concat([Buffer.from('#!/bin/sh\necho "This is a stand-in for Electron, made to try packaging. It cannot run."; exit 1\n'), fuseWire]);
  const text = (words: string): Buffer => Buffer.from(`${words}\n`);
  const archive = await defaultApp();
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `electron-v${version}-linux-${arch}.zip`);
  writeFileSync(file, zip([
    { name: 'electron', data: binary, mode: 0o755 },
    { name: 'chrome-sandbox', data: text('stand-in'), mode: 0o755 },
    { name: 'version', data: Buffer.from(version) },
    { name: 'LICENSE', data: text('A stand-in for the licence of Electron.') },
    { name: 'LICENSES.chromium.html', data: text('A stand-in for the licences of Chromium.') },
    { name: 'icudtl.dat', data: text('stand-in') },
    { name: 'libffmpeg.so', data: text('stand-in') },
    { name: 'resources.pak', data: text('stand-in') },
    { name: 'v8_context_snapshot.bin', data: text('stand-in') },
    { name: 'locales/en-US.pak', data: text('stand-in') },
    { name: 'locales/ko.pak', data: text('stand-in') },
    { name: 'resources/default_app.asar', data: archive },
  ]));
  return file;
}

async function defaultApp(): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'podlab-default-app-'));
  try {
    mkdirSync(path.join(folder, 'app'));
    writeFileSync(path.join(folder, 'app/main.js'), '// The stand-in of the app that Electron shows when it is given none.\n');
    writeFileSync(path.join(folder, 'app/package.json'), JSON.stringify({ name: 'electron', main: 'main.js' }));
    await createPackage(path.join(folder, 'app'), path.join(folder, 'default_app.asar'));
    return readFileSync(path.join(folder, 'default_app.asar'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A zip without compression: local headers with the data, then the directory (APPNOTE.TXT 4.3). `mode` goes where unzip looks for it. */
function zip(entries: { name: string; data: Buffer; mode?: number }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, mode = 0o644 } of entries) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x21, 8); // the first day of 1980: a zip has no earlier one
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0003'), common, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, index, Buffer.from('PK\u0005\u0006'), end]);
}
