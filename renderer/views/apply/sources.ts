// The texts that are applied together: typed, dropped, or opened from files. They are sent as one, so that nothing is written where one of them is
// refused; what the cluster says of a line is told of the file that it is in.
import type { CheckedDocument } from '../../../shared/contract/objects.ts';

export interface Source {
  readonly id: number;
  /** The file's name; undefined for what was typed. */
  readonly name?: string | undefined;
  /** Its full path, where that is known: only then it is watched. */
  readonly path?: string | undefined;
  readonly text: string;
  /** The file's text when it was read or taken last. */
  readonly fileText?: string | undefined;
  /** The person's own text that the file's took the place of. */
  readonly former?: string | undefined;
}

export interface Joined {
  readonly text: string;
  /** The line in `text`, counted from 1, on which each source begins. */
  readonly starts: readonly { readonly id: number; readonly line: number }[];
}

/** One text of all, as it stands where there is only one. */
export function joinSources(sources: readonly Source[]): Joined {
  if (sources.length === 1) return { text: sources[0]!.text, starts: [{ id: sources[0]!.id, line: 1 }] };
  let text = '';
  const starts: { id: number; line: number }[] = [];
  for (const source of sources) {
    if (text !== '') text += `${text.endsWith('\n') ? '' : '\n'}---\n`;
    starts.push({ id: source.id, line: text.split('\n').length });
    text += source.text.replace(/^\uFEFF/, '');
  }
  return { text, starts };
}

/** Which source a line of the joined text is in, and which line of it that is. 0 stands for no line. */
export function placeOf({ starts }: Joined, line: number): { id: number; line: number } | undefined {
  const start = line > 0 ? starts.findLast((each) => each.line <= line) : undefined;
  return start && { id: start.id, line: line - start.line + 1 };
}

/** As `kubectl -f` takes it: a comma between files. Undefined where a text is no file's. */
export function fileNames(sources: readonly Source[]): string | undefined {
  const names = sources.map(({ path, name }) => path ?? name);
  return names.every((name) => name !== undefined) ? names.join(',') : undefined;
}

/** The objects of each source, from what was checked: what Podlab remembers a file for. */
export function objectsOfPaths(sources: readonly Source[], joined: Joined, documents: readonly CheckedDocument[]): Map<string, { kind: string; namespace: string; name: string }[]> {
  const found = new Map<string, { kind: string; namespace: string; name: string }[]>();
  for (const { object, line } of documents) {
    const path = sources.find(({ id }) => id === placeOf(joined, line)?.id)?.path;
    if (!object || path === undefined) continue;
    found.set(path, [...(found.get(path) ?? []), { kind: object.kind, namespace: object.namespace ?? '', name: object.name }]);
  }
  return found;
}

/** Whether a person changed it since the file was read. */
export const isEdited = ({ text, fileText }: Source) => fileText !== undefined && text !== fileText;
