import { expect, it } from 'vitest';
import { imagePolicy } from './image-policy.ts';

const hex = 'a'.repeat(64);

it.each([
  ['spring-server', 'Always'],
  ['spring-server:latest', 'Always'],
  ['localhost:5000/web', 'Always'],
  ['localhost:5000', 'IfNotPresent'],
  ['registry.example.com/team/web', 'Always'],
  ['web@sha256:' + hex, 'IfNotPresent'],
  ['web:latest@sha256:' + hex, 'Always'],
  ['web:1', 'IfNotPresent'],
  ['web:Latest', 'IfNotPresent'],
  ['Localhost/web', 'Always'],
  // What cannot be read.
  ['Web', 'IfNotPresent'],
  ['', 'IfNotPresent'],
  [hex, 'IfNotPresent'],
  [' web', 'IfNotPresent'],
  ['web:', 'IfNotPresent'],
  ['a/'.repeat(200) + 'b', 'IfNotPresent'],
  // 12 digits are a name; 64 behind a registry are one too.
  ['abcdef012345', 'Always'],
  ['docker.io/' + hex, 'Always'],
])('%s gets %s', (image, policy) => {
  expect(imagePolicy(image)).toBe(policy);
});
