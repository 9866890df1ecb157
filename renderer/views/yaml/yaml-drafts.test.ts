import { afterEach, expect, test } from 'vitest';
import { yamlDrafts } from './yaml-drafts.svelte.ts';

const pod = { context: 'c', apiVersion: 'v1', kind: 'Pod', namespace: 'n', name: 'p' };
afterEach(() => yamlDrafts.end(pod));

test('begun twice, what was written stays', () => {
  yamlDrafts.begin(pod, 'a: 1\n');
  yamlDrafts.write(pod, 'a: 2\n');
  yamlDrafts.begin(pod, 'a: 3\n');
  expect(yamlDrafts.of(pod)).toEqual({ text: 'a: 2\n', base: 'a: 1\n' });
  expect(yamlDrafts.of({ ...pod, context: 'other' })).toBeUndefined();
});

test('begun anew from the cluster, one can go back to what was written, with what that began from', () => {
  yamlDrafts.begin(pod, 'a: 1\n');
  yamlDrafts.write(pod, 'a: 2\n');
  yamlDrafts.beginAnew(pod, 'a: 3\n');
  expect(yamlDrafts.of(pod)).toMatchObject({ text: 'a: 3\n', base: 'a: 3\n' });
  yamlDrafts.goBack(pod);
  expect(yamlDrafts.of(pod)).toEqual({ text: 'a: 2\n', base: 'a: 1\n' });
});

test('nothing was written: there is nothing to go back to', () => {
  yamlDrafts.begin(pod, 'a: 1\n');
  yamlDrafts.beginAnew(pod, 'a: 3\n');
  yamlDrafts.goBack(pod);
  expect(yamlDrafts.of(pod)?.text).toBe('a: 3\n');
});
