import { expect, test } from 'vitest';
import { id } from '../diagnosis/sample-worlds.ts';
import { predictFates } from './prediction.ts';
import type { PredictionQuestion } from './prediction.ts';

const host = (letter: string, digests: string[] | null = null) => ({ Id: id(letter), RepoTags: ['app:1'], RepoDigests: digests, Created: 1_772_366_000, Size: 1 });
const onNode = (letter: string) => ({ id: letter && id(letter), names: ['docker.io/library/app:1'], size: 1 });
type Presence = PredictionQuestion['presence'];
const presences: Record<string, Presence> = {
  'on the node': { presence: 'present', onNode: 'yes', onHost: 'unknown', nodeImage: onNode('a'), known: 'ctr' },
  'the same in Docker': { presence: 'present', onNode: 'yes', onHost: 'yes', hostImage: host('a'), nodeImage: onNode('a'), known: 'ctr' },
  'the same in Docker, from a registry': { presence: 'present', onNode: 'yes', onHost: 'yes', hostImage: host('a', [`app@${id('d')}`]), nodeImage: onNode('a'), known: 'ctr' },
  'an older build': { presence: 'older-build', onNode: 'yes', onHost: 'yes', hostImage: host('b'), nodeImage: onNode('a'), known: 'ctr' },
  'in the shared Docker': { presence: 'present', onNode: 'yes', onHost: 'yes', hostImage: host('a'), known: 'shared-docker' },
  'listed without an ID': { presence: 'present', onNode: 'yes', onHost: 'unknown', nodeImage: onNode(''), known: 'node-status' },
  absent: { presence: 'only-in-docker', onNode: 'no', onHost: 'yes', hostImage: host('a'), known: 'ctr' },
  'not read': { presence: 'unknown', onNode: 'unknown', onHost: 'unknown', known: 'not-read' },
};
const ask = (presence: string, registry: PredictionQuestion['registry'], pulledId?: string, image = 'app:1') =>
  predictFates({ image, node: 'node-1', presence: presences[presence]!, registry, pulledId });

type Row = readonly [presence: string, registry: PredictionQuestion['registry'], pulled: string, always: string, ifNotPresent: string, never: string];
const rows: readonly Row[] = [
  ['on the node', 'has', 'a', 'V7 starts', 'V3 starts stale', 'V1 starts'],
  ['on the node', 'has', 'b', 'V8 downloads other-image', 'V3 starts stale', 'V1 starts'],
  ['on the node', 'has', '', 'unknown unknown', 'V3 starts stale', 'V1 starts'],
  ['on the node', 'lacks', '', 'V9 stuck ignored', 'V3 starts stale', 'V1 starts'],
  ['on the node', 'down', '', 'V10 stuck ignored', 'V3 starts stale', 'V1 starts'],
  ['on the node', 'unknown', '', 'unknown unknown', 'V3 starts stale', 'V1 starts'],
  ['absent', 'has', 'a', 'V11 downloads', 'V4 downloads', 'V2 stuck'],
  ['absent', 'lacks', '', 'V12 stuck', 'V5 stuck', 'V2 stuck'],
  ['absent', 'down', '', 'V12 stuck', 'V6 stuck', 'V2 stuck'],
  ['absent', 'unknown', '', 'unknown unknown', 'unknown unknown', 'V2 stuck'],
  ['not read', 'has', 'a', 'unknown unknown', 'unknown unknown', 'unknown unknown'],
  ['not read', 'lacks', '', 'unknown stuck', 'unknown unknown', 'unknown unknown'],
  ['not read', 'down', '', 'unknown stuck', 'unknown unknown', 'unknown unknown'],
  ['not read', 'unknown', '', 'unknown unknown', 'unknown unknown', 'unknown unknown'],
  // How old the node's build is, by this computer's Docker.
  ['the same in Docker', 'lacks', '', 'V9 stuck ignored', 'V3 starts', 'V1 starts'],
  ['the same in Docker, from a registry', 'lacks', '', 'V9 stuck ignored', 'V3 starts stale', 'V1 starts'],
  ['an older build', 'lacks', '', 'V9 stuck ignored', 'V3 starts stale', 'V1 starts stale'],
  ['in the shared Docker', 'has', 'a', 'V7 starts', 'V3 starts', 'V1 starts'],
  ['in the shared Docker', 'has', 'b', 'V8 downloads other-image', 'V3 starts', 'V1 starts'],
  ['listed without an ID', 'has', 'a', 'unknown unknown', 'V3 starts stale', 'V1 starts'],
];

test('every row of the verdict table is met', () => {
  const met = rows.flatMap(([, , , ...fates]) => fates.map((fate) => fate.split(' ')[0]));
  expect([...new Set(met)].filter((word) => word !== 'unknown').sort()).toEqual(Array.from({ length: 12 }, (_, n) => `V${n + 1}`).sort());
});

test.each(rows.map((row) => ({ row })))('$row.0, the registry: $row.1 $row.2', ({ row: [presence, registry, pulled, ...expected] }) => {
  const fates = ask(presence, registry, pulled && id(pulled));
  expect(fates.map(({ policy }) => policy)).toEqual(['none', 'Always', 'IfNotPresent', 'Never']);
  const words = fates.map(({ verdict, fate, warning }) => [verdict, fate, ...(warning ? [warning] : [])].join(' '));
  expect(words.slice(1)).toEqual(expected);
  // No policy and a tag: as IfNotPresent.
  expect([words[0], fates[0]?.effective]).toEqual([words[2], 'IfNotPresent']);
});

test('no policy and no tag: as Always', () => {
  const [none, always] = ask('on the node', 'lacks', undefined, 'app');
  expect([none?.effective, none?.verdict]).toEqual(['Always', always?.verdict]);
});

test('no name, no fate', () => {
  expect(ask('absent', 'lacks', undefined, 'App')).toEqual([]);
});

const picture = (...asked: Parameters<typeof ask>) =>
  ask(...asked).map(({ policy, decision }) => `${policy}: ${decision.map(({ state, detail }) => `${state} ${detail.key.replace('decision.', '')}`).join(', ')}`);

test('the picture, for a name without a tag that the node has and the registry lacks', () => {
  expect(picture('on the node', 'lacks', undefined, 'app')).toEqual([
    'none: passed tag.none, passed policy.default-latest, skipped node.ignored, failed registry.missing',
    'Always: passed tag.none, passed policy.set, skipped node.ignored, failed registry.missing',
    'IfNotPresent: passed tag.none, passed policy.set, passed node.present, skipped registry.not-needed',
    'Never: passed tag.none, passed policy.set, passed node.present, skipped registry.never',
  ]);
});

test.each<[string, PredictionQuestion['registry'], string, string]>([
  ['absent', 'has', 'skipped node.not-asked, passed registry.has', 'failed node.absent, passed registry.has'],
  ['absent', 'down', 'skipped node.not-asked, failed registry.unreachable', 'failed node.absent, failed registry.unreachable'],
  ['absent', 'unknown', 'skipped node.not-asked, unknown registry.unknown', 'failed node.absent, unknown registry.unknown'],
  ['not read', 'lacks', 'skipped node.not-asked, failed registry.missing', 'unknown node.unknown, unknown registry.if-absent'],
])('the picture: %s, the registry: %s', (presence, registry, always, ifNotPresent) => {
  const [, withAlways, withIfNotPresent] = picture(presence, registry);
  expect([withAlways, withIfNotPresent]).toEqual([
    `Always: passed tag.other, passed policy.set, ${always}`, `IfNotPresent: passed tag.other, passed policy.set, ${ifNotPresent}`,
  ]);
});

test('what the picture says of the image, its registry and the node', () => {
  const [none] = predictFates({ image: 'ghcr.io/me/app@sha256:' + 'f'.repeat(64), node: 'node-1', presence: presences['absent']!, registry: 'unknown' });
  expect(none?.decision[0]?.detail).toEqual({
    key: 'decision.tag.digest', params: { image: `ghcr.io/me/app@${id('f')}`, node: 'node-1', policy: 'IfNotPresent', registry: 'ghcr.io', hub: 'no' },
  });
});
