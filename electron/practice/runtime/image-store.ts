// A place where images are: names, IDs and what happened to them.
import type { Readable } from 'node:stream';
import { loadArchive, saveArchive } from './archive.ts';
import { fullName } from './image-name.ts';
import type { Image, ImageEvent, ImageStore, StoredImage } from './runtime.ts';

interface Entry {
  readonly image: Image;
  readonly names: Set<string>;
  readonly digests: Set<string>;
}

/** An empty store. */
export function createImageStore(): ImageStore {
  const entries = new Map<string, Entry>();
  const names = new Map<string, Entry>();
  const listeners = new Set<(event: ImageEvent) => void>();

  const tell = (event: ImageEvent) => {
    for (const listener of listeners) listener(event);
  };

  const dropName = (name: string): Entry | undefined => {
    const entry = names.get(name);
    entry?.names.delete(name);
    names.delete(name);
    return entry;
  };

  const forget = (entry: Entry) => {
    for (const name of entry.names) names.delete(name);
    entries.delete(entry.image.id);
    tell({ action: 'delete', id: entry.image.id });
  };

  const store: ImageStore = {
    list: () => [...entries.values()].map(stored),

    find(reference) {
      const entry = byName(reference) ?? byId(reference);
      return entry === undefined ? undefined : stored(entry);
    },

    add(image, given, action, digests = []) {
      const entry = entries.get(image.id) ?? { image, names: new Set<string>(), digests: new Set<string>() };
      entries.set(image.id, entry);
      for (const digest of digests) entry.digests.add(digest);
      const full = given.map(fullName);
      for (const name of full) {
        if (names.get(name) !== entry) dropName(name);
        names.set(name, entry);
        entry.names.add(name);
        tell({ action, id: image.id, name });
      }
      if (full.length === 0) tell({ action, id: image.id });
    },

    untag(name) {
      const full = fullName(name);
      const entry = dropName(full);
      if (entry === undefined) return;
      tell({ action: 'untag', id: entry.image.id, name: full });
      if (entry.names.size === 0) forget(entry);
    },

    remove(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      for (const name of entry.names) tell({ action: 'untag', id, name });
      forget(entry);
    },

    save: (references) => saveArchive(store, references),
    load: (archive: Readable) => loadArchive(store, archive),

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return store;

  function byName(reference: string): Entry | undefined {
    let full: string;
    try {
      full = fullName(reference);
    } catch {
      // 64 hexadecimal digits are no name, and who asks for nonsense finds nothing.
      return undefined;
    }
    return names.get(full) ?? (full.includes('@') ? [...entries.values()].find(({ digests }) => digests.has(full)) : undefined);
  }

  /** As Docker does it: what is no name may be the beginning of exactly one ID. */
  function byId(reference: string): Entry | undefined {
    const exact = entries.get(reference) ?? entries.get(`sha256:${reference}`);
    if (exact !== undefined || !/^(sha256:)?[0-9a-f]+$/.test(reference)) return exact;
    const start = reference.startsWith('sha256:') ? reference : `sha256:${reference}`;
    const found = [...entries.values()].filter((entry) => entry.image.id.startsWith(start));
    return found.length === 1 ? found[0] : undefined;
  }
}

/** Names in the order of their full form, as Docker lists RepoTags. */
function stored(entry: Entry): StoredImage {
  return { image: entry.image, names: [...entry.names].sort(), digests: [...entry.digests].sort() };
}
