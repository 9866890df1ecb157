// The lines that kubectl would need for the parts of a fix; each works when pasted.
import { createPatch } from 'rfc6902';
import type { ChangePart, Edit, PathStep } from '../../../shared/contract/findings.ts';
import { withEdits } from '../../../shared/kubernetes/edits.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { fedWith, into, kubectl } from '../activity/shell-line.ts';
import { writeDocument } from '../kube-yaml.ts';
import { patchTo } from '../workloads/template.ts';

export interface At {
  readonly context: string;
  readonly namespace: string;
}

/** Labels and annotations of a pod can be changed in place (ValidatePodUpdate in pkg/apis/core/validation); what else a fix may change makes a new pod. */
export function staysInPlace(edits: readonly Edit[]): boolean {
  return edits.every(({ path: [first, second] }) => first === 'metadata' && (second === 'labels' || second === 'annotations'));
}

/** The new pod's manifest. @throws MissingPlace */
export function editedPod(live: Pod, edits: readonly Edit[]): Pod {
  return withEdits(recreateManifest(live, {}), edits);
}

/** As recreateCommands, for any fields. @throws MissingPlace */
export function replaceLines(at: At, live: Pod, edits: readonly Edit[]): string[] {
  const name = live.metadata.name ?? '';
  const made = editedPod(live, edits);
  const part = ({ metadata: { labels, annotations }, spec }: Pod) => ({ metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) }, spec });
  const patch = JSON.stringify(createPatch(part(live), part(made)));
  const file = `${name}.recreate.yaml`;
  return [
    into(kubectl(at, 'patch', 'pod', name, '--type=json', '-p', patch, '--dry-run=client', '-o', 'yaml'), file),
    kubectl(at, 'replace', '--force', '-f', file),
  ];
}

/** The change of an object that is known, with tests of what it changes; none where nothing does. @throws MissingPlace */
export function patchLines(at: At, live: KubeObject, edits: readonly Edit[]): string[] {
  const { kind = '', metadata: { name = '' } } = live;
  const patch = patchTo(live, withEdits(live, edits));
  return patch ? [kubectl(at, 'patch', kind.toLowerCase(), name, '--type=json', '-p', JSON.stringify(patch))] : [];
}

/** The same for one that was not read: a merge patch, or a JSON patch where a path has an index. Where neither can tell, the object is opened to be changed. */
export function blindPatchLines(at: At, { object, edits }: Extract<ChangePart, { on: 'object' }>): string[] {
  const kind = object.kind.toLowerCase();
  const paths = edits.map(({ path }) => path);
  if (paths.every(isOfFields)) {
    // RFC 7386: null takes a field away.
    const patch = edits.reduce<object>((made, { path, value }) => withEdits(made, [{ path, value: value ?? null }]), {});
    return [kubectl(at, 'patch', kind, object.name, '--type=merge', '-p', JSON.stringify(patch))];
  }
  if (!paths.every((path) => path.every((step) => typeof step !== 'object'))) return [kubectl(at, 'edit', kind, object.name)];
  const patch = edits.map(({ path, value }) => {
    const pointer = path.map((step) => (typeof step === 'object' ? step.name : `${step}`)).map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    return value === undefined ? { op: 'remove', path: pointer } : { op: typeof path.at(-1) === 'number' ? 'replace' : 'add', path: pointer, value };
  });
  return [kubectl(at, 'patch', kind, object.name, '--type=json', '-p', JSON.stringify(patch))];
}

/** @param known the object that is changed, where it was read @throws MissingPlace */
export function objectLines(at: At, part: Exclude<ChangePart, { on: 'pod' }>, known: KubeObject | undefined): string[] {
  const { namespace = at.namespace } = (part.on === 'new' ? (part.object['metadata'] ?? {}) : part.object) as { namespace?: string };
  const there = { context: at.context, namespace };
  if (part.on === 'new') return createLines(there, part.object);
  return known ? patchLines(there, { ...known, kind: part.object.kind }, part.edits) : blindPatchLines(there, part);
}

const isOfFields = (path: readonly PathStep[]) => path.every((step) => typeof step === 'string');

/** A new object, and never over one that is there. */
export function createLines(at: At, object: Readonly<Record<string, unknown>>): string[] {
  return [fedWith(kubectl(at, 'create', '-f', '-'), writeDocument(object))];
}
