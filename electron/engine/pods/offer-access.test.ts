import { expect, test } from 'vitest';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import type { Access } from '../cluster/access.ts';
import { createTopic } from '../topic.ts';
import { withAccess } from './offer-access.ts';

type Offer = PodDetail['offers'][number];
const refusing = (...verbs: string[]): Access => ({ changed: createTopic(0), connect() {}, may: ({ verb }) => (verbs.includes(verb) ? 'no' : 'unknown') });
const offer = (action: Offer['action']): Offer => ({ action, danger: 'y', commands: [] });
const all = (['recreate', 'load', 'load-and-recreate', 'delete', 'remove-finalizer', 'delete-owner'] as const).map(offer);

test.each<[string, Access, boolean, string[]]>([
  ['what is unknown is offered', refusing(), false, []],
  ['delete', refusing('delete'), false, ['recreate delete', 'load-and-recreate delete', 'delete delete']],
  ['create', refusing('create'), false, ['recreate create', 'load-and-recreate create']],
  ['patch', refusing('patch'), false, ['recreate patch', 'load-and-recreate patch', 'remove-finalizer patch']],
  ['of an owned pod the owner is changed', refusing('delete', 'patch'), true, ['delete delete', 'remove-finalizer patch']],
])('%s', (_, access, isOwned, expected) => {
  const offers = withAccess(access, 'n', isOwned, all);
  expect(offers).toHaveLength(all.length);
  expect(offers.flatMap(({ action, refused }) => (refused ? [`${action} ${refused.params['verb']}`] : []))).toEqual(expected);
});

test('another reason stays', () => {
  const refused = { key: 'offer.refused.ending', params: { pod: 'p' } };
  expect(withAccess(refusing('delete'), 'n', false, [{ ...offer('delete'), refused }])[0]?.refused).toEqual(refused);
});
