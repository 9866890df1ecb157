// `crictl` in a node's container: the images as the kubelet sees them (CRI ImageService; kubernetes-sigs/cri-tools, cmd/crictl/image.go).
import { familiarName, fullName } from '../runtime/image-name.ts';
import type { Program, ProgramContext } from '../runtime/program.ts';
import type { ImageStore, StoredImage } from '../runtime/runtime.ts';

export function crictlProgram(store: ImageStore, version: string): Program {
  return async (context) => {
    const words = context.argv.slice(1);
    const output = flagValue(words, ['-o', '--output']);
    const quiet = words.includes('-q') || words.includes('--quiet');
    for (const name of ['-r', '--runtime-endpoint', '-i', '--image-endpoint', '-t', '--timeout', '--config', '-c']) flagValue(words, [name]);
    const [command = '', ...names] = words.filter((word) => !word.startsWith('-'));
    const write = async (text: string) => {
      await context.stdout.write(text, context.signal);
      return 0;
    };
    switch (command) {
      case 'images':
      case 'image':
      case 'img': {
        const listed = store.list().filter((stored) => names.length === 0 || names.some((name) => matches(stored, name)));
        if (quiet) return write(listed.map(({ image }) => `${image.id}\n`).join(''));
        if (output === 'json') return write(`${JSON.stringify({ images: listed.map(criImage) }, undefined, 2)}\n`);
        return write(table(listed));
      }
      case 'inspecti': {
        for (const name of names) {
          const found = store.find(name);
          if (!found) return fail(context, `no such image ${JSON.stringify(name)} present`);
          const { image } = found;
          const info = { chainID: image.layers.at(-1)?.diffId ?? '', imageSpec: JSON.parse(image.configJson.toString('utf8')) as unknown };
          await write(`${JSON.stringify({ status: criImage(found), info }, undefined, 2)}\n`);
        }
        return names.length > 0 ? 0 : fail(context, 'ID cannot be empty');
      }
      case 'rmi': {
        for (const name of names) {
          const found = store.find(name);
          if (!found) return fail(context, `no such image ${name}`);
          store.remove(found.image.id);
          await write([...found.names, ...found.digests].map((one) => `Deleted: ${one}\n`).join(''));
        }
        return 0;
      }
      case 'version':
        return write(`Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v${version}\nRuntimeApiVersion:  v1\n`);
      default:
        return fail(context, `unknown command ${JSON.stringify(command)}: the practice node's crictl knows images, inspecti, rmi and version`);
    }
  };
}

async function fail({ stderr }: ProgramContext, words: string): Promise<number> {
  await stderr.write(`FATA[0000] ${words}\n`);
  return 1;
}

/** Takes a flag and its value away. */
function flagValue(words: string[], names: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    const [flag = '', value] = word.split('=', 2);
    if (!names.includes(flag)) continue;
    return value === undefined ? words.splice(at, 2)[1] : (words.splice(at, 1), value);
  }
  return undefined;
}

function matches({ image, names }: StoredImage, wanted: string): boolean {
  if (image.id === wanted || image.id === `sha256:${wanted}`) return true;
  try {
    return names.includes(fullName(wanted));
  } catch {
    return false;
  }
}

/** runtime.v1.Image */
const criImage = ({ image, names, digests }: StoredImage) => ({
  id: image.id, repoTags: names, repoDigests: digests, size: String(image.size), uid: null, username: '', spec: null, pinned: names.some((name) => name.includes('/pause:')),
});

function table(images: readonly StoredImage[]): string {
  const rows = images.flatMap(({ image, names }) => {
    const size = image.size < 1e6 ? `${(image.size / 1e3).toPrecision(3)}kB` : `${(image.size / 1e6).toPrecision(3)}MB`;
    return (names.length > 0 ? names : ['<none>:<none>']).map((name) => [name.slice(0, name.lastIndexOf(':')), name.slice(name.lastIndexOf(':') + 1), familiarName(image.id).slice(7, 20), size]);
  });
  const all = [['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => `${row.map((cell, column) => (column === 3 ? cell : cell.padEnd(widths[column]! + 4))).join('')}\n`).join('');
}
