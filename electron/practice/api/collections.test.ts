// Lists and watches over HTTPS.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { eventsOf, serveApi, type TestApi } from './serve-for-test.ts';

// Some of it waits for seconds of real time, and all of it has a machine with other work.
vi.setConfig({ testTimeout: 30_000 });

const MAPS = '/api/v1/namespaces/default/configmaps';
const by = { manager: 'test' };
const map = (name: string, labels: Record<string, string> = {}, data: Record<string, string> = {}): KubeObject => {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
};

let api: TestApi;
beforeEach(async () => {
  api = await serveApi();
});
afterEach(() => api.close());

const add = (name: string, labels?: Record<string, string>) => api.objects.create(api.kind('configmaps'), 'default', map(name, labels), by);
const relabel = (name: string, labels: Record<string, string>) =>
  api.objects.update(api.kind('configmaps'), '', 'default', name, (now) => ({ ...now, metadata: { ...now.metadata, labels } }), by);
const remove = (name: string) => api.objects.delete(api.kind('configmaps'), 'default', name, {});
const names = (body: { items: KubeObject[] }) => body.items.map(({ metadata }) => metadata.name);

/** The next events of a watch, as type and name; for a bookmark its revision. */
async function next(events: AsyncGenerator<{ type: string; object: KubeObject }>, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    found.push(`${value.type} ${value.object.metadata.name ?? value.object.metadata.resourceVersion ?? ''}`);
  }
  return found;
}
const watch = async (query: string, path = MAPS) => eventsOf(await api.open('GET', `${path}?watch=1&${query}`));

describe('a list', () => {
  it('has items without kind and version, and the revision of the whole', async () => {
    add('one');
    const { body } = await api.call('GET', MAPS);
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: String(api.store.revision) } });
    expect(Object.keys(body.items[0])).toEqual(['metadata', 'data']);
  });

  it('is read in pieces of one state, whatever happens between', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) add(name);
    const first = (await api.call('GET', `${MAPS}?limit=2`)).body;
    expect(names(first)).toEqual(['a', 'b']);
    expect(first.metadata.remainingItemCount).toBe(3);
    remove('d');
    add('bb');
    const second = (await api.call('GET', `${MAPS}?limit=2&continue=${first.metadata.continue}`)).body;
    expect(names(second)).toEqual(['c', 'd']);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const last = (await api.call('GET', `${MAPS}?limit=2&continue=${second.metadata.continue}`)).body;
    expect(names(last)).toEqual(['e']);
    expect(last.metadata.continue).toBeUndefined();
  });

  it('goes on inconsistently with the token of the 410, when its state is gone', async () => {
    for (const name of ['a', 'b', 'c']) add(name);
    const { continue: token } = (await api.call('GET', `/api/v1/configmaps?limit=1`)).body.metadata;
    remove('b');
    api.store.compact();
    const tooOld = await api.call('GET', `/api/v1/configmaps?limit=1&continue=${token}`);
    expect(tooOld).toMatchObject({ code: 410, body: { reason: 'Expired', message: expect.stringContaining('The provided continue parameter is too old') } });
    expect(names((await api.call('GET', `/api/v1/configmaps?continue=${tooOld.body.metadata.continue}`)).body)).toEqual(['c']);
    expect(await api.call('GET', `${MAPS}?limit=1&continue=abc`)).toMatchObject({ code: 400, body: { reason: 'BadRequest' } });
  });

  it('shows an older state when exactly that is asked for', async () => {
    const { metadata } = add('a');
    add('b');
    expect(names((await api.call('GET', `${MAPS}?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`)).body)).toEqual(['a']);
    expect(names((await api.call('GET', `${MAPS}?resourceVersion=${metadata.resourceVersion}`)).body)).toEqual(['a', 'b']);
    api.store.compact();
    expect(await api.call('GET', `${MAPS}?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`)).toMatchObject({
      code: 410,
      body: { message: 'The resourceVersion for the provided list is too old.', reason: 'Expired' },
    });
  });

  it('does not come from the future', async () => {
    const answer = await api.call('GET', `${MAPS}?resourceVersion=999999`);
    expect(answer).toMatchObject({ code: 504, headers: { 'retry-after': '1' } });
    expect(answer.body).toMatchObject({
      reason: 'Timeout',
      message: `Timeout: Too large resource version: 999999, current: ${api.store.revision}`,
      details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    });
  });

  it('refuses options that contradict each other', async () => {
    for (const [query, code] of [
      ['resourceVersion=abc', 500],
      ['limit=abc', 400],
      ['resourceVersionMatch=Exact', 422],
      ['resourceVersion=0&resourceVersionMatch=Exact', 422],
      ['resourceVersion=1&resourceVersionMatch=Some', 422],
      ['labelSelector=a%20b', 400],
      ['fieldSelector=spec.x=1', 400],
    ] as const) {
      expect((await api.call('GET', `${MAPS}?${query}`)).code, query).toBe(code);
    }
  });

  it('can be deleted, what is selected of it', async () => {
    add('a', { x: '1' });
    add('b', { x: '2' });
    expect(names((await api.call('DELETE', `${MAPS}?labelSelector=x%3D1`)).body)).toEqual(['a']);
    expect(names((await api.call('GET', MAPS)).body)).toEqual(['b']);
  });
});

describe('a watch', () => {
  it('begins with what is there, and goes on with what happens', async () => {
    add('a');
    const events = await watch('');
    expect(await next(events, 1)).toEqual(['ADDED a']);
    add('b');
    relabel('a', { x: '1' });
    remove('a');
    expect(await next(events, 3)).toEqual(['ADDED b', 'MODIFIED a', 'DELETED a']);
  });

  it('goes on after a revision, one to come included', async () => {
    const { metadata } = add('a');
    add('b');
    expect(await next(await watch(`resourceVersion=${metadata.resourceVersion}`), 1)).toEqual(['ADDED b']);
    const future = await watch(`resourceVersion=${api.store.revision + 1}`);
    add('c');
    add('d');
    expect(await next(future, 1)).toEqual(['ADDED d']);
  });

  it('says with an event that its revision is gone', async () => {
    add('a');
    add('b');
    api.store.compact();
    const [event, ...more] = await Array.fromAsync(await watch('resourceVersion=1'));
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: `too old resource version: 1 (${api.store.revision})` } });
  });

  it('tells of an object that begins or ceases to match as added and deleted', async () => {
    const events = await watch('labelSelector=x%3D1');
    add('a', { x: '0' });
    relabel('a', { x: '1' });
    relabel('a', { x: '1', y: '1' });
    relabel('a', { x: '2' });
    relabel('a', { x: '3' });
    remove('a');
    add('b', { x: '1' });
    expect(await next(events, 4)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b']);
  });

  it('streams a list and marks its end, when asked to', async () => {
    add('a');
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=';
    const events = await watch(query);
    expect(await next(events, 1)).toEqual(['ADDED a']);
    expect((await events.next()).value).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { resourceVersion: String(api.store.revision), annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    expect(await api.call('GET', `${MAPS}?watch=1&sendInitialEvents=true`)).toMatchObject({ code: 422 });
  });

  it('ends when its time is over, after a bookmark', async () => {
    add('a');
    const events = await Array.fromAsync(await watch('resourceVersion=1&timeoutSeconds=3&allowWatchBookmarks=true'));
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(events.at(-1)?.object.metadata.resourceVersion).toBe(String(api.store.revision));
  });

  it('gives rows of a table, the columns once', async () => {
    add('a');
    const events = eventsOf(await api.open('GET', `${MAPS}?watch=1`, { headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' } }));
    expect((await events.next()).value).toMatchObject({ type: 'ADDED', object: { kind: 'Table', columnDefinitions: [{ name: 'Name' }], rows: [{ cells: ['a'] }] } });
    add('b');
    expect((await events.next()).value).toMatchObject({ type: 'ADDED', object: { columnDefinitions: null, rows: [{ cells: ['b'] }] } });
  });

  it('lets a client go that does not read, and serves the others', async () => {
    const deaf = await api.open('GET', `${MAPS}?watch=1`);
    const ended = new Promise<string>((resolve) => {
      deaf.once('error', () => resolve('ended'));
      deaf.once('close', () => resolve('ended'));
    });
    for (let index = 0; index < 15; index += 1) {
      api.objects.create(api.kind('configmaps'), 'default', map(`big-${index}`, {}, { blob: 'x'.repeat(3_000_000) }), by);
    }
    deaf.resume();
    expect(await ended).toBe('ended');
    const events = await watch('fieldSelector=metadata.name%3Dlast');
    add('last');
    expect(await next(events, 1)).toEqual(['ADDED last']);
  });

  it('ends when the server closes', async () => {
    const events = await watch('');
    const rest = next(events, 1);
    await api.close();
    expect(await rest).toEqual([]);
  });
});

it('lists and tells of 5 000 objects', async () => {
  for (let index = 0; index < 5000; index += 1) add(`many-${index}`);
  expect(names((await api.call('GET', MAPS)).body)).toHaveLength(5000);
  expect(await next(await watch(''), 5000)).toHaveLength(5000);
});
