import { expect, test } from 'vitest';
import type { Fix } from '../../shared/contract/findings.ts';
import { arrangeOffers } from './arrange-offers.ts';
import type { ArrangedOffers } from './arrange-offers.ts';
import type { Offer } from './pods.ts';

const offer = (action: Offer['action'], more: Partial<Offer> = {}): Offer => ({ action, danger: 'y', commands: [], ...more });
const remove = offer('delete');
const load = offer('load');
const loadAndRecreate = offer('load-and-recreate', { policy: 'IfNotPresent' });
const loadAndNever = offer('load-and-recreate', { policy: 'Never' });
const refused = { key: 'offer.refused.owner', params: { owner: 'web' } };
const ifNotPresent = offer('recreate', { policy: 'IfNotPresent' });
const never = offer('recreate', { policy: 'Never' });
const plain = offer('recreate');
const corrected = offer('recreate', { image: 'spring-server' });
const fix = (one: { action: 'recreate' | 'load' | 'load-and-recreate'; recommended?: boolean; policy?: 'IfNotPresent' | 'Never'; image?: string }) =>
  ({ image: 'spring-server', danger: 'y', ...one, recommended: one.recommended ?? false }) as Fix;

test.each<[string, Offer[], { fixes: Fix[] }[], Pick<ArrangedOffers, 'article' | 'bar'>]>([
  ['a healthy pod has all buttons in the bar', [plain, ifNotPresent, remove], [], { article: [], bar: [plain, ifNotPresent, remove] }],
  ['the finding orders its fixes, the rest follows', [plain, load, loadAndRecreate, ifNotPresent, remove],
    [{ fixes: [fix({ action: 'load-and-recreate', policy: 'IfNotPresent', recommended: true }), fix({ action: 'load' })] }],
    {
      article: [
        { offer: loadAndRecreate, weight: 'recommended' },
        { offer: load, weight: 'named' },
        { offer: plain, weight: 'other' },
        { offer: ifNotPresent, weight: 'other' },
      ],
      bar: [remove],
    }],
  ['another policy is another button', [never, ifNotPresent],
    [{ fixes: [{ action: 'recreate', policy: 'IfNotPresent', recommended: true, danger: 'y' }] }],
    { article: [{ offer: ifNotPresent, weight: 'recommended' }, { offer: never, weight: 'other' }], bar: [] }],
  ['a corrected image is another button', [plain, corrected],
    [{ fixes: [{ action: 'recreate', image: 'spring-server', recommended: true, danger: 'y' }] }],
    { article: [{ offer: corrected, weight: 'recommended' }, { offer: plain, weight: 'other' }], bar: [] }],
  ['a corrected image that was not offered is offered now, and refused like its kind', [{ ...plain, refused }, remove],
    [{ fixes: [{ action: 'recreate', image: 'spring-server', recommended: true, danger: 'y' }] }],
    {
      article: [{ offer: { ...corrected, refused }, weight: 'recommended' }],
      bar: [remove],
    }],
  ['loading with any policy is one button, with the policy of the finding', [loadAndRecreate, loadAndNever],
    [{ fixes: [fix({ action: 'load-and-recreate', policy: 'Never', recommended: true })] }],
    { article: [{ offer: loadAndNever, weight: 'recommended' }], bar: [] }],
  ['without a finding it has the first policy', [loadAndRecreate, loadAndNever], [], { article: [], bar: [loadAndRecreate] }],
  ['what is refused is no button, Delete is always one', [{ ...load, refused }, plain, { ...remove, refused }], [], { article: [], bar: [plain, { ...remove, refused }] }],
  ['what is refused is one where the finding names it', [{ ...load, refused }, { ...ifNotPresent, refused }, remove], [{ fixes: [fix({ action: 'load' })] }],
    { article: [{ offer: { ...load, refused }, weight: 'named' }], bar: [remove] }],
  ['a fix of a kind that is not offered is no button', [remove], [{ fixes: [fix({ action: 'load', recommended: true })] }], { article: [], bar: [remove] }],
  ['two findings share the buttons of the first', [load, remove], [{ fixes: [fix({ action: 'load', recommended: true })] }, { fixes: [fix({ action: 'load' })] }],
    { article: [{ offer: load, weight: 'recommended' }], bar: [remove] }],
  ['a fix that is named twice is one button', [load], [{ fixes: [fix({ action: 'load', recommended: true }), fix({ action: 'load' })] }],
    { article: [{ offer: load, weight: 'recommended' }], bar: [] }],
])('%s', (_, offers, findings, expected) => {
  const { article, bar } = arrangeOffers(offers, findings);
  expect({ article, bar }).toEqual(expected);
});

test('beside a finding that is not about an image, only what it names; another pull policy is in the bar', () => {
  const offer = (policy: 'Never' | 'Always'): Offer => ({ action: 'recreate', policy, danger: 'y', commands: [] });
  const plain: Offer = { action: 'recreate', danger: 'y', commands: [] };
  const remove: Offer = { action: 'delete', danger: 'y', commands: [] };
  const fixes: Fix[] = [{ action: 'recreate', recommended: true, danger: 'y' }];
  const of = (id: string) => arrangeOffers([offer('Never'), offer('Always'), plain, remove], [{ id, fixes }]);
  expect(of('CRA-02')).toMatchObject({ article: [{ offer: plain, weight: 'recommended' }], bar: [offer('Never'), offer('Always'), remove] });
  expect(of('CRA-02').article).toHaveLength(1);
  expect(of('IMG-01').article).toHaveLength(3);
  expect(of('IMG-01').bar).toEqual([remove]);
});

test('the last resorts stand in the bar, and deleting the owner beside what depends on the pod', () => {
  const owner = offer('delete-owner', { danger: 'r', confirm: 'web' });
  const force = offer('force-delete', { danger: 'r', confirm: 'pod' });
  const finalizers = ['a', 'b'].map((finalizer) => offer('remove-finalizer', { danger: 'r', confirm: 'pod', finalizer }));
  const restart = offer('restart');
  const all = [restart, remove, owner, force, ...finalizers];
  expect(arrangeOffers(all, [])).toEqual({ article: [], further: [], bar: [restart, remove, force, ...finalizers], owner });
  expect(arrangeOffers(all, [{ fixes: [] }])).toEqual({ article: [{ offer: restart, weight: 'other' }], further: [], bar: [remove, force, ...finalizers], owner });
});

test('a change stands in the article of the finding that names it, the recommended one first, and nowhere else', () => {
  const label = { key: 'fix.F11.more', params: {} };
  const changeOf = (finding: string, key: string, container?: string) => offer('change', { fix: { finding, key, label }, ...(container === undefined ? {} : { container }) });
  const changes = (...keys: [string, boolean][]): Fix[] =>
    keys.map(([key, recommended]) => ({ action: 'change', key, label, describe: label, parts: [{ on: 'new', object: {} }], recommended, danger: 'y' }));
  const [less, more, other, theirs] = [changeOf('CRS-01', 'F11.less', 'app'), changeOf('CRS-01', 'F11.more', 'app'), changeOf('CRS-01', 'F11.more', 'side'), changeOf('SVC-02', 'F15.port')];
  const findings = [
    { id: 'CRS-01', container: 'app', fixes: changes(['F11.less', false], ['F11.more', true], ['F11.gone', false]) },
    { id: 'CRS-01', container: 'side', fixes: [...changes(['F11.more', true]), fix({ action: 'recreate' })] },
    { id: 'SVC-02', fixes: changes(['F15.port', false]) },
    { id: 'NOD-09', fixes: [] },
  ];
  const { article, further, bar } = arrangeOffers([plain, remove, less, more, other, theirs], findings);
  expect(article).toEqual([{ offer: more, weight: 'recommended' }, { offer: less, weight: 'named' }]);
  expect(further).toEqual([[{ offer: other, weight: 'recommended' }], [{ offer: theirs, weight: 'named' }], []]);
  expect(bar).toEqual([plain, remove]);
});
