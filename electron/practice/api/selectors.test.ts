import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { ApiError } from './api-error.ts';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector, type Labels } from './label-selector.ts';

function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'it was understood';
}

describe('a label selector', () => {
  it.each<[string, Labels[], Labels[]]>([
    ['', [{}, { a: '1' }], []],
    ['a', [{ a: '' }], [{ b: '1' }]],
    ['!a', [{ b: '1' }], [{ a: '' }]],
    ['a=1,b==2', [{ a: '1', b: '2' }], [{ a: '1' }, { a: '1', b: '3' }]],
    ['a=', [{ a: '' }], [{ a: '1' }, {}]],
    ['a!=1', [{}, { a: '2' }], [{ a: '1' }]],
    ['a in (1, 2)', [{ a: '1' }, { a: '2' }], [{ a: '3' }, {}]],
    ['a notin (1,2),b', [{ b: '' }, { a: '3', b: '' }], [{ a: '1', b: '' }, {}]],
    ['a in (,1)', [{ a: '' }, { a: '1' }], [{}]],
    ['a>5', [{ a: '6' }], [{ a: '5' }, { a: 'x' }, {}]],
    ['a<3', [{ a: '2' }, { a: '-2' }], [{ a: '3' }]],
    ['in in (in)', [{ in: 'in' }], [{}]],
    ['x.io/a=1', [{ 'x.io/a': '1' }], [{ a: '1' }]],
    ['constructor', [{ constructor: '1' }], [{}]],
  ])('%s', (text, chosen, left) => {
    const matches = parseLabelSelector(text, 34);
    for (const labels of chosen) expect(matches(labels), JSON.stringify(labels)).toBe(true);
    for (const labels of left) expect(matches(labels), JSON.stringify(labels)).toBe(false);
  });

  // As 1.20.2 answers them.
  it.each([
    ['a b', "unable to parse requirement: found 'b', expected: '=', '!=', '==', 'in', notin'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a,', "found '', expected: identifier after ','"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a>j', "unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer"],
  ])('%s is refused', (text, words) => {
    expect(message(() => parseLabelSelector(text, 20))).toBe(words);
  });

  it('has newer words in newer servers', () => {
    expect(message(() => parseLabelSelector('a b', 34))).toBe("unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
    expect(message(() => parseLabelSelector('-a', 34))).toMatch(/^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/);
    expect(message(() => parseLabelSelector('-a', 20))).toMatch(/^unable to parse requirement: invalid label key "-a": name part must consist of/);
  });
});

describe('a field selector', () => {
  const object: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'b' }, spec: { node: 'c=1,d' } };
  const kind = { namespaced: true, fieldSelectors: { 'spec.node': (of: KubeObject) => (of['spec'] as { node: string }).node } };

  it.each([
    ['metadata.name=a', true],
    ['metadata.name==a,metadata.namespace!=c', true],
    ['metadata.name!=a', false],
    ['metadata.name=', false],
    ['spec.node=c\\=1\\,d', true],
    ['', true],
  ])('%s', (text, matches) => {
    expect(parseFieldSelector(text, kind)(object)).toBe(matches);
  });

  it('knows the fields of its kind alone', () => {
    expect(message(() => parseFieldSelector('foo=bar', kind))).toBe('field label not supported: foo');
    expect(message(() => parseFieldSelector('foo=bar', { namespaced: true }))).toBe(
      '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    expect(message(() => parseFieldSelector('foo', kind))).toBe("invalid selector: 'foo'; can't understand 'foo'");
  });
});
