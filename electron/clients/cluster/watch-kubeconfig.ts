import { createHash } from 'node:crypto';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Kubeconfig, type KubeconfigOptions, kubeconfigFiles, loadKubeconfig } from './kubeconfig.ts';

/** Editors, `kind`, `minikube` and `kubectl config` write in several steps; this long without a new step means that they are done. */
const DEBOUNCE_MS = 250;

export interface KubeconfigWatch extends AsyncDisposable {
  /** What is in the files now. */
  readonly current: Kubeconfig;
}

/**
 * Reads the kubeconfig and calls `onChange` with the new one each time its content changes: that of a kubeconfig file, or of a
 * certificate or key that one names. Watched are the files (through symbolic links) and their folders, because a file is replaced by
 * renaming another over it, and may not exist yet.
 * @param onProblem told when something cannot be watched (too many watches, say); the rest goes on.
 */
export async function watchKubeconfig(
  options: KubeconfigOptions,
  onChange: (kubeconfig: Kubeconfig) => void,
  onProblem: (error: unknown) => void = () => {},
): Promise<KubeconfigWatch> {
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let reading: Promise<void> = Promise.resolve();

  const schedule = () => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => { reading = reading.then(reload).catch(onProblem); }, DEBOUNCE_MS);
  };
  const reload = async () => {
    if (closed) return;
    // Watching comes first, so that nothing can change unseen between the reading and the watching; and all watches are made
    // anew, because one on a replaced file still looks at the old one.
    rewatch(filesOf(current));
    const next = await loadKubeconfig(options);
    const fingerprint = await contentOf(next);
    if (closed || fingerprint === seen) return;
    if (filesOf(next).some((file) => !filesOf(current).includes(file))) schedule();
    seen = fingerprint;
    current = next;
    onChange(next);
  };
  const rewatch = (files: readonly string[]) => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
    const folders = new Map<string, Set<string>>();
    for (const file of files) {
      if (existsSync(file)) watchPath(file, () => true);
      const child = nextToAppear(file, existsSync, dirname);
      if (child === undefined) continue;
      const names = folders.get(dirname(child)) ?? new Set();
      folders.set(dirname(child), names.add(child));
    }
    for (const [folder, children] of folders) watchPath(folder, (name) => name === null || children.has(join(folder, name)));
  };
  const watchPath = (path: string, concerns: (name: string | null) => boolean) => {
    try {
      const watcher = watch(path, (_, name) => { if (concerns(name)) schedule(); });
      watcher.on('error', (error) => { watcher.close(); onProblem(error); schedule(); });
      watchers.push(watcher);
    } catch (error) {
      onProblem(error);
    }
  };

  rewatch(kubeconfigFiles(options));
  let current = await loadKubeconfig(options);
  let seen = await contentOf(current);
  schedule(); // the certificates it names are watched from here on

  return {
    get current() { return current; },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      await reading;
    },
  };
}

/**
 * The nearest folder that exists stands in for one that does not: given is what has to appear in it, on the way to the file (or the file
 * itself). Undefined where not even the root exists: a Windows drive that is not there.
 */
export function nextToAppear(file: string, exists: (path: string) => boolean, folderOf: (path: string) => string): string | undefined {
  for (let child = file; folderOf(child) !== child; child = folderOf(child)) if (exists(folderOf(child))) return child;
  return undefined;
}

/** The kubeconfig files and the certificates and keys that they name. Token files are not here: they are read again for every request. */
function filesOf({ files, clusters, users }: Kubeconfig): string[] {
  const named = [...[...clusters.values()].map(({ caFile }) => caFile), ...[...users.values()].flatMap(({ certFile, keyFile }) => [certFile, keyFile])];
  return [...new Set([...files, ...named.filter((file) => file !== undefined)])];
}

async function contentOf(kubeconfig: Kubeconfig): Promise<string> {
  const hash = createHash('sha256');
  for (const file of filesOf(kubeconfig)) {
    hash.update(`\0${file}\0`).update(await readFile(file).catch((error: NodeJS.ErrnoException) => String(error.code)));
  }
  return hash.digest('base64');
}
