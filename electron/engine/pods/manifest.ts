// A manifest of one pod that a person typed or opened: refused with one reason and the line of it before anything is sent.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { eachManifest, type ManifestDocument } from '../objects/documents.ts';

export interface Manifest {
  readonly pod: Pod & { metadata: { name: string; namespace: string } };
  readonly document: ManifestDocument;
}

/** About what the document is, not about its text. */
const NOT_OF_TEXT = ['MANIFEST_NO_KIND', 'MANIFEST_NO_NAME'];

/**
 * Reads one pod, as kubectl would read the text. One document: this call creates one pod.
 * @param namespace where it will be created; a manifest that names another one is refused rather than silently moved.
 * @throws Failure MANIFEST_* of objects/documents.ts; MANIFEST_SEVERAL_DOCUMENTS, MANIFEST_NOT_A_POD, MANIFEST_OTHER_NAMESPACE
 */
export function readManifest(text: string, namespace: string): Manifest {
  const documents = [...eachManifest(text)];
  const broken = documents.flatMap(({ problems }) => problems).find(({ code }) => !NOT_OF_TEXT.includes(code));
  if (broken) throw Failure.ofData(broken);
  const [document, second] = documents;
  if (!document) throw new Failure('MANIFEST_EMPTY', {}, 'the text has no YAML document with content');
  if (second) throw new Failure('MANIFEST_SEVERAL_DOCUMENTS', { count: documents.length }, `${documents.length} objects, in a list or separated by ---`);
  const { apiVersion, kind } = document;
  if (kind !== 'Pod' || apiVersion !== 'v1') throw new Failure('MANIFEST_NOT_A_POD', { kind: kind ?? '' }, `apiVersion: ${String(apiVersion)}, kind: ${String(kind)}`);
  const [problem] = document.problems;
  if (problem || !document.object || !document.name) throw Failure.ofData(problem!);
  const { object, name: { name, namespace: named } } = document;
  if (named !== undefined && named !== namespace) throw new Failure('MANIFEST_OTHER_NAMESPACE', { manifest: named, namespace }, `metadata.namespace: ${named}`);
  return { pod: { ...object, metadata: { ...object.metadata, name, namespace } }, document };
}
