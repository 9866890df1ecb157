import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { schemaProblemOf, unknownFieldOf } from './unknown-field.ts';

test.each([
  ['1.20: one', 'failed to create typed patch object: .spec.containers[name="c"].imagePullPolcy: field not declared in schema',
    { path: 'spec.containers[name="c"].imagePullPolcy', message: 'field not declared in schema' }],
  ['1.20: at the top', 'failed to create typed patch object: .spce: field not declared in schema', { path: 'spce', message: 'field not declared in schema' }],
  ['1.20: two', 'failed to create typed patch object: errors:\n  .spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].protocl: field not declared in schema\n  .spec.containers[name="c"].imagePullPolcy: field not declared in schema',
    { path: 'spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].protocl', message: 'field not declared in schema' }],
  ['with the object, as newer servers', 'failed to create typed patch object (default/web; /v1, Kind=Pod): .spec.containers[name="web"].imagePullPolcy: field not declared in schema',
    { path: 'spec.containers[name="web"].imagePullPolcy', message: 'field not declared in schema' }],
  ['strict', 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imagePullPolcy"', { path: 'spec.containers[0].imagePullPolcy', message: 'unknown field' }],
])('unknown field, %s', (_, message, expected) => {
  const error = new ApiError(500, '', message);
  expect(schemaProblemOf(error)).toEqual(expected);
  expect(unknownFieldOf(error)).toBe(expected.path);
});

test('a wrong type is a problem of the schema, but no unknown field', () => {
  const error = new ApiError(500, '', 'failed to create typed patch object: .spec.containers[name="c"].command: expected list, got &{sh}');
  expect({ problem: schemaProblemOf(error), unknown: unknownFieldOf(error) }).toEqual({ problem: { path: 'spec.containers[name="c"].command', message: 'expected list, got &{sh}' }, unknown: undefined });
});

test.each([
  ['another refusal', new ApiError(422, 'Invalid', 'Pod "a" is invalid: spec.containers[0].image: Required value')],
  ['a failed write', new ApiError(500, '', 'etcdserver: .x: field not declared in schema')],
  ['no ApiError', new Error('failed to create typed patch object: .spce: field not declared in schema')],
])('%s is not about the schema', (_, error) => expect([schemaProblemOf(error), unknownFieldOf(error)]).toEqual([undefined, undefined]));
