// What becomes of pods, from the watch alone: STATUS over time as the server prints it, then the status itself, then the events.
import { describe, expect, test } from 'vitest';
import { wait, type Bench, type Namespace } from '../bench.ts';
import { TABLE, type Json } from '../http.ts';
import { lives, ofMinor, type Life } from './life-table.ts';

interface Seen {
  /** READY and STATUS, one after the other. */
  readonly words: string[];
  /** As it was when the last of the words was first seen. */
  pod: Json;
}

export function podsLife(bench: () => Bench): void {
  describe('what becomes of pods', () => {
    test('the words of the STATUS column in their order, the status, the events', async () => {
      await using namespace = await bench().namespace('life');
      const { minor } = bench().target;
      const seen = new Map(lives.map(({ name }): [string, Seen] => [name, { words: [], pod: undefined }]));
      const stop = new AbortController();
      const watching = watch(namespace, seen, stop.signal);
      for (const life of lives) {
        await namespace.create('pods', { metadata: { name: life.name }, spec: { terminationGracePeriodSeconds: 1, ...life.spec(bench().target.image) } });
        await wait(bench().target.pace);
      }
      const isDone = (life: Life) => seen.get(life.name)?.words.some((word) => word === lastWord(life, minor));
      for (let left = 600; left > 0 && !lives.every(isDone); left--) await wait(100);
      await eventsAreThere(namespace, minor);
      stop.abort();
      await watching;

      for (const life of lives) {
        const { words, pod } = seen.get(life.name) ?? { words: [], pod: undefined };
        expect.soft(firstOf(words, lastWord(life, minor)), life.name).toMatch(asPattern(ofMinor(life.statuses, minor)));
        expect.soft(pod?.status, life.name).toMatchObject(filled(ofMinor(life.status ?? { 20: {} }, minor), pod, bench()));
        const expected = ofMinor(life.events, minor).map((line) => (filled([line], pod, bench()) as string[])[0]);
        expect.soft(new Set(await eventLines(namespace, life.name)), life.name).toEqual(new Set(expected.map((line) => startingWith(line ?? ''))));
      }
      const all = [...seen.values()].flatMap(({ words }) => words);
      expect(all).toEqual(expect.arrayContaining(['0/1 ContainerCreating', '0/1 Init:0/1', '0/1 PodInitializing']));
    }, 240_000);
  });
}

async function watch(namespace: Namespace, seen: Map<string, Seen>, signal: AbortSignal): Promise<void> {
  const { minor } = namespace.bench.target;
  try {
    for await (const { object } of namespace.api.watch(
      `${namespace.path}/pods`,
      { resourceVersion: 0, includeObject: 'Object' },
      { signal, headers: { accept: TABLE } },
    )) {
      const [row] = object.rows;
      const pod = row.object;
      const of = seen.get(pod.metadata.name);
      if (!of) continue;
      const word = `${row.cells[1]} ${row.cells[2]}`;
      const life = lives.find(({ name }) => name === pod.metadata.name);
      // A scheduler that has refused it changes the status, not the word.
      const isFirst = !of.pod || ((of.pod.status.conditions ?? []).length === 0 && of.words.length === 1);
      if (life && word === lastWord(life, minor) && isFirst) of.pod = pod;
      if (of.words.at(-1) !== word) of.words.push(word);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const wordsOf = (text: string) => text.split(', ');
const lastWord = (life: Life, minor: number) => wordsOf(ofMinor(life.statuses, minor)).at(-1) ?? '';
/** Up to the last one that is waited for, or all. */
const firstOf = (words: readonly string[], last: string) =>
  (words.includes(last) ? words.slice(0, words.indexOf(last) + 1) : words).map((word) => `${word}, `).join('');

/** `A, B?, C` as a pattern of words seen: B may be missing. */
function asPattern(text: string): RegExp {
  const parts = wordsOf(text).map((word) => {
    const escaped = word.replace(/\?$/, '').replaceAll(/[/.]/g, '\\$&');
    return word.endsWith('?') ? `(${escaped}, )?` : `${escaped}, `;
  });
  return new RegExp(`^${parts.join('')}$`);
}

/** A text that ends with `*` stands for all that begin with it. */
const startingWith = (text: string): Json =>
  text.endsWith('*') ? expect.stringMatching(new RegExp(`^${text.slice(0, -1).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)) : text;

/** The expectation with what is this pod's own. */
function filled(expected: Json, pod: Json, { target }: Bench): Json {
  if (Array.isArray(expected)) return expected.map((item) => filled(item, pod, { target } as Bench));
  if (typeof expected === 'object' && expected !== null)
    return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, inStatus(filled(value, pod, { target } as Bench))]));
  if (typeof expected !== 'string') return expected;
  const { metadata } = pod ?? { metadata: {} };
  const own = { NAMESPACE: metadata.namespace, UID: metadata.uid, NAME: metadata.name, NODE: target.node, IMAGE: target.image };
  return expected.replaceAll(/NAMESPACE|UID|NAME|NODE|IMAGE/g, (word) => String(own[word as keyof typeof own]));
}
const inStatus = (value: Json): Json => (typeof value === 'string' ? startingWith(value) : value);

/** Two workers of a kubelet may take the same sandbox down: the network plugin tells the second one that the interface has gone already. */
const takenDownTwice = /KillPodSandbox.*failed to delete .*no such device/;

const eventLines = async (namespace: Namespace, name: string): Promise<string[]> =>
  (await namespace.events(name)).filter(({ message }) => !takenDownTwice.test(message)).map(
    ({ type, reason, message, involvedObject: { fieldPath } }) => `${type} ${reason}${fieldPath ? ` ${fieldPath}` : ''}: ${message}`,
  );

/**
 * The last events come a moment after the last status. A kubelet sends five a second and drops what is too much (--event-qps), so one that is
 * missing comes with the next time that its cause is met.
 */
async function eventsAreThere(namespace: Namespace, minor: number): Promise<void> {
  for (let left = 300; left > 0; left--, await wait(200)) {
    const { body } = await namespace.api.get(`${namespace.path}/events`);
    const seen = new Map<string, Map<string, Set<string>>>();
    for (const { involvedObject, type, reason, message } of body.items as Json[]) {
      const of = seen.get(involvedObject.name) ?? new Map<string, Set<string>>();
      seen.set(involvedObject.name, of.set(`${type} ${reason}`, (of.get(`${type} ${reason}`) ?? new Set()).add(`${message} ${involvedObject.fieldPath}`)));
    }
    // Of each type and reason as many as are expected.
    const isThere = ({ name, events }: Life) => {
      const heads = ofMinor(events, minor).map((line) => line.split(/[ :]/, 2).join(' '));
      return heads.every((head) => (seen.get(name)?.get(head)?.size ?? 0) >= heads.filter((other) => other === head).length);
    };
    if (lives.every(isThere)) return;
  }
}
