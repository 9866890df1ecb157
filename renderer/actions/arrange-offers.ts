// Which buttons of a pod stand where. Each exists once.
import type { Finding, Fix } from '../../shared/contract/findings.ts';
import type { Offer } from './pods.ts';

export interface ArrangedOffer {
  readonly offer: Offer;
  /** The best answer to the finding; one that the finding names; or what else can be done. */
  readonly weight: 'recommended' | 'named' | 'other';
}
export interface ArrangedOffers {
  /** In the first finding's article, what it recommends first. */
  readonly article: readonly ArrangedOffer[];
  /** In the articles of the findings after it, in their order: what is about that finding alone. */
  readonly further: readonly (readonly ArrangedOffer[])[];
  /** In the detail's bar. */
  readonly bar: readonly Offer[];
  /** Beside what depends on the pod: it concerns more than the pod. */
  readonly owner: Offer | undefined;
}

/**
 * The same for the same button. Loading leaves the policy to the finding, so its buttons are one, whatever policy they would set.
 * Also the key of a drawn button, so that a change of the pod does not draw it anew under the person's finger.
 */
export function offerKey({ action, policy, image, finalizer, fix, container }: Offer): string {
  return [
    action, ...(action === 'recreate' ? [policy, image] : []), ...(finalizer === undefined ? [] : [finalizer]), ...(fix ? [fix.finding, container, fix.key] : []),
  ].join(' ');
}

const FIXES: ReadonlySet<Offer['action']> = new Set(['recreate', 'load', 'load-and-recreate', 'restart']);
const isFix = ({ action }: Offer) => FIXES.has(action);

type Fixed = Pick<Finding, 'fixes'> & Partial<Pick<Finding, 'id' | 'container'>>;

/** What a finding recommends, as a button. What the engine did not offer of itself (another image) is refused for the same reason as its kind. */
function offerFor(finding: Fixed, fix: Fix, offers: readonly Offer[]): Offer | undefined {
  if (fix.action === 'write' || fix.action === 'host-lines') return undefined;
  if (fix.action === 'change') {
    return offers.find((offer) => offer.fix?.finding === finding.id && offer.container === finding.container && offer.fix?.key === fix.key);
  }
  const policy = fix.action === 'load' ? undefined : fix.policy;
  const image = fix.action === 'recreate' ? fix.image : undefined;
  const kind = offers.filter(({ action }) => action === fix.action);
  const exact = kind.find((offer) => offer.policy === policy && offer.image === image);
  if (exact || !kind[0]) return exact;
  const { refused } = kind[0];
  return {
    action: fix.action, danger: fix.danger, commands: [],
    ...(policy === undefined ? {} : { policy }), ...(image === undefined ? {} : { image }), ...(refused ? { refused } : {}),
  };
}

const firstOfEach = <Item>(items: readonly Item[], offerOf: (item: Item) => Offer): Item[] =>
  items.filter((item, index) => items.findIndex((other) => offerKey(offerOf(other)) === offerKey(offerOf(item))) === index);

function namedBy(finding: Fixed, fixes: readonly Fix[], offers: readonly Offer[]): ArrangedOffer[] {
  const named = fixes.flatMap((fix): ArrangedOffer[] => {
    const offer = offerFor(finding, fix, offers);
    return offer ? [{ offer, weight: fix.recommended ? 'recommended' : 'named' }] : [];
  });
  return [...named.filter(({ weight }) => weight === 'recommended'), ...named.filter(({ weight }) => weight !== 'recommended')];
}

/**
 * Fixes go to the first finding if there is one (its own first, the recommended before the others; then, if it is about an image, what else can be done), changes
 * to the finding that names them, all others to the bar. What cannot be done now is shown only where a finding names it: there its reason tells something.
 */
export function arrangeOffers(offers: readonly Offer[], findings: readonly Fixed[]): ArrangedOffers {
  const [first, ...others] = findings;
  const possible = offers.filter((offer) => isFix(offer) && !offer.refused);
  const removing = offers.filter((offer) => !isFix(offer) && offer.action !== 'delete-owner' && offer.action !== 'change');
  const owner = offers.find(({ action }) => action === 'delete-owner');
  if (!first) return { article: [], further: [], bar: [...firstOfEach(possible, (offer) => offer), ...removing], owner };
  const rest = possible.map((offer): ArrangedOffer => ({ offer, weight: 'other' }));
  const changes = (finding: Fixed) => finding.fixes.filter(({ action }) => action === 'change');
  const named = namedBy(first, first.fixes, offers);
  // Beside a finding that is not about an image, another pull policy would look like an answer to it.
  if (first.id !== undefined && !first.id.startsWith('IMG-')) {
    const keys = new Set(named.map(({ offer }) => offerKey(offer)));
    return {
      article: firstOfEach(named, ({ offer }) => offer),
      further: others.map((finding) => firstOfEach(namedBy(finding, changes(finding), offers), ({ offer }) => offer)),
      bar: [...firstOfEach(possible, (offer) => offer).filter((offer) => !keys.has(offerKey(offer))), ...removing],
      owner,
    };
  }
  return {
    article: firstOfEach([...named, ...rest], ({ offer }) => offer),
    further: others.map((finding) => firstOfEach(namedBy(finding, changes(finding), offers), ({ offer }) => offer)),
    bar: removing,
    owner,
  };
}
