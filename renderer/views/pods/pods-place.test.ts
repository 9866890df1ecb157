import { expect, test } from 'vitest';
import { hrefOf, parseRoute } from '../../state/route.svelte.ts';
import { podsPlace, type PodsPlace } from './pods-place.ts';

test.each<[string[], PodsPlace]>([
  [[], {}],
  [['shop'], {}],
  [['shop', 'web'], { pod: { namespace: 'shop', name: 'web' } }],
  [['shop', 'Deployment', 'web'], { workload: { namespace: 'shop', kind: 'Deployment', name: 'web' } }],
])('the address of %j', (parts, expected) => expect(podsPlace(parseRoute(hrefOf('pods', ...parts)).parts)).toEqual(expected));
