// What can be asked of the kinds that are served, as OpenAPI tells it: paths, operations and their parameters, the same for v2 and v3.
// https://kubernetes.io/docs/reference/using-api/api-concepts/
import type { Kind } from '../kinds/kind.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly type: 'string' | 'integer' | 'boolean';
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** x-kubernetes-action: `list`, `post`, `connect`. */
  readonly action: string;
  readonly id: string;
  readonly tag: string;
  readonly about: GroupVersionKind;
  readonly query: readonly Parameter[];
  /** The type of the body: a name of the schema, or `Patch`. */
  readonly body?: string;
  /** The type of the answer; undefined for text. */
  readonly answer: string | undefined;
}

export interface PathItem {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

const query = (type: Parameter['type'], ...names: string[]): Parameter[] => names.map((name) => ({ name, in: 'query', type }));
const inPath = (name: string): Parameter => ({ name, in: 'path', type: 'string' });
const pretty = query('string', 'pretty');

const listing = [
  ...query('string', 'continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'),
  ...query('integer', 'limit', 'timeoutSeconds'),
];
const watching = query('boolean', 'allowWatchBookmarks', 'watch');
const deleting = [
  ...query('string', 'dryRun', 'propagationPolicy'),
  ...query('integer', 'gracePeriodSeconds'),
  ...query('boolean', 'orphanDependents'),
];

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
/** `core`, `coordination`: the first part of a group's name. */
const shortGroup = (group: string) => (group === '' ? 'core' : (group.split('.')[0] ?? group));

interface Subject {
  readonly about: GroupVersionKind;
  readonly tag: string;
  readonly group: string;
  /** What an operation is about, at the end of its id: `NamespacedPodStatus`. */
  readonly name: string;
  readonly minor: number;
}

function writing({ minor }: Subject): Parameter[] {
  // https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation: kubectl looks whether the parameter is there.
  return query('string', 'dryRun', 'fieldManager', ...(minor >= 25 ? ['fieldValidation'] : []));
}

function operation(subject: Subject, verb: string, answer: string | undefined, body?: string): Operation {
  const id = (action: string) => `${action}${subject.group}${subject.name}`;
  const same = { tag: subject.tag, about: subject.about, answer, ...(body === undefined ? {} : { body }) };
  switch (verb) {
    case 'get':
      return { ...same, method: 'get', action: 'get', id: id('read'), query: [] };
    case 'update':
      return { ...same, method: 'put', action: 'put', id: id('replace'), query: writing(subject) };
    case 'patch':
      return { ...same, method: 'patch', action: 'patch', id: id('patch'), query: [...writing(subject), ...query('boolean', 'force')] };
    case 'delete':
      return { ...same, method: 'delete', action: 'delete', id: id('delete'), query: deleting };
    default:
      return { ...same, method: 'post', action: 'post', id: id('create'), query: writing(subject) };
  }
}

const bodyOf = (verb: string, type: string): string | undefined =>
  ({ update: type, create: type, patch: 'Patch', delete: 'DeleteOptions' })[verb as 'update'];

function collection(kind: Kind, subject: Subject, path: string, namespaced: readonly Parameter[]): PathItem {
  const operations: Operation[] = [];
  const list = { tag: subject.tag, about: subject.about };
  if (kind.verbs.includes('list')) {
    const id = `list${subject.group}${subject.name}`;
    operations.push({ ...list, method: 'get', action: 'list', id, query: [...listing, ...watching], answer: `${kind.type}List` });
  }
  if (kind.verbs.includes('create')) operations.push(operation(subject, 'create', kind.type, kind.type));
  if (kind.verbs.includes('deletecollection')) {
    const id = `delete${subject.group}Collection${subject.name}`;
    const taken = { query: [...listing, ...deleting], body: 'DeleteOptions', answer: 'Status' };
    operations.push({ ...list, ...taken, method: 'delete', action: 'deletecollection', id });
  }
  return { path, parameters: [...namespaced, ...pretty], operations };
}

type Has = (type: string) => boolean;

function subresource(kind: Kind, subject: Subject, item: Omit<PathItem, 'operations'>, sub: Kind['subresources'][number], has: Has): PathItem {
  const about = { ...subject.about, kind: sub.kind };
  const type = sub.kind === kind.kind ? kind.type : sub.kind;
  const inner = { ...subject, about, name: `${subject.name}${capital(sub.name)}` };
  const operations = sub.verbs.map((verb): Operation => {
    if (sub.name === 'log') return operation({ ...inner, about: subject.about }, 'get', undefined);
    if (has(type)) return operation(inner, verb, type, bodyOf(verb, type));
    const method = verb === 'get' ? 'get' : 'post';
    const id = `connect${subject.group}${capital(method)}${inner.name}`;
    return { method, action: 'connect', id, tag: subject.tag, about, query: [], answer: undefined };
  });
  return { ...item, path: `${item.path}/${sub.name}`, operations };
}

/** @param has whether a type is in the schema: subresources that are streams take kinds that are not. */
export function pathsOf(kind: Kind, minor: number, has: Has): PathItem[] {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const namespaced = kind.namespaced ? [inPath('namespace')] : [];
  const base = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.resource}` : `${root}/${kind.resource}`;
  const subject: Subject = {
    about: { group: kind.group, version: kind.version, kind: kind.kind },
    tag: `${shortGroup(kind.group)}_${kind.version}`,
    group: `${capital(shortGroup(kind.group))}${capital(kind.version)}`,
    name: `${kind.namespaced ? 'Namespaced' : ''}${kind.kind}`,
    minor,
  };
  const named = [inPath('name'), ...namespaced];
  const single = kind.verbs.filter((verb) => ['get', 'update', 'patch', 'delete'].includes(verb));
  const answerOf = (verb: string) => (verb === 'delete' && kind.kind !== 'Pod' ? 'Status' : kind.type);
  const items: PathItem[] = [
    collection(kind, subject, base, namespaced),
    {
      path: `${base}/{name}`,
      parameters: [...named, ...pretty],
      operations: single.map((verb) => operation(subject, verb, answerOf(verb), bodyOf(verb, kind.type))),
    },
    ...kind.subresources.map((sub) => subresource(kind, subject, { path: `${base}/{name}`, parameters: [...named, ...pretty] }, sub, has)),
  ];
  if (kind.namespaced && kind.verbs.includes('list')) {
    const everywhere = { ...kind, verbs: ['list'] };
    items.push(collection(everywhere, { ...subject, name: `${kind.kind}ForAllNamespaces` }, `${root}/${kind.resource}`, []));
  }
  return items.filter(({ operations }) => operations.length > 0);
}
