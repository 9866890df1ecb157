// The lines that kubectl would need for what apply does.
import { kubectl, shellLine } from '../activity/shell-line.ts';
import type { ManifestDocument } from './documents.ts';

interface What {
  readonly context: string;
  readonly namespace: string;
  readonly fileName?: string | undefined;
  readonly takeOver?: boolean | undefined;
}

/**
 * kubectl's `-n` is for all objects of a file, and refuses one that names another namespace: where some name one and others do not, the file has to be
 * told first. That line is a comment, for it is an edit.
 */
export function applyLines({ context, namespace, fileName, takeOver }: What, documents: readonly ManifestDocument[]): string[] {
  const named = new Set(documents.flatMap(({ name }) => name?.namespace ?? []));
  const isMixed = [...named].some((each) => each !== namespace);
  const words = ['apply', '--server-side', '--field-manager=podlab', ...(takeOver ? ['--force-conflicts'] : []), '-f', fileName ?? fileOf(documents)];
  if (!isMixed) return [kubectl({ context, namespace }, ...words)];
  const isUnnamed = documents.some(({ name }) => name && name.namespace === undefined && name.kind !== 'Namespace');
  return [
    ...(isUnnamed ? [`# in ${fileName ?? fileOf(documents)}: metadata.namespace: ${namespace}, in objects that name none`] : []),
    shellLine('kubectl', '--context', context, ...words),
  ];
}

export function replaceLine({ context, namespace, fileName }: What, pod: string): string {
  return kubectl({ context, namespace }, 'replace', '--force', '-f', fileName ?? `${pod}.yaml`);
}

const fileOf = (documents: readonly ManifestDocument[]) => `${(documents.length === 1 && documents[0]?.name?.name) || 'manifests'}.yaml`;
