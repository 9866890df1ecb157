// The files of a build as BuildKit fetches them from its client (moby/buildkit session/filesync; tonistiigi/fsutil send.go): the client lists
// everything, the daemon asks for what it does not have from last time, so that a second build sends only what has changed.
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ContextEntry } from './build-context.ts';

/** fsutil's Packet: what kind it is. */
const PACKET = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const;
/** Go's io/fs.FileMode, which is not Unix' own. */
const MODE = { directory: 0x8000_0000, symlink: 0x0800_0000, setuid: 0x0080_0000, setgid: 0x0040_0000, sticky: 0x0010_0000 } as const;
const CHUNK = 32 * 1024;

/** One side of the stream: what the daemon sends, and what it is sent (resolves when there is room for more). */
export interface PacketStream {
  readonly received: AsyncIterable<Buffer>;
  send(packet: Uint8Array): Promise<void>;
}

/**
 * Lists the entries, in the order of their names and below `folder`, and sends what is asked for. Resolves when the daemon has all it wants.
 * Throws FILE_UNREADABLE, what `entries` throws, and an Error with the daemon's words when it cannot take them.
 */
export async function sendFiles(folder: string, entries: AsyncIterable<ContextEntry>, { received, send }: PacketStream): Promise<void> {
  const files = new Map<number, ContextEntry>();
  const wanted: number[] = [];
  let wake: (() => void) | undefined;
  let finished = false;

  async function list(): Promise<void> {
    let id = 0;
    const folders = new Set<string>();
    for await (const entry of entries) {
      // A folder that is ignored, but for something inside, goes before that.
      for (const path of parentsOf(entry.path)) {
        if (folders.has(path)) continue;
        folders.add(path);
        await send(packet(PACKET.stat, { stat: await folderEntry(folder, path) }));
        id++;
      }
      if (entry.type === 'directory') folders.add(entry.path);
      if (entry.type === 'file') files.set(id, entry);
      await send(packet(PACKET.stat, { stat: entry }));
      id++;
    }
    await send(packet(PACKET.stat, {}));
  }

  async function serve(): Promise<void> {
    while (!finished || wanted.length > 0) {
      const id = wanted.shift();
      if (id === undefined) await new Promise<void>(resolve => { wake = resolve; });
      else await sendFile(join(folder, files.get(id)!.path), id, files.get(id)!.size, send);
    }
  }

  async function listen(): Promise<void> {
    try {
      for await (const bytes of received) {
        const { type, id, data } = readPacket(bytes);
        if (type === PACKET.error) throw new Error(Buffer.from(data).toString());
        if (type === PACKET.request) {
          if (!files.has(id)) throw new Error(`Docker asked for file ${id}, which it was not told of`);
          wanted.push(id);
          wake?.();
        }
        if (type === PACKET.end) {
          await send(packet(PACKET.end, {}));
          return;
        }
      }
    } finally {
      finished = true;
      wake?.();
    }
  }

  await Promise.all([list(), serve(), listen()]);
}

async function sendFile(file: string, id: number, size: number, send: PacketStream['send']): Promise<void> {
  let sent = 0;
  try {
    // What was appended since it was listed is left out, what was cut off is an error.
    if (size > 0) {
      for await (const chunk of createReadStream(file, { end: size - 1, highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
        sent += chunk.length;
        await send(packet(PACKET.data, { id, data: chunk }));
      }
    }
    if (sent < size) throw new Error('it became shorter while it was read');
  } catch (error) {
    throw new Failure('FILE_UNREADABLE', { file }, error);
  }
  await send(packet(PACKET.data, { id }));
}

function* parentsOf(path: string): Generator<string> {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) yield path.slice(0, slash);
}

async function folderEntry(folder: string, path: string): Promise<ContextEntry> {
  const file = join(folder, path);
  const found = await lstat(file).catch((error: unknown) => { throw new Failure('FILE_UNREADABLE', { file }, error); });
  return { path, type: 'directory', mode: process.platform === 'win32' ? 0o755 : found.mode & 0o7777, size: 0, mtime: found.mtime };
}

function packet(type: number, { stat, id = 0, data }: { stat?: ContextEntry; id?: number; data?: Uint8Array }): Uint8Array {
  const writer = protobuf.Writer.create();
  if (type) writer.uint32(8).int32(type);
  if (stat) writer.uint32(18).bytes(statMessage(stat));
  if (id) writer.uint32(24).uint32(id);
  if (data) writer.uint32(34).bytes(data);
  return writer.finish();
}

/** Everything belongs to root, as the docker CLI sends it. */
function statMessage({ path, type, mode, size, mtime, linkname }: ContextEntry): Uint8Array {
  const bits = (mode & 0o777) + (mode & 0o4000 ? MODE.setuid : 0) + (mode & 0o2000 ? MODE.setgid : 0) + (mode & 0o1000 ? MODE.sticky : 0)
    + (type === 'directory' ? MODE.directory : type === 'symlink' ? MODE.symlink : 0);
  const writer = protobuf.Writer.create().uint32(10).string(path).uint32(16).uint32(bits);
  if (size) writer.uint32(40).int64(size);
  const nanoseconds = BigInt(Math.floor(mtime.getTime())) * 1_000_000n;
  writer.uint32(48).int64({ low: Number(BigInt.asIntN(32, nanoseconds)), high: Number(nanoseconds >> 32n), unsigned: false });
  if (linkname) writer.uint32(58).string(linkname);
  return writer.finish();
}

function readPacket(bytes: Buffer): { type: number; id: number; data: Uint8Array } {
  const reader = protobuf.Reader.create(bytes);
  const found = { type: 0, id: 0, data: new Uint8Array() };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 8) found.type = reader.int32();
    else if (tag === 24) found.id = reader.uint32();
    else if (tag === 34) found.data = Uint8Array.from(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}
