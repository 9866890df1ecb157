import { beforeEach, expect, test } from 'vitest';
import { failures } from '../../shared/contract/failures.ts';
import { language } from './language.svelte.ts';
import { hasMessage, say, sayParts } from './say.ts';

beforeEach(() => language.choose('en'));

test('tags become parts, and go away in plain text', () => {
  expect(sayParts('failure.NOT_ALLOWED', { verb: 'list', resource: 'pods', namespace: 'shop' }).filter(({ tag }) => tag !== 'text')).toEqual(
    expect.arrayContaining([{ tag: 'c', text: 'pods' }]),
  );
  expect(say('failure.POD_GONE', { pod: 'web' })).not.toMatch(/[<>]/);
});

test('an empty parameter chooses none', () => {
  const misspelt = { path: 'spec.nodName', line: 3 };
  expect(say('failure.MANIFEST_UNKNOWN_FIELD', { ...misspelt, suggestion: 'nodeName' })).toContain('nodeName');
  expect(say('failure.MANIFEST_UNKNOWN_FIELD', { ...misspelt, suggestion: '' })).not.toMatch(/none|mean/);
});

test.each(['kube-system', 'kube_system', 'origin', 'other', 'constructor'])('a value that is selected on is printed as it is: %s', (namespace) => {
  expect(say('failure.NOT_ALLOWED', { verb: 'list', resource: 'pods', namespace })).toContain(`in the namespace ${namespace}.`);
  expect(say('step.pod-not-ready', { pod: 'web', status: namespace })).toBe(`web is not ready yet (${namespace})`);
});

test('a hyphen or nothing at all chooses a branch, which is not printed', () => {
  expect([say('step.pod-not-ready', { pod: 'web', status: '' }), say('failure.NOT_ALLOWED', { verb: 'list', resource: 'pods', namespace: '' })]).toEqual(
    ['web is not ready yet', expect.stringContaining('list pods. Choose')],
  );
  const origin = (name: string) => say('finding.IMG-01.explanation', { origin: name, policy: 'Always' });
  expect([origin('same-as-default'), origin('same_as_default')]).toEqual([expect.stringContaining('also gets when'), origin('same-as-default')]);
});

test('the language changes the words at once', () => {
  const english = say('nav.pods');
  language.choose('ko');
  expect([english, say('nav.pods')]).toEqual(['Pods', '파드']);
});

test.each([
  ['forward', 'already in use by another forward of Podlab. Port', 'Podlab의 다른 포워딩이 이미'],
  ['podlab', 'already in use by Podlab itself. Port', 'Podlab 자신이 이미'],
  ['forward (process 7)', 'already in use by forward (process 7). Port', 'forward (process 7)이(가) 이미'],
  ['', 'already in use, by another program. Port', '다른 프로그램이 이미'],
])('who has a busy port: "%s"', (owner, english, korean) => {
  const words = () => say('failure.LOCAL_PORT_IN_USE', { port: 80, free: 81, owner });
  expect(words()).toContain(english);
  language.choose('ko');
  expect(words()).toContain(korean);
});

test('what has no words shows itself', () => {
  expect([hasMessage('no.such-key'), say('no.such-key')]).toEqual([false, 'no.such-key']);
});

test.each(['ENGINE_LOST', 'UNEXPECTED', ...Object.keys(failures)])('%s has a sentence in both languages', (code) => {
  const inEnglish = hasMessage(`failure.${code}`);
  language.choose('ko');
  expect([inEnglish, hasMessage(`failure.${code}`)]).toEqual([true, true]);
});
