// Which offers the cluster refuses to this user: shown with the reason, and not hidden.
import type { Message } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import type { Access } from '../cluster/access.ts';

type Offer = PodDetail['offers'][number];

/** Server-side apply is a PATCH; where it creates, `create` is needed, too (k8s.io/apiserver/pkg/endpoints/handlers/patch.go). */
const APPLY = ['patch', 'create'] as const;
/** The verbs on pods. What is done to an owner is left to the server: its kind may be any. Loading an image asks nothing of the cluster. */
const needed = {
  load: [],
  delete: ['delete'],
  'force-delete': ['delete'],
  'remove-finalizer': ['patch'],
  recreate: ['delete', ...APPLY],
  'load-and-recreate': ['delete', ...APPLY],
  restart: [],
  'delete-owner': [],
  // Its parts may be about anything: asked where its offer is made.
  change: [],
} as const satisfies Record<Offer['action'], readonly string[]>;

/** An offer that is refused for another reason keeps that one. */
export function withAccess(access: Access, namespace: string, isOwned: boolean, offers: readonly Offer[]): Offer[] {
  return offers.map((offer) => {
    if (offer.refused) return offer;
    const verbs = isOwned && offer.action.endsWith('recreate') ? [] : needed[offer.action];
    const refused = podRefusal(access, namespace, verbs);
    return refused ? { ...offer, refused } : offer;
  });
}

/** Why this user may not: the first of the verbs that the server refuses. Undefined where it refuses none, or has not said. */
export function podRefusal(access: Access, namespace: string, verbs: readonly string[]): Message | undefined {
  // All are asked at once, so that the next look has all the answers.
  const refused = verbs.filter((verb) => access.may({ verb, resource: 'pods', namespace }) === 'no');
  return refused[0] === undefined ? undefined : { key: 'access.refused', params: { verb: refused[0], namespace } };
}

/** What is refused, by what a person does. */
export function accessOf(access: Access, namespace: string): { create?: Message; delete?: Message; recreate?: Message } {
  const refusals = { create: APPLY, delete: needed.delete, recreate: needed.recreate };
  return Object.fromEntries(Object.entries(refusals).flatMap(([what, verbs]) => {
    const refused = podRefusal(access, namespace, verbs);
    return refused ? [[what, refused]] : [];
  }));
}
