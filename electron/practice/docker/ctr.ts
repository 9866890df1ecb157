// `ctr` in a node's container: containerd's own client, as far as images go. Output as ctr prints it (containerd, cmd/ctr/commands/images).
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { manifestOf } from '../runtime/image-manifest.ts';
import type { WrittenManifest } from '../runtime/image-manifest.ts';
import type { Program, ProgramContext } from '../runtime/program.ts';
import type { Image, ImageEvent, ImageStore } from '../runtime/runtime.ts';

/** A name that containerd keeps: the kubelet's runtime gives each image its ID as one. */
interface NamedImage {
  readonly name: string;
  readonly image: Image;
  readonly manifest: WrittenManifest;
}

/** What ends the command: `ctr: ` and these words, exit code 1. */
class CtrError extends Error {}

/** @param storeOf the images of a containerd namespace; the kubelet's are in `k8s.io`. */
export function ctrProgram(storeOf: (namespace: string) => ImageStore, version: string): Program {
  return async (context) => {
    const { namespace, words } = globals(context);
    const store = storeOf(namespace);
    const [group = '', command = '', ...rest] = words;
    try {
      if (group === 'version') return await print(context, `Client:\n  Version:  ${version}\n\nServer:\n  Version:  ${version}\n`);
      if (group === 'events' || group === 'event') return await events(context, store, namespace);
      const known = commands[`${group.replace(/^(?:i|image)$/, 'images')} ${command === 'list' ? 'ls' : command}`];
      if (known) return await known(context, store, rest);
      await context.stderr.write(`No help topic for '${['images', 'content', 'c', 'i'].includes(group) ? command : group}'\n`);
      return 3;
    } catch (error) {
      context.signal.throwIfAborted();
      await context.stderr.write(`ctr: ${(error as Error).message}\n`);
      return 1;
    }
  };
}

function globals({ argv, env }: ProgramContext): { namespace: string; words: string[] } {
  const words = argv.slice(1);
  let namespace = env.get('CONTAINERD_NAMESPACE') ?? 'default';
  while (words[0]?.startsWith('-')) {
    const [flag = '', value] = words.shift()!.split('=', 2);
    const takesValue = /^--?(?:namespace|n|address|a|timeout|connect-timeout)$/.test(flag);
    const given = value ?? (takesValue ? words.shift() : undefined);
    if (/^--?n(?:amespace)?$/.test(flag)) namespace = given ?? namespace;
  }
  return { namespace, words };
}

async function print({ stdout, signal }: ProgramContext, text: string | Buffer): Promise<number> {
  await stdout.write(text, signal);
  return 0;
}

/** Flags and what is none. @param valued flags that take the next word. */
function split(words: readonly string[], valued: readonly string[] = []): { flags: ReadonlySet<string>; rest: string[] } {
  const flags = new Set<string>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (!word.startsWith('-') || word === '-') rest.push(word);
    else {
      flags.add(word.replace(/^--?/, '').replace(/=.*/, ''));
      if (valued.includes(word.replace(/^--?/, ''))) at += 1;
    }
  }
  return { flags, rest };
}

async function namedImages(store: ImageStore): Promise<NamedImage[]> {
  const named: NamedImage[] = [];
  for (const { image, names, digests } of store.list()) {
    const manifest = await manifestOf(image);
    for (const name of [...names, ...digests, image.id]) named.push({ name, image, manifest });
  }
  return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Command = (context: ProgramContext, store: ImageStore, words: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  async 'images ls'(context, store, words) {
    const { flags, rest } = split(words);
    const wanted = rest.map((filter) => filter.replace(/^name==?/, ''));
    const images = (await namedImages(store)).filter(({ name }) => wanted.length === 0 || wanted.includes(name));
    if (flags.has('q') || flags.has('quiet')) return print(context, images.map(({ name }) => `${name}\n`).join(''));
    return print(context, table([
      ['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'],
      ...images.map(({ name, image, manifest }) => [name, manifest.mediaType, manifest.digest, bytes(image.size), `${image.os}/${image.architecture}`, 'io.cri-containerd.image=managed']),
    ]));
  },
  async 'images check'(context, store) {
    const images = await namedImages(store);
    return print(context, table([
      ['REF', 'TYPE', 'DIGEST', 'STATUS', 'SIZE', 'UNPACKED'],
      ...images.map(({ name, image, manifest }) => {
        const parts = image.layers.length + 1;
        return [name, manifest.mediaType, manifest.digest, `complete (${parts}/${parts})`, `${bytes(image.size)}/${bytes(image.size)}`, 'true'];
      }),
    ]));
  },
  async 'images rm'(context, store, words) {
    for (const name of split(words).rest) {
      const found = (await namedImages(store)).find((image) => image.name === name);
      if (!found) {
        await context.stderr.write(`time="${context.clock.now().toISOString().slice(0, 19)}Z" level=warning msg="${name}: image not found"\n`);
        continue;
      }
      const { image } = found;
      if (name === image.id) store.remove(image.id);
      else if (!name.includes('@')) {
        store.untag(name);
        // Its ID is a name too, and so it stays until that is removed as well.
        if (!store.find(image.id)) store.add(image, [], 'tag');
      }
      await print(context, `${name}\n`);
    }
    return 0;
  },
  async 'images tag'(context, store, words) {
    const { flags, rest: [from = '', ...targets] } = split(words);
    const images = await namedImages(store);
    const source = images.find(({ name }) => name === from);
    if (!source) throw new CtrError(`image ${JSON.stringify(from)}: not found`);
    for (const target of targets) {
      if (!flags.has('force') && images.some(({ name }) => name === target)) throw new CtrError(`image ${JSON.stringify(target)}: already exists`);
      store.add(source.image, [target], 'tag');
      await print(context, `${target}\n`);
    }
    return 0;
  },
  async 'images import'(context, store, words) {
    const { flags, rest: [file = ''] } = split(words, ['base-name', 'index-name', 'platform', 'snapshotter']);
    const names = await store.load(file === '-' ? inputStream(context) : Readable.from([context.machine.files.read(file)], { objectMode: false })).catch((error: unknown) => {
      throw (error as Error).message.endsWith('manifest.json') ? new CtrError('unrecognized image format') : error;
    });
    for (const name of names) {
      const image = store.find(name)?.image;
      if (!image) continue;
      const { digest } = await manifestOf(image);
      await print(context, `unpacking ${name} (${digest})...done\n`);
      const named = `import-${context.clock.now().toISOString().slice(0, 10)}@${digest}`;
      if (!flags.has('digests')) continue;
      store.add(image, [], 'load', [`docker.io/library/${named}`]);
      await print(context, `unpacking ${named} (${digest})...done\n`);
    }
    return 0;
  },
  async 'images export'(context, store, words) {
    const { rest: [file = '', ...names] } = split(words, ['platform']);
    if (file !== '-') throw new CtrError(`open ${file}: read-only file system`);
    for await (const chunk of store.save(names)) await print(context, chunk as Buffer);
    return 0;
  },
  async 'content get'(context, store, words) {
    const [digest = ''] = split(words).rest;
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new CtrError('invalid checksum digest length');
    for (const { image, manifest } of await namedImages(store)) {
      if (digest === manifest.digest) return print(context, manifest.json);
      if (digest === image.id) return print(context, image.configJson);
      const layer = image.layers.find(({ diffId }) => diffId === digest);
      if (!layer) continue;
      for await (const chunk of layer.content()) await print(context, chunk as Buffer);
      return 0;
    }
    throw new CtrError(`content digest ${digest}: not found`);
  },
  async 'content ls'(context, store) {
    const sizes = new Map<string, number>();
    for (const { image, manifest } of await namedImages(store)) {
      sizes.set(manifest.digest, manifest.json.length).set(image.id, image.configJson.length);
      for (const { digest, size } of manifest.layers) sizes.set(digest, size);
    }
    const lines = [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([digest, size]) => `${digest}\t${size}B\t-\t-\n`);
    return print(context, `DIGEST\t\t\t\t\t\t\t\t\tSIZE\tAGE\t\tLABELS\n${lines.join('')}`);
  },
};
for (const [alias, of] of [['images delete', 'images rm'], ['images remove', 'images rm']] as const) Object.assign(commands, { [alias]: commands[of] });

/** containerd's events of images, a line each, until the command is ended. */
async function events(context: ProgramContext, store: ImageStore, namespace: string): Promise<number> {
  const waiting: string[] = [];
  let wake = () => {};
  const stop = store.onChange((event) => {
    if (waiting.length < 1000) waiting.push(...eventLines(event, namespace, context.clock));
    wake();
  });
  context.signal.addEventListener('abort', () => wake(), { once: true });
  try {
    for (;;) {
      if (waiting.length === 0) await new Promise<void>((resolve) => { wake = resolve; });
      context.signal.throwIfAborted();
      await print(context, waiting.splice(0).join(''));
    }
  } finally {
    stop();
  }
}

function eventLines({ action, id, name }: ImageEvent, namespace: string, clock: Clock): string[] {
  const time = `${clock.now().toISOString().replace('T', ' ').slice(0, -1)}000000 +0000 UTC`;
  const line = (topic: string, what: object) => `${time} ${namespace} /images/${topic} ${JSON.stringify(what)}\n`;
  if (action === 'untag' || action === 'delete') return [line('delete', { name: name ?? id })];
  return [line('create', { name: name ?? id, labels: { 'io.cri-containerd.image': 'managed' } })];
}

/** The command's input as Node's streams have it. */
function inputStream({ stdin, signal }: ProgramContext): Readable {
  async function* chunks(): AsyncGenerator<Buffer, void> {
    for (let chunk = await stdin.read(signal); chunk !== undefined; chunk = await stdin.read(signal)) yield chunk;
  }
  return Readable.from(chunks(), { objectMode: false });
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** containerd, pkg/progress. */
export function bytes(size: number): string {
  let [value, unit] = [size, 0];
  for (; value >= 1024 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' ')} \n`).join('');
}
