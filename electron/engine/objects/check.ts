// Checks a text with one or many objects, and writes nothing.
import { Failure } from '../../../shared/contract/failures.ts';
import type { CheckedDocument, Problem } from '../../../shared/contract/objects.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { writeDocument } from '../kube-yaml.ts';
import { readManifests, type ManifestDocument } from './documents.ts';
import { inspect, isSame, type Inspected, type InspectOptions } from './inspect.ts';
import { withoutNoise } from './without-noise.ts';

export interface TextInput {
  readonly namespace: string;
  readonly text: string;
  readonly base?: string | undefined;
}

/** Documents that are there and those that they make, for `inspect`. */
export function inspectOptions(documents: readonly ManifestDocument[], { namespace, base }: Omit<TextInput, 'text'>, baseOf: KubeObject | undefined): InspectOptions {
  const namespaces = new Set<string>();
  const kinds = new Set<string>();
  for (const { object } of documents) {
    if (object?.kind === 'Namespace' && object.apiVersion === 'v1') namespaces.add(object.metadata.name ?? '');
    if (object?.kind !== 'CustomResourceDefinition') continue;
    const { group = '', names } = (object['spec'] ?? {}) as { group?: string; names?: { kind?: string } };
    kinds.add(`${group} ${names?.kind ?? ''}`);
  }
  return { namespace, takeOver: false, makes: { namespaces, kinds }, base: base === undefined ? undefined : baseOf };
}

/** The one object that an edit began with. @throws Failure MANIFEST_* */
export async function readBase(base: string | undefined): Promise<KubeObject | undefined> {
  return base === undefined ? undefined : (await readManifests(base))[0]?.object;
}

/** @throws what is about the cluster, and not about the text */
export async function check(client: () => Promise<ClusterConnection>, input: TextInput, signal: AbortSignal): Promise<{ problems: Problem[]; documents: CheckedDocument[] }> {
  let documents: ManifestDocument[];
  try {
    documents = await readManifests(input.text);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const data = error.toData();
    return { problems: [{ ...data, line: Number(data.params['line'] ?? 0), path: '' }], documents: [] };
  }
  // A text that cannot be read whole has no order that could be tried; its mistakes are told at once, with no server asked.
  if (documents.some(({ problems }) => problems.some(isOfText))) return { problems: [], documents: documents.map(unread) };
  const options = { ...inspectOptions(documents, input, await readBase(input.base)), signal };
  const connection = await client();
  return { problems: [], documents: (await Promise.all(documents.map((document) => inspect(connection, document, options)))).map(checked) };
}

const isOfText = ({ code }: Problem) => ['MANIFEST_NOT_YAML', 'MANIFEST_TAB', 'MANIFEST_TOO_COMPLEX'].includes(code);

function unread({ line, name, problems }: ManifestDocument): CheckedDocument {
  return { line, ...(name ? { object: name } : {}), change: 'unknown', problems: [...problems], conflicts: [], warnings: [], replaceable: false };
}

function checked({ document, name, before, after, problems, conflicts, warnings, waits, replaceable }: Inspected): CheckedDocument {
  const change = waits ? 'waits' : problems.length > 0 || !after ? 'unknown' : !before ? 'create' : isSame(before, after) ? 'none' : 'change';
  return {
    line: document.line,
    ...(name ? { object: name } : {}),
    change, replaceable,
    problems: [...problems], conflicts: [...conflicts], warnings: [...warnings],
    ...(before ? { live: writeDocument(withoutNoise(before)) } : {}),
    ...(after ? { result: writeDocument(withoutNoise(after)) } : {}),
  };
}
