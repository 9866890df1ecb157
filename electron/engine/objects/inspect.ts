// One document of a text, tried on the server without writing anything: what is wrong with it, what it would change, what it would take from others.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Conflict, ObjectName, Problem } from '../../../shared/contract/objects.ts';
import { editDistance } from '../../../shared/diagnosis/near-names.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { discover, forgetDiscovery, type ApiResource } from '../../clients/cluster/discovery.ts';
import { applyObject, getObject, resourceOf, type Applied } from '../../clients/cluster/objects-api.ts';
import { controllerOf } from '../cluster/owners.ts';
import { writeDocument } from '../kube-yaml.ts';
import type { ManifestDocument } from './documents.ts';
import { keptFields, type KeptField } from './kept-fields.ts';
import { problemOf } from './problem.ts';
import { refusalOf, type Refusal } from './refusal.ts';
import { kindSchema } from './schema.ts';
import { unknownFields } from './unknown-fields.ts';
import { withoutNoise } from './without-noise.ts';

export interface InspectOptions {
  /** Of documents that name none. */
  readonly namespace: string;
  readonly takeOver: boolean;
  /** See the contract: the text that the edit of one live object began with. */
  readonly base?: KubeObject | undefined;
  /** What the same text makes, so that it may be missing yet. */
  readonly makes: { readonly namespaces: ReadonlySet<string>; readonly kinds: ReadonlySet<string> };
  readonly signal?: AbortSignal | undefined;
}

export interface Inspected {
  readonly document: ManifestDocument;
  /** As it would be sent; undefined where the text has none. */
  readonly object: KubeObject | undefined;
  readonly name: ObjectName | undefined;
  /** On the server; undefined where there is none, or where nobody looked. */
  readonly before: KubeObject | undefined;
  /** As it would be. */
  readonly after: KubeObject | undefined;
  readonly problems: readonly Problem[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
  /** What it needs is only made by the same text. */
  readonly waits: boolean;
  /** A pod of its own, of which a field that cannot be changed differs, and nothing else is wrong. */
  readonly replaceable: boolean;
  /** Fields that the edit took out, and that would stay because others own them. */
  readonly kept: readonly KeptField[];
}

/** A server's kinds are asked for again when one is not among them, but not at every letter that is typed. */
const KINDS_OLD_MS = 10_000;

/** @throws what is about the cluster, and not about the text: CLUSTER_UNREACHABLE, CREDENTIALS_REFUSED... */
export async function inspect(client: ClusterConnection, document: ManifestDocument, options: InspectOptions, isAgain = false): Promise<Inspected> {
  const nothing: Inspected = {
    document, object: undefined, name: document.name, before: undefined, after: undefined,
    problems: document.problems, conflicts: [], warnings: [], waits: false, replaceable: false, kept: [],
  };
  if (!document.object || !document.name) return nothing;
  const { lineOf } = document;
  const resource = await resourceFor(client, document.name, options.makes.kinds);
  if (resource === 'waits') return { ...nothing, object: document.object, waits: true };
  if (!resource) return { ...nothing, problems: [...document.problems, await unknownKind(client, document)] };

  const namespace = resource.namespaced ? (document.name.namespace ?? options.namespace) : undefined;
  const name: ObjectName = { apiVersion: document.name.apiVersion, kind: document.name.kind, name: document.name.name, ...(namespace === undefined ? {} : { namespace }) };
  const object = withKeys({ ...document.object, metadata: { ...document.object.metadata, ...(namespace === undefined ? {} : { namespace }) } });
  const schema = await kindSchema(client, name).catch((error: unknown) => {
    if (error instanceof ApiError || error instanceof Failure) return undefined; // then only the server tells
    throw error;
  });
  const { unknown, known } = schema ? unknownFields(schema, object) : { unknown: [], known: object };
  const problems = [
    ...document.problems,
    ...unknown.map(({ path, suggestion = '' }) => problemOf('MANIFEST_UNKNOWN_FIELD', { path, line: lineOf(path), suggestion }, `unknown field "${path}"`)),
  ];
  const found = { ...nothing, object, name, problems };
  if (document.problems.some(({ code }) => code === 'MANIFEST_TOO_LARGE' || code === 'MANIFEST_NAME_INVALID')) return found;

  let before: KubeObject | undefined;
  try {
    before = await orGone(getObject(client, name, options.signal));
  } catch (error) {
    // Nothing is served there any more: the kind's definition was deleted since the server was asked for its kinds.
    if (error instanceof ApiError && error.status === 404 && !error.body && !isAgain && forgetDiscovery(client, 0)) return inspect(client, document, options, true);
    return { ...found, problems: [...problems, ...refusalOf(error, name, lineOf).problems] };
  }
  const changed = options.base === undefined ? [] : changedSince(options.base, before, name, lineOf(''));
  if (changed.length > 0) return { ...found, before, problems: [...problems, ...changed] };
  // Without a resource version: a controller's status may come between, and what a person writes was compared just now. The write holds it.
  const tried = await tryApply(client, known, name, document, options);
  const { refusal, applied } = tried;
  if (refusal?.missingNamespace && namespace !== undefined && options.makes.namespaces.has(namespace)) return { ...found, waits: true };
  const after = unknown.length === 0 ? applied?.object : undefined;
  const kept = options.base && before && after ? keptFields(options.base, object, before, after) : [];
  const all = [...problems, ...(refusal?.problems ?? []).filter((problem) => !problems.some((known) => known.path === problem.path && known.code === problem.code))];
  return {
    ...found, before, after, problems: all, kept,
    conflicts: options.takeOver ? [] : withKept(refusal?.conflicts ?? [], kept, lineOf),
    warnings: applied?.warnings ?? [],
    replaceable: refusal?.immutable === true && isOwnPod(before) && all.every(({ code }) => code === 'OBJECT_IMMUTABLE'),
  };
}

/** Whether nothing that a person writes differs. Resource versions cannot tell: a dry run leaves it, and a first apply changes it for its bookkeeping alone. */
export function isSame(before: KubeObject, after: KubeObject): boolean {
  return writeDocument(withoutNoise(before)) === writeDocument(withoutNoise(after));
}

async function tryApply(
  client: ClusterConnection, object: KubeObject, name: ObjectName, { lineOf }: ManifestDocument, { takeOver, signal }: InspectOptions,
): Promise<{ refusal?: Refusal; applied?: Applied }> {
  const attempt = (force: boolean) => applyObject(client, object, { dryRun: true, fieldValidation: 'Strict', force, signal });
  try {
    return { applied: await attempt(takeOver) };
  } catch (error) {
    const refusal = refusalOf(error, name, lineOf);
    if (refusal.conflicts.length === 0) return { refusal };
    // What it would be if the fields were taken, and whether that is all that is against it.
    try {
      return { refusal, applied: await attempt(true) };
    } catch (other) {
      return { refusal: { ...refusalOf(other, name, lineOf), conflicts: refusal.conflicts } };
    }
  }
}

function changedSince(base: KubeObject, before: KubeObject | undefined, { kind, name }: ObjectName, line: number): Problem[] {
  if (!before) return [problemOf('OBJECT_GONE', { kind, name }, `${kind} ${name} is not there any more`, line)];
  if (writeDocument(withoutNoise(before)) === writeDocument(base)) return [];
  return [problemOf('OBJECT_CHANGED', { kind, name }, `resourceVersion ${before.metadata.resourceVersion ?? ''} differs from what the edit began with`, line)];
}

function withKept(conflicts: readonly Conflict[], kept: readonly KeptField[], lineOf: (path: string) => number): Conflict[] {
  const all = new Map(conflicts.map(({ manager, fields }) => [manager, [...fields]]));
  for (const { manager, path } of kept) all.set(manager, [...(all.get(manager) ?? []), { path, line: lineOf(path) }]);
  return [...all].map(([manager, fields]) => ({ manager, fields }));
}

/** A service's ports are merged by port and protocol, and servers before 1.21 take no apply of one that leaves its protocol to the default, TCP. */
function withKeys(object: KubeObject): KubeObject {
  const spec = object['spec'] as { ports?: unknown } | null | undefined;
  if (object.kind !== 'Service' || object.apiVersion !== 'v1' || !Array.isArray(spec?.ports)) return object;
  const ports = spec.ports.map((port: unknown) => (typeof port === 'object' && port !== null && !Array.isArray(port) ? { ...port, protocol: (port as { protocol?: unknown }).protocol ?? 'TCP' } : port));
  return { ...object, spec: { ...spec, ports } };
}

const isOwnPod = (object: KubeObject | undefined) => object?.apiVersion === 'v1' && object.kind === 'Pod' && controllerOf(object) === undefined;

async function resourceFor(client: ClusterConnection, name: ObjectName, made: ReadonlySet<string>): Promise<ApiResource | 'waits' | undefined> {
  const ask = () => resourceOf(client, name).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'KIND_UNKNOWN') return undefined;
    throw error;
  });
  const known = await ask();
  if (known) return known;
  const again = forgetDiscovery(client, KINDS_OLD_MS) ? await ask() : undefined;
  return again ?? (made.has(`${groupOf(name.apiVersion)} ${name.kind}`) ? 'waits' : undefined);
}

/** The kind in another version of the API, or a kind of nearly that name. */
async function unknownKind(client: ClusterConnection, { name, lineOf }: ManifestDocument): Promise<Problem> {
  const { apiVersion, kind } = name!;
  const all = (await discover(client)).resources.filter((resource) => !resource.name.includes('/'));
  const elsewhere = all.find((resource) => resource.kind === kind)?.groupVersion;
  const near = all.filter((resource) => resource.groupVersion === apiVersion && editDistance(resource.kind.toLowerCase(), kind.toLowerCase()) <= 2);
  const problem = problemOf('KIND_UNKNOWN', { apiVersion, kind }, `no resource of kind ${kind} in ${apiVersion} on this server`, lineOf(elsewhere ? 'apiVersion' : 'kind'));
  const suggestion = elsewhere === undefined ? near[0] && `kind: ${near[0].kind}` : `apiVersion: ${elsewhere}`;
  return suggestion === undefined ? problem : { ...problem, suggestion };
}

export const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

async function orGone(object: Promise<KubeObject>): Promise<KubeObject | undefined> {
  return object.catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'OBJECT_GONE') return undefined;
    throw error;
  });
}
