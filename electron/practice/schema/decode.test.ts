// Bodies and the words for bad ones. The JSON and YAML errors are those of a real 1.20.2 API server.
import { describe, expect, it } from 'vitest';
import { decodeBody as decode } from './decode.ts';
import { openSchema } from './open-schema.ts';

const schema = openSchema(34);
const decodeBody = (bytes: Uint8Array, contentType: string) => decode(bytes, contentType, schema);
const json = (text: string) => decodeBody(Buffer.from(text), 'application/json');
const yaml = (text: string) => decodeBody(Buffer.from(text), 'application/yaml');

describe('JSON', () => {
  it.each([
    ['x', "invalid character 'x' looking for beginning of value"],
    ['', 'unexpected end of JSON input'],
    ['{"a"', 'unexpected end of JSON input'],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['{"a":1}}', "invalid character '}' after top-level value"],
    ['[1 2]', "invalid character '2' after array element"],
    ['"\\u00zz"', "invalid character 'z' in \\u hexadecimal character escape"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['['.repeat(20_000), 'exceeded max depth'],
  ])('%.20s', (text, message) => {
    expect(() => json(text)).toThrow(`couldn't get version/kind; json parse error: ${message}`);
  });
  it('finds every key that stands twice in one object', () => {
    const { object, duplicates } = json('{"a":1,"a":2,"b":[{"c":1},{"c":1,"\\u0063":{"d":1}}]}');
    expect(object).toEqual({ a: 2, b: [{ c: 1 }, { c: { d: 1 } }] });
    expect(duplicates).toEqual(['duplicate field "a"', 'duplicate field "b[1].c"']);
  });
  it('takes a key that is a name of Object.prototype as any other', () => {
    expect(Object.keys(json('{"__proto__":{"a":1}}').object as object)).toEqual(['__proto__']);
  });
});

describe('YAML', () => {
  it.each([
    ['metadata:\n\tname: a', 'yaml: line 2: found character that cannot start any token'],
    ['a: b: c', 'yaml: mapping values are not allowed in this context'],
    ['x: 1\ny: b: c', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a:\n  b: 1\n c: 2', 'yaml: line 2: did not find expected key'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: a\n', "yaml: line 3: did not find expected ',' or '}'"],
    ['a: [1', "yaml: line 1: did not find expected ',' or ']'"],
    ['a: 1\nb: "x\n', 'yaml: line 3: found unexpected end of stream'],
    ['a: "\\q"', 'yaml: found unknown escape character'],
    ['a: 1\nb: }', 'yaml: line 1: did not find expected node content'],
    ['a: *b', "yaml: unknown anchor 'b' referenced"],
  ])('%j', (text, message) => {
    expect(() => yaml(text)).toThrow(message);
  });
  it('is YAML 1.1 as go-yaml knows it', () => {
    expect(yaml('a: on\nb: 012\nc: 22:22\nd: 2001-01-01\ne: 1_000\non: x').object).toEqual({
      a: true,
      b: 10,
      c: '22:22',
      d: '2001-01-01',
      e: 1000,
      true: 'x',
    });
  });
  it('is its first document', () => {
    expect(yaml('a: 1\n---\nb: {').object).toEqual({ a: 1 });
    expect(yaml('').object).toBeNull();
  });
  it('tells keys that stand twice in one error', () => {
    expect(yaml('a: 1\na: 2\nb: {c: 1, c: 2}').duplicates).toEqual([
      'yaml: unmarshal errors:\n  line 2: key "a" already set in map\n  line 3: key "c" already set in map',
    ]);
  });
  it('does not unfold aliases without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((key, index) => `${key}: &${key} [${`*${'abcdefgh'[index]}, `.repeat(9)}]`)];
    expect(() => yaml(bomb.join('\n'))).toThrow('yaml: document contains excessive aliasing');
  });
  it('is refused when it is nested too deep, and read in time when it has many keys', () => {
    expect(() => yaml('- '.repeat(100_000))).toThrow('yaml: line 1: exceeded max depth of 10000');
    const { object, duplicates } = yaml(Array.from({ length: 30_000 }, (_, index) => `k${index}: x`).join('\n'));
    expect(Object.keys(object as object)).toHaveLength(30_000);
    expect(duplicates).toEqual([]);
  });
});

describe('content types', () => {
  it('counts as JSON without one, and with a charset', () => {
    expect(decodeBody(Buffer.from('{}'), '').object).toEqual({});
    expect(decodeBody(Buffer.from('{}'), 'application/json; charset=utf-8').object).toEqual({});
  });
  it('refuses others', () => {
    expect(() => decodeBody(Buffer.from('{}'), 'text/plain')).toThrow('the body of the request was in an unknown format');
  });
});
