// The `change` fixes of a pod's findings as buttons: what each will do, its lines, and why it cannot be done.
import type { ChangePart, Finding, Fix, Message } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import { elsewhereInTemplate, MissingPlace } from '../../../shared/kubernetes/edits.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { controllerOf } from '../cluster/owners.ts';
import { planLines } from '../workloads/lines.ts';
import { ownerRefusal } from '../workloads/owned-offers.ts';
import { planOf } from '../workloads/plan.ts';
import { isWorkload } from '../workloads/root-owner.ts';
import { sourceOf } from '../workloads/template.ts';
import { objectLines, patchLines, replaceLines, staysInPlace } from './lines.ts';

type Offer = PodDetail['offers'][number];
type ChangeFix = Extract<Fix, { action: 'change' }>;

export interface ChangeAbout {
  readonly context: string;
  readonly world: World;
  /** The first verb on pods that this user may not use, of those given. */
  readonly mayNot: (verbs: readonly string[]) => Message | undefined;
}

/** One for each fix, in the findings' order. */
export function changeOffers(about: ChangeAbout, findings: readonly Finding[]): Offer[] {
  return findings.flatMap((finding) => finding.fixes.flatMap((fix) => (fix.action === 'change' ? [changeOffer(about, finding, fix)] : [])));
}

function changeOffer(about: ChangeAbout, { id, container }: Finding, { key, label, describe, danger, parts }: ChangeFix): Offer {
  const offer: Offer = { action: 'change', danger, commands: [], describe, fix: { finding: id, key, label }, ...(container === undefined ? {} : { container }) };
  const refused = refusal(about, parts);
  if (refused) return { ...offer, refused };
  try {
    return { ...offer, commands: parts.flatMap((part) => linesOf(about, part)), ...notesOf(about.world, parts) };
  } catch (error) {
    if (!(error instanceof MissingPlace)) throw error;
    return { ...offer, refused: { key: 'offer.refused.place', params: { path: error.path } } };
  }
}

function refusal({ context, world: { pod, owners }, mayNot }: ChangeAbout, parts: readonly ChangePart[]): Message | undefined {
  const name = pod.metadata.name ?? '';
  if (pod.metadata.deletionTimestamp !== undefined) return { key: 'offer.refused.ending', params: { pod: name } };
  const edits = parts.flatMap((part) => (part.on === 'pod' ? part.edits : []));
  if (edits.length === 0) return undefined;
  if (!controllerOf(pod)) return mayNot(staysInPlace(edits) ? ['patch'] : ['delete', 'patch', 'create']);
  const refused = ownerRefusal({ context, pod, chain: owners });
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  const other = refused || !root ? undefined : elsewhereInTemplate(pod, root, edits);
  return refused ?? (other === undefined ? undefined : { key: 'offer.refused.place', params: { path: other } });
}

function linesOf({ context, world }: ChangeAbout, part: ChangePart): string[] {
  const { pod, owners } = world;
  const { name = '', namespace = '' } = pod.metadata;
  const at = { context, namespace };
  switch (part.on) {
    case 'pod': {
      if (controllerOf(pod)) {
        return owners === 'unknown' ? [] : planLines(at, planOf([pod], owners, { edits: part.edits }), [name], { edits: part.edits });
      }
      return staysInPlace(part.edits) ? patchLines(at, { ...pod, kind: 'Pod' }, part.edits) : replaceLines(at, pod, part.edits);
    }
    case 'object':
      return objectLines(at, part, knownObject(world, part.object));
    case 'new':
      return objectLines(at, part, undefined);
  }
}

/** The object itself, where the diagnosis has read it. What is secret in one was left out, so a Secret is never known. */
function knownObject(world: World, { kind, name, namespace = world.pod.metadata.namespace }: Extract<ChangePart, { on: 'object' }>['object']): KubeObject | undefined {
  if (kind === 'Secret') return undefined;
  const named = (list: readonly KubeObject[] | 'unknown' | undefined) =>
    (list === undefined || list === 'unknown' ? [] : list).find(({ metadata }) => metadata.name === name && (metadata.namespace ?? namespace) === namespace);
  const related = namespace === world.pod.metadata.namespace ? world.related?.[`${kind}/${name}`] : undefined;
  if (related && related !== 'missing') return related;
  if (kind === 'Service') return named(world.services);
  if (kind === 'Node') return named(world.nodes as readonly KubeObject[] | 'unknown');
  return named(world.owners === 'unknown' ? undefined : world.owners.filter((each) => each.kind === kind));
}

/** What is written by a tool from elsewhere is written again by it. */
function notesOf({ owners }: World, parts: readonly ChangePart[]): { notes?: Message[] } {
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  const source = root && isWorkload(root) && parts.some(({ on }) => on === 'pod') ? sourceOf(root) : undefined;
  return source && root ? { notes: [{ key: 'offer.note.source', params: { source, kind: root.kind ?? '', owner: root.metadata.name ?? '' } }] } : {};
}

/** The root owner, for whoever shows its definition. */
export function rootName({ metadata: { namespace = '' } }: Pod, owners: readonly KubeObject[] | 'unknown'): NonNullable<PodDetail['root']> | undefined {
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  const { apiVersion, kind, metadata } = root ?? { metadata: {} };
  return apiVersion && kind && metadata.name ? { apiVersion, kind, namespace, name: metadata.name } : undefined;
}
