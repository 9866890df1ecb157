// The containerd inside a kind node (or a minikube node that was started with it). Read with crictl where the node has it, as kind's has;
// else with ctr, which names the manifest of an image, not its ID: the ID is the digest of the config that the manifest names.
// https://github.com/opencontainers/image-spec/blob/main/manifest.md
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImage, NodeImages } from '../../../shared/diagnosis/world.ts';
import { dockerName } from '../docker/images.ts';
import { containerdRemoval } from './containerd-removal.ts';
import { createdIn, heldContent, listedByCrictl, listedByCtr, manifestOf } from './containerd-lists.ts';
import type { CtrImage, Manifest } from './containerd-lists.ts';
import { nodeCommands } from './node-commands.ts';
import type { NodeContainer } from './node-commands.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';

const LIST = `if out=$(crictl images -o json 2>/dev/null); then echo crictl; echo "$out"; else echo ctr; ctr --namespace=k8s.io images ls; fi`;
const CONTENT = `for digest; do echo "$digest"; ctr --namespace=k8s.io content get "$digest" 2>/dev/null | tr -d '\\n'; echo; done`;
// The kubelet's runtime and the import must unpack into the same snapshotter (kind reads it the same way); `ctr` alone would take its default.
const IMPORT = `snapshotter=$(containerd \${CONTAINERD_CONFIG:+--config "$CONTAINERD_CONFIG"} config dump 2>/dev/null | sed -n "s/^ *snapshotter = [\\"']\\(..*\\)[\\"']/\\1/p" | head -n 1)
exec ctr --namespace=k8s.io images import \${snapshotter:+--snapshotter "$snapshotter"} \${1:+--platform "$1"} -`;

// All digests of the namespace, an empty line, then digest and size of those given, where the files are: a blob may be listed and its file be lost.
const HOLDS = `ctr --namespace=k8s.io content ls -q || exit 1
root=\${CONTAINERD_ROOT:-/var/lib/containerd}
[ -d $root/io.containerd.content.v1.content ] || root=$(containerd \${CONTAINERD_CONFIG:+--config "$CONTAINERD_CONFIG"} config dump 2>/dev/null | sed -n "s/^root *= *[\\"']\\(..*\\)[\\"']/\\1/p" | head -n 1)
cd "$root/io.containerd.content.v1.content/blobs/sha256" && echo && stat -c 'sha256:%n %s' "$@" 2>/dev/null
true`;
// What `ctr` leaves behind when it is killed is under its lease, which holds it for a day. The lease is known by its time alone: it was made in the
// first seconds of the process; where another began in the same seconds (a pull, say), both are left. Ticks are 1/100 s to every program.
const KILL = `set -- "$1" "$(sed -n 's/^btime //p' /proc/stat)" $(sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20)
kill -9 "$1"
start=$(($2 + $3 / 100))
leases=$(ctr --namespace=k8s.io leases ls | while read -r id created _; do
  at=$(date -d "$created" +%s 2>/dev/null) && [ $at -ge $((start - 1)) ] && [ $at -le $((start + 3)) ] && echo "$id"
done)
[ "$(echo "$leases" | wc -w)" -eq 1 ] && ctr --namespace=k8s.io leases rm $leases`;

/** The store of a node container in which containerd runs. */
export function containerdStore(from: NodeContainer): NodeImageStore {
  const { node, kind, architecture, loadCommand } = from;
  const { run, load, watch } = nodeCommands(from);
  /** By digest: content never changes. */
  let manifests = new Map<string, Manifest>();
  /** When each image was built, by its ID; undefined where its config does not tell. */
  let built = new Map<string, string | undefined>();

  /** @param withDates when each was built, too: one more command in the node */
  async function read(withDates: boolean, signal?: AbortSignal): Promise<NodeImages> {
    const output = await run(['sh', '-c', LIST], signal);
    const lineEnd = output.indexOf('\n');
    const source = output.slice(0, lineEnd) === 'crictl' ? 'crictl' : 'ctr';
    try {
      const images = source === 'crictl' ? listedByCrictl(output.slice(lineEnd)) : await identified(listedByCtr(output.slice(lineEnd)), signal);
      return { node, source, complete: true, readAt: new Date().toISOString(), images: withDates ? await dated(images, signal) : images };
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof Failure ? error : new Failure('NODE_STORE_UNREACHABLE', { node }, error);
    }
  }

  async function identified(listed: readonly CtrImage[], signal: AbortSignal | undefined): Promise<NodeImage[]> {
    const digests = [...new Set(listed.map(({ digest }) => digest))];
    await readManifests(digests, signal);
    const children = digests.flatMap(digest => manifests.get(digest)?.child ?? []);
    await readManifests(children, signal);
    const wanted = new Set([...digests, ...children]);
    manifests = new Map([...manifests].filter(([digest]) => wanted.has(digest)));
    return digests.map(digest => {
      const top = manifests.get(digest);
      const manifest = top?.child ? manifests.get(top.child) : top;
      const entries = listed.filter(image => image.digest === digest);
      // `sha256:...` is the name that the kubelet's runtime gives to the ID; it is no name of an image.
      const names = entries.map(({ name }) => name).filter(name => !name.startsWith('sha256:'));
      return { id: manifest?.config ?? '', names, size: manifest?.size ?? entries[0]?.size ?? 0 };
    });
  }

  async function dated(images: readonly NodeImage[], signal: AbortSignal | undefined): Promise<NodeImage[]> {
    const ids = [...new Set(images.map(({ id }) => id))].filter(Boolean);
    const configs = await contents(ids.filter(id => !built.has(id)), signal);
    built = new Map(ids.map(id => [id, built.get(id) ?? createdIn(configs.get(id) ?? '')]));
    return images.map(image => {
      const createdAt = built.get(image.id);
      return createdAt === undefined ? image : { ...image, createdAt };
    });
  }

  async function readManifests(digests: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    for (const [digest, content] of await contents(digests.filter(digest => !manifests.has(digest)), signal)) {
      const manifest = manifestOf(content, architecture);
      if (manifest) manifests.set(digest, manifest); // else the content is not (yet) whole: asked again next time
    }
  }

  /** Small content by its digest; what is not there is missing or empty. */
  async function contents(digests: readonly string[], signal: AbortSignal | undefined): Promise<Map<string, string>> {
    if (digests.length === 0) return new Map();
    const lines = (await run(['sh', '-c', CONTENT, 'sh', ...digests], signal)).split('\n');
    return new Map(digests.flatMap((digest, index) => (lines[2 * index] === digest ? [[digest, lines[2 * index + 1] ?? ''] as const] : [])));
  }

  const list = (signal?: AbortSignal) => read(true, signal);

  return {
    node, kind, architecture, list, loadCommand,
    identify: async (reference, signal) => findNodeImage(await read(false, signal), reference),
    load: (archive, signal) => load(['sh', '-c', IMPORT, 'sh', architecture ? `linux/${architecture}` : ''], archive, signal, ['sh', '-c', KILL, 'sh']),
    async holds(layers, signal) {
      const [listed = '', sizes] = (await run(['sh', '-c', HOLDS, 'sh', ...layers.map(layer => layer.replace('sha256:', ''))], signal)).split('\n\n');
      return heldContent(layers, listed, sizes);
    },
    async giveBack(reference, before) {
      // containerd's own list: the kubelet's runtime (crictl) hears of a new name a moment later, on a full disk much later.
      const images = await identified(listedByCtr(await run(['ctr', '--namespace=k8s.io', 'images', 'ls'])), undefined);
      const now = findNodeImage({ images }, reference);
      if (!now || now.id === before?.id) return;
      const name = dockerName(reference);
      // The kubelet's runtime keeps an image under `sha256:ID` as well; with its last name that goes too. --sync: a full disk has room then.
      const names = images.filter(({ id }) => id === now.id).flatMap(image => image.names);
      await run(['ctr', '--namespace=k8s.io', 'images', 'rm', '--sync', name, ...(now.id && names.length === 1 ? [now.id] : [])]);
      // That name is what the older image still has; one without it went when it lost its own.
      if (before) await run(['ctr', '--namespace=k8s.io', 'images', 'tag', before.id, name]);
    },
    ...containerdRemoval(from, list),
    watch: (signal, onChange) => watch('ctr --namespace=k8s.io events', signal, text => { if (text.includes('/images/')) onChange(); }),
  };
}
