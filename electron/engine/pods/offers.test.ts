import { expect, test } from 'vitest';
import type { Finding } from '../../../shared/contract/findings.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { offersOf } from './offers.ts';
import type { WorldSources } from './world.ts';

// A finding suggests another image for `container`; no node's store is asked, for the pod lacks none.
const offersFor = (containers: string[], container: string | undefined) => {
  const pod: Pod = { metadata: { name: 'web', namespace: 'n' }, spec: { containers: containers.map((name) => ({ name, image: 'wbe:1' })) } };
  const sources = {
    session: { context: 'kind-kind', nodeStores: { loadable: () => [], images: { value: { read: new Map() } }, stores: { value: new Map() } }, nodes: { value: { items: 'unknown' } } },
    docker: { images: { value: 'unknown' } },
  };
  const finding = { ...(container === undefined ? {} : { container }), fixes: [{ action: 'recreate', image: 'web:1', recommended: true, danger: 'y' }] };
  return offersOf(sources as unknown as WorldSources, pod, { name: 'web', namespace: 'n' } as PodRow, [finding as unknown as Finding]);
};

test.each<[string, string[], string | undefined]>([
  ['several and none is named', ['app', 'log'], undefined],
  ['one is named that cannot be made anew, such as an ephemeral one', ['app'], 'debugger'],
])('an image of which it is not clear what container gets it is refused, and the others stay: %s', (_, containers, container) => {
  const offers = offersFor(containers, container);
  const image = offers.find((offer) => offer.image === 'web:1');
  expect(image).toMatchObject({ commands: [], refused: { key: 'offer.refused.which-container-of-pod', params: { pod: 'web' } } });
  expect(offers.find(({ action, policy }) => action === 'recreate' && policy === 'Never')?.refused).toBeUndefined();
});

test.each<[string, string[], string | undefined]>([
  ['the only one', ['app'], undefined],
  ['the named one', ['app', 'log'], 'log'],
])('an image gets its lines where the container is clear: %s', (_, containers, container) => {
  const image = offersFor(containers, container).find((offer) => offer.image === 'web:1');
  expect(image?.refused).toBeUndefined();
  expect(image?.commands.join(' ')).toContain('web:1');
});
