// Objects as text: whole, as rows of a table, or their metadata alone. An object is written once, however many clients are sent it: stored
// objects never change.
import type { Kind, KindContext } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';
import type { Form } from './negotiate.ts';

const written = new WeakMap<KubeObject, string>();

/** All of its JSON after kind and apiVersion, which items of a list do not have. */
function fields(object: KubeObject): string {
  let text = written.get(object);
  if (text === undefined) {
    const { kind: _, apiVersion: __, ...rest } = object;
    text = JSON.stringify(rest).slice(1);
    written.set(object, text);
  }
  return text;
}

const whole = (object: KubeObject): string => `{"kind":"${object.kind}","apiVersion":"${object.apiVersion}",${fields(object)}`;
const item = (object: KubeObject): string => `{${fields(object)}`;
const metadataOnly = (object: KubeObject, version: string): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(object.metadata)}}`;

export type IncludeObject = 'Metadata' | 'Object' | 'None';

/** @throws ApiError BadRequest */
export function includeObject(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') ?? '';
  if (asked === '') return 'Metadata';
  if (asked === 'Metadata' || asked === 'Object' || asked === 'None') return asked;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Writes the objects of one kind in the form that one client asked for. */
export interface Representation {
  one(object: KubeObject): string;
  /** Piece by piece, so that a long list is never whole in memory a second time. */
  list(objects: readonly KubeObject[], metadata: ListMetadata): Generator<string>;
  /** @param first a table's columns are told with the first event only. */
  event(object: KubeObject, first: boolean): string;
}

export function representation(kind: Kind, context: KindContext, form: Form, query: URLSearchParams): Representation {
  if (form.as === 'table') return tableOf(kind, context, form.version, includeObject(query));
  const metadata = form.as === 'metadata';
  const one = metadata ? (object: KubeObject) => metadataOnly(object, form.version) : whole;
  const head = metadata
    ? `"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/${form.version}"`
    : `"kind":"${kind.kind}List","apiVersion":"${kind.group ? `${kind.group}/${kind.version}` : kind.version}"`;
  return {
    one,
    event: one,
    list: (objects, of) => pieces(`{${head},"metadata":${JSON.stringify(of)},"items":[`, objects, metadata ? one : item, ']}'),
  };
}

function tableOf(kind: Kind, context: KindContext, version: string, include: IncludeObject): Representation {
  const columns = JSON.stringify(
    kind.columns.map(({ name, type, format = '', description, priority }) => ({ name, type, format, description, priority })),
  );
  const row = (object: KubeObject): string => {
    const shown = include === 'Object' ? `,"object":${whole(object)}` : include === 'Metadata' ? `,"object":${metadataOnly(object, version)}` : ',"object":null';
    return `{"cells":${JSON.stringify(kind.cells(object, context))}${shown}}`;
  };
  const head = (metadata: object, definitions: string) =>
    `{"kind":"Table","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)},"columnDefinitions":${definitions},"rows":[`;
  const single = (object: KubeObject, definitions: string) =>
    `${head({ resourceVersion: object.metadata.resourceVersion }, definitions)}${row(object)}]}`;
  return {
    one: (object) => single(object, columns),
    event: (object, first) => single(object, first ? columns : 'null'),
    list: (objects, metadata) => pieces(head(metadata, columns), objects, row, ']}'),
  };
}

/** How many objects are written at a time. */
const BATCH = 100;

function* pieces(before: string, objects: readonly KubeObject[], write: (object: KubeObject) => string, after: string): Generator<string> {
  let text = before;
  for (const [index, object] of objects.entries()) {
    if (index > 0) text += ',';
    text += write(object);
    if (index % BATCH === BATCH - 1) {
      yield text;
      text = '';
    }
  }
  yield text + after;
}
