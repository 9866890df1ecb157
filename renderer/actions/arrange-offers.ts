// Which buttons of a pod stand where. Each exists once.
import type { Finding, Fix } from '../../shared/contract/findings.ts';
import type { Offer } from './pods.ts';

export interface ArrangedOffers {
  /** In the first finding's article, what it recommends first. */
  readonly article: readonly { readonly offer: Offer; readonly recommended: boolean }[];
  /** In the detail's bar. */
  readonly bar: readonly Offer[];
}

/** The same for the same button, so that a change of the pod does not draw it anew under the person's finger. */
export function offerKey({ action, policy, image }: Offer): string {
  return [action, policy, image].join(' ');
}

const isFix = ({ action }: Offer) => action !== 'delete';
const answers = (offer: Offer, fix: Fix) =>
  offer.action === fix.action
  && ('policy' in fix ? fix.policy : undefined) === offer.policy
  && (fix.action !== 'recreate' || fix.image === offer.image);

/** Fixes go to the first finding if there is one (its own first, in its order; then what else can be done), all others to the bar. */
export function arrangeOffers(offers: readonly Offer[], findings: readonly Pick<Finding, 'fixes'>[]): ArrangedOffers {
  const [first] = findings;
  if (!first) return { article: [], bar: offers };
  const named = first.fixes.flatMap((fix) => offers.filter((offer) => answers(offer, fix)).map((offer) => ({ offer, recommended: fix.recommended })));
  const unique = named.filter(({ offer }, index) => named.findIndex((other) => other.offer === offer) === index);
  const rest = offers.filter((offer) => isFix(offer) && !unique.some((other) => other.offer === offer));
  return {
    article: [...unique, ...rest.map((offer) => ({ offer, recommended: false }))],
    bar: offers.filter((offer) => !isFix(offer)),
  };
}
