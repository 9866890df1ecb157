import { beforeEach, expect, test } from 'vitest';
import { createDraft } from './create-draft.svelte.ts';

beforeEach(() => createDraft.forget());
const names = () => createDraft.sources.map(({ name, text }) => name ?? text);

test('files come beside a typed text, and in the place of an empty one', () => {
  createDraft.open([{ name: 'a.yaml', path: '/a.yaml', text: 'a' }]);
  expect(names()).toEqual(['a.yaml']);
  createDraft.open([{ name: 'b.yaml', path: '/b.yaml', text: 'b' }, { name: 'a.yaml', path: '/a.yaml', text: 'other' }]);
  expect(names()).toEqual(['a.yaml', 'b.yaml']);
  expect(createDraft.source.name).toBe('b.yaml');
  expect(createDraft.sources[0]?.text).toBe('a');
});

test('a file that is open is shown, and its text is not touched', () => {
  createDraft.manifest = 'typed';
  createDraft.open([{ name: 'a.yaml', path: '/a.yaml', text: 'a' }]);
  createDraft.manifest = 'mine';
  createDraft.show(createDraft.sources[0]!.id);
  createDraft.open([{ name: 'a.yaml', path: '/a.yaml', text: 'a' }]);
  expect(names()).toEqual(['typed', 'a.yaml']);
  expect(createDraft.manifest).toBe('mine');
});

test('a new text on disk is taken only when asked, and the person’s own comes back', () => {
  createDraft.open([{ name: 'a.yaml', path: '/a.yaml', text: 'a' }]);
  const { id } = createDraft.source;
  createDraft.manifest = 'a, and mine';
  createDraft.takeFromDisk(id, 'a on disk');
  expect(createDraft.manifest).toBe('a on disk');
  createDraft.putBack(id);
  expect(createDraft.manifest).toBe('a, and mine');
  expect(createDraft.source).toMatchObject({ fileText: 'a on disk', former: undefined });
});

test('the example does not lose what was typed', () => {
  createDraft.manifest = 'typed';
  createDraft.fillIn('example');
  expect(createDraft.manifest).toBe('example');
  createDraft.putBack(createDraft.source.id);
  expect(createDraft.manifest).toBe('typed');
});

test('the last one taken out leaves an empty text', () => {
  createDraft.open([{ name: 'a.yaml', path: '/a.yaml', text: 'a' }, { name: 'b.yaml', path: '/b.yaml', text: 'b' }]);
  createDraft.remove(createDraft.source.id);
  expect(createDraft.source.name).toBe('b.yaml');
  createDraft.remove(createDraft.source.id);
  expect(createDraft.sources).toHaveLength(1);
  expect(createDraft.manifest).toBe('');
});
