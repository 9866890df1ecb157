// The `change` fixes of a workload's or Service's own findings as buttons: their lines, and why one cannot be done.
import type { ChangePart, Finding, Fix, Message } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import { MissingPlace } from '../../../shared/kubernetes/edits.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { apiGroup } from '../../../shared/kubernetes/workload-kinds.ts';
import type { Access } from '../cluster/access.ts';
import { objectLines, type At } from '../fixes/lines.ts';
import { sourceOf } from './template.ts';
import type { WorkloadEntry } from './workload-entry.ts';

type Offer = PodDetail['offers'][number];
type ChangeFix = Extract<Fix, { action: 'change' }>;

/** What is changed in a pod is offered where the pod is looked at. */
export function isOwnChange(fix: Fix): fix is ChangeFix {
  return fix.action === 'change' && fix.parts.every(({ on }) => on !== 'pod');
}

/** One for each fix, in the findings' order. */
export function workloadOffers({ object, findings }: WorkloadEntry, context: string, access: Access): Offer[] {
  return findings.flatMap(({ finding, pod }) => (pod === undefined ? finding.fixes.filter(isOwnChange).map((fix) => offerOf(object, finding, fix, context, access)) : []));
}

function offerOf(object: KubeObject, { id }: Finding, { key, label, describe, danger, parts }: ChangeFix, context: string, access: Access): Offer {
  const offer: Offer = { action: 'change', danger, commands: [], describe, fix: { finding: id, key, label } };
  const { name = '', namespace = '' } = object.metadata;
  if (object.metadata.deletionTimestamp) return { ...offer, refused: { key: 'offer.refused.object-ending', params: { kind: object.kind ?? '', name } } };
  const refused = parts.map((part) => refusal(access, part, namespace)).find((each) => each !== undefined);
  if (refused) return { ...offer, refused };
  const source = parts.some(({ on }) => on === 'object') ? sourceOf(object) : undefined;
  try {
    return {
      ...offer, commands: parts.flatMap((part) => linesOf({ context, namespace }, object, part)),
      // What is written by a tool from elsewhere is written again by it.
      ...(source ? { notes: [{ key: 'offer.note.source', params: { source, kind: object.kind ?? '', owner: name } }] } : {}),
    };
  } catch (error) {
    if (!(error instanceof MissingPlace)) throw error;
    return { ...offer, refused: { key: 'offer.refused.place', params: { path: error.path } } };
  }
}

function refusal(access: Access, part: ChangePart, namespace: string): Message | undefined {
  if (part.on === 'pod') return undefined;
  const { apiVersion = '', kind = '' } = part.object as { apiVersion?: string; kind?: string };
  const verb = part.on === 'new' ? 'create' : 'patch';
  // The plural of every kind that a fix of these is about.
  const answer = access.may({ verb, group: apiGroup(apiVersion), resource: `${kind.toLowerCase()}s`, namespace });
  return answer === 'no' ? { key: 'access.refused-object', params: { verb, kind, namespace } } : undefined;
}

function linesOf(at: At, object: KubeObject, part: ChangePart): string[] {
  if (part.on === 'pod') return [];
  const isIt = part.on === 'object' && part.object.kind === object.kind && part.object.name === object.metadata.name;
  return objectLines(at, part, isIt ? object : undefined);
}
