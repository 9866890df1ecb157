// No world, however odd, makes a diagnosis fail or puts a hole into a sentence.
import { expect, test } from 'vitest';
import type { Finding, Message } from '../contract/findings.ts';
import type { KubeEvent, Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { eventOf } from './sample-crash.ts';
import { random, seeds, spoilt } from './sample-fuzz.ts';
import type { World } from './world.ts';

/** The parts that come from a cluster; what the engine makes itself is sound. */
const fromCluster = ['pod', 'events', 'nodes', 'owners', 'related', 'otherPods', 'services', 'endpoints', 'storageClasses', 'limitRanges', 'quotas', 'revisions', 'ownerEvents'] as const;

const isHole = (text: string) => text.includes('undefined') || text.includes('NaN') || text.includes('[object ') || text.includes('Infinity');

function holesIn({ key, params }: Message): string[] {
  return Object.entries(params).flatMap(([name, value]) => {
    if (typeof value === 'number' ? !Number.isFinite(value) : typeof value !== 'string' || isHole(value)) return [`${key} ${name}: ${String(value).slice(0, 200)}`];
    return [];
  });
}

function holes(finding: Finding): string[] {
  const words = finding.fixes.flatMap((fix) => ('label' in fix ? [fix.label, fix.describe] : []));
  const messages = [finding.message, ...(finding.explanation ? [finding.explanation] : []), ...words, ...finding.evidence.map(({ message }) => message)];
  const values = finding.evidence.flatMap(({ value, path = '', message }) => ((value !== undefined && (typeof value !== 'string' || isHole(value))) || isHole(path) ? [`${message.key} ${path}: ${String(value).slice(0, 200)}`] : []));
  return [...messages.flatMap(holesIn), ...values, ...(finding.raw !== undefined && typeof finding.raw !== 'string' ? ['raw'] : [])].map((hole) => `${finding.id} ${hole}`);
}

/** What is wrong with the answer to this world; [] where nothing is. */
function faults(world: World): string[] {
  try {
    return diagnose(world).flatMap(holes);
  } catch (error) {
    return [error instanceof Error ? `${error.stack?.split('\n').slice(0, 3).join(' ')}` : String(error)];
  }
}

function spoiltWorld(seed: number): World {
  const next = random(seed);
  const base = seeds[seed % seeds.length]!;
  const parts: Record<string, unknown> = Object.fromEntries(fromCluster.flatMap((name) => (name in base ? [[name, base[name]]] : [])));
  const times = 1 + Math.floor(next() * 3);
  for (let turn = 0; turn < times; turn += 1) {
    // Most of what is asked is the pod.
    const names = next() < 0.6 ? ['pod'] : fromCluster.filter((name) => typeof parts[name] === 'object');
    const name = names[Math.floor(next() * names.length)] ?? 'pod';
    parts[name] = spoilt(parts[name], next);
  }
  return { ...base, ...parts };
}

test('100 000 spoilt worlds: no exception, no hole in a sentence', { timeout: 300_000 }, () => {
  const found = new Map<string, number>();
  for (let seed = 1; seed <= 100_000 && found.size < 20; seed += 1) for (const fault of faults(spoiltWorld(seed))) if (!found.has(fault)) found.set(fault, seed);
  expect([...found].map(([fault, seed]) => `seed ${seed}: ${fault}`)).toEqual([]);
});

test('the seeds have findings of nearly all kinds, and none has a hole', () => {
  const ids = seeds.map((world) => diagnose(world).map(({ id }) => id));
  expect(seeds.flatMap(faults)).toEqual([]);
  expect(new Set(ids.flat()).size).toBeGreaterThan(12);
});

const many = (uid: string | undefined, count: number): KubeEvent[] => {
  const texts = ['Back-off restarting failed container', 'Liveness probe failed: HTTP probe failed with statuscode: 500', 'Failed to pull image "app:1": rpc error: code = Unknown desc = x', 'MountVolume.SetUp failed for volume "conf" : configmap "settings" not found'];
  return Array.from({ length: count }, (_, index) => ({
    ...eventOf(['BackOff', 'Unhealthy', 'Failed', 'FailedMount'][index % 4]!, texts[index % 4]!, index % 3600), involvedObject: { kind: 'Pod', name: 'p', ...(uid !== undefined && { uid }), fieldPath: 'spec.containers{app}' },
  }));
};

test('5 000 events on one pod', { timeout: 60_000 }, () => {
  expect(seeds.flatMap((world) => faults({ ...world, events: many(world.pod.metadata.uid, 5000) }))).toEqual([]);
});

test('events from the future', () => {
  const ahead = (events: World['events']) => (events === 'unknown' ? events : events.map((event) => ({ ...event, firstTimestamp: '2999-01-01T00:00:00Z', lastTimestamp: '2999-01-01T00:00:00Z' })));
  expect(seeds.flatMap((world) => faults({ ...world, events: ahead(world.events) }))).toEqual([]);
});

/** Every text under these names made long, odd or both. */
function withTexts(value: unknown, text: (old: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => withTexts(each, text));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]: [string, unknown]) =>
    [key, typeof each === 'string' && ['message', 'text', 'reason', 'image'].includes(key) ? text(each) : withTexts(each, text)]));
}

const LONG = 65_536;
const odd: Record<string, (old: string) => string> = {
  'the text and a long tail': (old) => old + ' x'.repeat(LONG / 2),
  'a long head and the text': (old) => '('.repeat(LONG) + old,
  'the text over and over': (old) => old.repeat(Math.ceil(LONG / Math.max(1, old.length))),
  'letters': () => 'a'.repeat(LONG),
  'slashes': (old) => `${old} ${'/a'.repeat(LONG / 2)}`,
  'blanks': (old) => `${old}${' '.repeat(LONG)}!`,
  'colons': (old) => `${old} ${'a:1'.repeat(LONG / 3)}`,
  'quotes': (old) => `${old} ${'"a" '.repeat(LONG / 4)}`,
  'lines': (old) => `${old}\n`.repeat(500),
  'right to left': (old) => `\u202E${old}\u202C مرحبا`,
  'emoji': (old) => `🐳${old}👩‍👩‍👧‍👦`,
  'HTML': (old) => `<script>alert(1)</script>${old}<c>{pod}</c>`,
};

test.each(Object.entries(odd))('messages of 64 KB and odd ones: %s', { timeout: 60_000 }, (_, text) => {
  expect(seeds.flatMap((world) => faults({ ...world, ...(withTexts({ pod: world.pod, events: world.events, logs: world.logs, memory: world.memory }, text) as { pod: Pod; events: World['events'] }) }))).toEqual([]);
});
