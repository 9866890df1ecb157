import { expect, test } from 'vitest';
import { choicesAt, schemaOf, typeName, type KindFields } from './field-choices.ts';
import { yamlPlace } from './yaml-place.ts';

const fields: KindFields = {
  root: 'v1.Pod',
  schemas: {
    'v1.Pod': { properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { ref: 'v1.ObjectMeta', description: 'About it.' }, spec: { ref: 'v1.PodSpec' } } },
    'v1.ObjectMeta': { description: 'All objects have it.', properties: { name: { type: 'string' }, labels: { values: { type: 'string' } } } },
    'v1.PodSpec': {
      required: ['containers'],
      properties: {
        hostNetwork: { type: 'boolean' },
        containers: { items: { ref: 'v1.Container' } },
        restartPolicy: { type: 'string', enum: ['Always', 'Never'] },
        accessModes: { items: { type: 'string', enum: ['ReadOnce', 'ReadMany'] } },
      },
    },
    'v1.Container': { properties: { name: { type: 'string' }, port: { ref: 'v1.IntOrString' }, again: { ref: 'v1.Loop' } } },
    'v1.IntOrString': { type: 'integer or string' },
    'v1.Loop': { ref: 'v1.Loop' },
  },
};
const choices = (text: string) => {
  const place = yamlPlace(text, text.length);
  return place ? choicesAt(fields, place) : [];
};

test('the fields of an object, needed ones first, those that are there left out', () => {
  const found = choices('kind: Pod\nspec:\n  hostNetwork: true\n  ');
  expect(found.map(({ label }) => label)).toEqual(['containers', 'accessModes', 'restartPolicy']);
  expect(found[0]).toMatchObject({ required: true, type: 'list of Container' });
});

test('what is written after the name fits what it takes', () => {
  const inserts = Object.fromEntries(choices('kind: Pod\n').map(({ label, insert }) => [label, insert]));
  expect(inserts).toEqual({ apiVersion: 'apiVersion: ', metadata: 'metadata:\n  ', spec: 'spec:\n  ' });
  expect(choices('kind: Pod\nspec:\n  con')[0]?.insert).toBe('containers:\n    - ');
});

test.each([
  ['kind: Pod\nspec:\n  restartPolicy: ', ['Always', 'Never']],
  ['kind: Pod\nspec:\n  hostNetwork: ', ['true', 'false']],
  ['kind: Pod\nspec:\n  accessModes:\n    - ', ['ReadOnce', 'ReadMany']],
  ['kind: Pod\nmetadata:\n  name: ', []],
  ['kind: Pod\nmetadata:\n  labels:\n    ', []],
  ['kind: Pod\nnowhere:\n  ', []],
  ['kind: Pod\nspec:\n  containers:\n    - again:\n        ', []],
])('after %j', (text, expected) => expect(choices(text).map(({ label }) => label)).toEqual(expected));

test('what is said beside a reference is about the field', () => {
  expect(schemaOf(fields, ['metadata'])?.description).toBe('About it.');
  expect(schemaOf(fields, ['metadata', 'labels', 'constructor'])?.type).toBe('string');
  expect(schemaOf(fields, ['spec', 'constructor'])).toBeUndefined();
});

test('types in a word', () => {
  expect(typeName(fields, { ref: 'v1.IntOrString' })).toBe('integer or string');
  expect(typeName(fields, { values: { type: 'string' } })).toBe('map of string');
  expect(typeName(fields, {})).toBe('');
});
