// What stands in "Create from YAML", kept beside the screen: closing the panel or looking elsewhere loses nothing.
import type { Source } from '../apply/sources.ts';

/** A file as it is opened. */
export interface OpenedFile {
  readonly name: string;
  readonly path?: string | undefined;
  readonly text: string;
}

class CreateDraft {
  isOpen = $state(false);
  #sources = $state.raw<readonly Source[]>([{ id: 0, text: '' }]);
  #current = $state(0);
  #last = 0;

  /** At least one. */
  get sources(): readonly Source[] {
    return this.#sources;
  }

  /** The one in the editor. */
  get source(): Source {
    return this.#sources.find(({ id }) => id === this.#current) ?? this.#sources[0]!;
  }

  show(id: number): void {
    this.#current = id;
  }

  get manifest(): string {
    return this.source.text;
  }
  set manifest(text: string) {
    if (text !== this.source.text) this.#change(this.source.id, { text });
  }

  /** Beside what is there; a file that is open already is shown, and an empty text makes room. */
  open(files: readonly OpenedFile[]): void {
    const fresh = files.filter(({ path }) => path === undefined || !this.#sources.some((source) => source.path === path));
    const added = fresh.map(({ name, path, text }): Source => ({ id: ++this.#last, name, path, text, fileText: text }));
    const kept = added.length > 0 ? this.#sources.filter(({ text, name }) => name !== undefined || text.trim() !== '') : this.#sources;
    this.#sources = [...kept, ...added];
    const first = added[0] ?? this.#sources.find(({ path }) => path !== undefined && files.some((file) => file.path === path));
    if (first) this.#current = first.id;
  }

  /** Opens the panel with a text that is begun; the same one begun twice is one. */
  begin(name: string, text: string): void {
    const before = this.#sources.find((source) => source.name === name && source.fileText === text);
    if (before) this.#current = before.id;
    else this.open([{ name, text }]);
    this.isOpen = true;
  }

  /** Out of the list; the file itself stays as it is. */
  remove(id: number): void {
    const at = this.#sources.findIndex((source) => source.id === id);
    const left = this.#sources.filter((source) => source.id !== id);
    this.#sources = left.length > 0 ? left : [{ id: ++this.#last, text: '' }];
    if (this.#current === id) this.#current = this.#sources[Math.min(at, this.#sources.length - 1)]!.id;
  }

  /** A text of nobody's file in the place of the shown one, which is kept for `putBack`. */
  fillIn(text: string): void {
    const { id, text: former } = this.source;
    this.#change(id, { text, name: undefined, path: undefined, fileText: undefined, ...(former.trim() === '' ? {} : { former }) });
  }

  /** The file's text as it is on disk now. What the person had is kept for `putBack`. */
  takeFromDisk(id: number, text: string): void {
    const source = this.#sources.find((each) => each.id === id);
    if (!source || source.fileText === text) return;
    this.#change(id, { text, fileText: text, ...(source.text === text ? {} : { former: source.text }) });
  }

  putBack(id: number): void {
    const former = this.#sources.find((each) => each.id === id)?.former;
    if (former !== undefined) this.#change(id, { text: former, former: undefined });
  }

  /** Another cluster is shown now. */
  forget(): void {
    this.isOpen = false;
    this.#sources = [{ id: ++this.#last, text: '' }];
    this.#current = this.#last;
  }

  #change(id: number, part: Partial<Source>): void {
    this.#sources = this.#sources.map((source) => (source.id === id ? { ...source, ...part } : source));
  }
}
export const createDraft = new CreateDraft();
