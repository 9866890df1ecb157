// A file of the journal: a manifest for kubectl, whose first line is a comment with all else that must be known to go on.
import { readFile } from 'node:fs/promises';
import { LineCounter } from 'yaml';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { readDocuments, writeDocument } from '../kube-yaml.ts';
import type { Owner } from './owner.ts';

/** The ending of a change that is not finished. */
export const OPEN = '.open.yaml';

export interface JournalRecord {
  readonly change: 'recreate' | 'delete';
  readonly context: string;
  /** The server's URL: the context's name may lead to another cluster later. '' where an older Podlab did not write it. */
  readonly server: string;
  readonly namespace: string;
  /** Its name: a pod's, or a Job's, as `restore` says. */
  readonly pod: string;
  readonly uid: string;
  /** What is applied to have it back. */
  readonly restore: Pod | KubeObject;
  /** What is applied to have the new one; left out where nothing is to be made, or where it is not known. */
  readonly make?: Pod | KubeObject | undefined;
}

export interface WrittenJournal {
  readonly owner: Owner;
  readonly at: string;
  readonly record: JournalRecord;
}

/** Line ends of YAML 1.1 that are none of JSON, and what YAML does not let stand even in a comment (YAML 1.1, 5.1 and 5.4). */
const NOT_IN_COMMENT = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** The text of a file. */
export function writtenJournal(owner: Owner, at: string, { restore, ...about }: JournalRecord): string {
  const head = JSON.stringify({ instance: owner, at, ...about }).replace(NOT_IN_COMMENT, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `# ${head}\n${writeDocument(restore)}`;
}

/** What the file says; undefined where it cannot be read or is none of ours. Files of the first format have a number for their instance, and neither server nor new manifest. */
export async function readJournalFile(file: string): Promise<WrittenJournal | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const [, head = ''] = /^# (.*)\n/.exec(text) ?? [];
    const { instance, at, ...about } = JSON.parse(head) as Partial<JournalRecord> & { instance?: unknown; at?: unknown };
    const owner = ownerOf(instance);
    const [document] = readDocuments(text, new LineCounter());
    if (!owner || typeof at !== 'string' || !document || document.errors.length > 0) return undefined;
    const restore = document.toJS({ maxAliasCount: -1 }) as Pod;
    const { change, context, server = '', namespace, pod, uid, make } = about;
    const isWhole = [context, server, namespace, pod, uid].every((each) => typeof each === 'string') && (change === 'recreate' || change === 'delete');
    if (!isWhole || restore.metadata.name !== pod) return undefined;
    return { owner, at, record: { change, context, server, namespace, pod, uid, restore, ...(make ? { make } : {}) } as JournalRecord };
  } catch {
    return undefined;
  }
}

function ownerOf(instance: unknown): Owner | undefined {
  if (typeof instance === 'number') return { pid: instance, started: '', engine: '' };
  const { pid, started, engine } = (instance ?? {}) as Partial<Owner>;
  return typeof pid === 'number' && typeof started === 'string' && typeof engine === 'string' ? { pid, started, engine } : undefined;
}
