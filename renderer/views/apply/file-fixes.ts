// What of a pod could be written into the file that it came from: the fix that its finding names, and what was set in the cluster since. Pure.
import type { FileFix } from '../../../shared/contract/files.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import type { ArrangedOffers } from '../../actions/arrange-offers.ts';

export type WantedFix = Pick<FileFix, 'container' | 'policy' | 'image'>;

/** Each once; what the file says already is found out by planning it. */
export function fixesFor(row: PodRow, article: ArrangedOffers['article'], findingContainer: string | undefined): WantedFix[] {
  const named = article.filter(({ weight }) => weight !== 'other').flatMap(({ offer: { policy, image, container = findingContainer } }): WantedFix[] => {
    if (policy === undefined && image === undefined) return [];
    return [{ ...(container === undefined ? {} : { container }), ...(policy === undefined ? {} : { policy }), ...(image === undefined ? {} : { image }) }];
  });
  // A policy that somebody set, and any image, are what the file should say; a default is nobody's word.
  const live = row.containers.flatMap(({ name, image, policy, origin }): WantedFix[] => [
    { container: name, image },
    ...(origin === 'set' || origin === 'changed-later' ? [{ container: name, policy }] : []),
  ]);
  const all = [...named, ...live];
  return all.filter((fix, index) => all.findIndex((other) => keyOf(other) === keyOf(fix)) === index);
}

export function keyOf({ container, policy, image }: WantedFix): string {
  return JSON.stringify([container, policy, image]);
}
