import { expect, test } from 'vitest';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import type { ArrangedOffer } from '../../actions/arrange-offers.ts';
import { fixesFor } from './file-fixes.ts';

const container = (part: Partial<ContainerRow>): ContainerRow => ({ name: 'c', init: false, image: 'x:1', policy: 'Always', origin: 'default-latest', presence: 'present', nodes: [], ports: [], ...part });
const row = (...containers: ContainerRow[]): PodRow => ({ uid: '1', name: 'p', namespace: 'n', status: 'Running', ready: '1/1', restarts: 0, health: 'ok', containers });
const offer = (part: Partial<ArrangedOffer['offer']>, weight: ArrangedOffer['weight'] = 'recommended'): ArrangedOffer => ({ offer: { action: 'recreate', danger: 'y', commands: [], ...part }, weight });

test('the fix that the finding names, for its container; what else can be done is none', () => {
  expect(fixesFor(row(), [offer({ policy: 'IfNotPresent' }), offer({ policy: 'Never' }, 'other'), offer({ action: 'load' })], 'web')).toEqual([{ container: 'web', policy: 'IfNotPresent' }]);
  expect(fixesFor(row(), [offer({ image: 'y:1', container: 'side' }, 'named')], 'web')).toEqual([{ container: 'side', image: 'y:1' }]);
  expect(fixesFor(row(), [offer({ policy: 'IfNotPresent' })], undefined)).toEqual([{ policy: 'IfNotPresent' }]);
});

test('what was set in the cluster, and not a default', () => {
  expect(fixesFor(row(container({ origin: 'set', policy: 'Never' }), container({ name: 'd' })), [], undefined)).toEqual([
    { container: 'c', image: 'x:1' }, { container: 'c', policy: 'Never' }, { container: 'd', image: 'x:1' },
  ]);
});

test('each once', () => {
  expect(fixesFor(row(container({ origin: 'set', policy: 'Never' })), [offer({ policy: 'Never' })], 'c').filter(({ policy }) => policy)).toHaveLength(1);
});
