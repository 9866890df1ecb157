import { expect, test } from 'vitest';
import { checkMessages, type MessageCheck } from './check-messages.ts';

const whole: MessageCheck = {
  en: {
    'pods.none': 'No pods in {namespace}.',
    'pods.count': '{count, plural, one {# pod} other {# pods}}',
    'pods.near': '{count, plural, one {An image is} other {Images are}} near: {names}',
    presence: { present: 'Present', unknown: 'Unknown' },
    'why.latest': 'The <code>{image}</code> is {known, select, yes {here} other {not here}}.',
    'failure.POD_GONE': '{pod} is gone.',
  },
  ko: {
    'pods.none': '{namespace}에 파드가 없습니다.',
    'pods.count': '{count, plural, other {파드 #개}}',
    'pods.near': '비슷한 이미지: {names}',
    presence: { present: '있음', unknown: '알 수 없음' },
    'why.latest': '<code>{image}</code>은 {known, select, yes {있습니다} other {없습니다}}.',
    'failure.POD_GONE': '{pod}이 사라졌습니다.',
  },
  sources: {
    'renderer/a.svelte': "{say('pods.none', { namespace })} {say(`presence.${presence}`)}",
    'electron/c.ts': "{ key: 'pods.near' }",
    'electron/b.ts': "return { key: 'pods.count', params: { count } }; const chosen = known ? 'why.latest' : undefined;",
    'renderer/keys.ts': "{ id: 'x', key: 'l' }",
  },
  failureCodes: ['POD_GONE'],
};

test('whole messages have no faults', () => {
  expect(checkMessages(whole)).toEqual({ faults: [], unused: [] });
});

test.each<[string, Partial<MessageCheck>, { faults?: string[]; unused?: string[] }]>([
  [
    'only in English',
    { en: { ...whole.en, 'failure.POD_GONE': '{pod} is gone.', 'pods.new': 'New' }, sources: { ...whole.sources, c: "'pods.new'" } },
    { faults: ['pods.new: is in en.json, but not in ko.json'] },
  ],
  [
    'only in Korean',
    { ko: { ...whole.ko, 'pods.old': '옛' } },
    { faults: ['pods.old: is in ko.json, but not in en.json'] },
  ],
  ['empty', { ko: { ...whole.ko, 'pods.none': ' ' } }, { faults: [
    'pods.none: is empty in ko.json', 'pods.none: {namespace} is in en.json, but not in ko.json'] }],
  [
    'another placeholder',
    { ko: { ...whole.ko, 'pods.none': '{name}에 없음' } },
    { faults: ['pods.none: {namespace} is in en.json, but not in ko.json', 'pods.none: {name} is in ko.json, but not in en.json'] },
  ],
  [
    'a lost tag and a lost choice',
    { ko: { ...whole.ko, 'why.latest': '{image} {known, select, other {없습니다}}' } },
    { faults: ['why.latest: <code> is in en.json, but not in ko.json', 'why.latest: {known: yes} is in en.json, but not in ko.json'] },
  ],
  [
    'a lost number',
    { ko: { ...whole.ko, 'pods.count': '파드' } },
    { faults: ['pods.count: {count} is in en.json, but not in ko.json'] },
  ],
  [
    'a failure without a sentence',
    { failureCodes: ['POD_GONE', 'POD_EXISTS'] },
    { faults: ['failure.POD_EXISTS: the failure POD_EXISTS has no sentence'] },
  ],
  [
    'a key that nobody wrote',
    { sources: { ...whole.sources, 'renderer/c.svelte': "say('pods.many')" } },
    { faults: ['pods.many: is used in renderer/c.svelte, but has no sentence'] },
  ],
  [
    'a key of the engine that nobody wrote',
    { sources: { ...whole.sources, 'electron/d.ts': "{ key: 'step.pull', params: {} }" } },
    { faults: ['step.pull: is used in electron/d.ts, but has no sentence'] },
  ],
  [
    'a template that begins no key',
    { sources: { ...whole.sources, 'renderer/c.svelte': 'say(`fate.${fate}`)' } },
    { faults: ['fate.*: is used in renderer/c.svelte, but no sentence begins so'] },
  ],
  [
    'a key that nobody uses',
    { sources: { ...whole.sources, 'electron/b.ts': "{ key: 'pods.count' }" } },
    { unused: ['why.latest'] },
  ],
])('%s', (_, change, expected) => {
  expect(checkMessages({ ...whole, ...change })).toEqual({ faults: [], unused: [], ...expected });
});

test('a message that cannot be read is named with the reason', () => {
  const { faults } = checkMessages({ ...whole, en: { ...whole.en, 'pods.none': '{namespace' } });
  expect(faults).toEqual([expect.stringMatching(/^pods\.none: cannot be read in en\.json: /)]);
});
