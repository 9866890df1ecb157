// Watches: every change once and in order, from any version that is still known, and the ways in which one ends.
import { describe, expect, test } from 'vitest';
import { failure, readWatch, wait, type Bench, type Namespace } from '../bench.ts';
import type { Json, WatchEvent } from '../http.ts';
import { ofMinor } from './life-table.ts';

const versionOf = ({ object }: WatchEvent) => Number(object.metadata.resourceVersion);
const told = ({ type, object }: WatchEvent) => `${type} ${object.metadata.name}${object.data ? ` ${object.data.x}` : ''}`;

const read = (namespace: Namespace, count: number, query: Record<string, string | number | boolean>, resource = 'configmaps') =>
  readWatch(namespace, resource, count, query);

export function watches(bench: () => Bench): void {
  describe.concurrent('watch', () => {
    /** A namespace in which a config map was made, changed twice and deleted, and another one made. */
    async function history(): Promise<Namespace & AsyncDisposable & { start: string }> {
      const namespace = await bench().namespace('watch');
      const { body: list } = await namespace.api.get(`${namespace.path}/configmaps`);
      await namespace.create('configmaps', { metadata: { name: 'a', labels: { side: 'left' } }, data: { x: '1' } });
      for (const x of ['2', '3']) await namespace.api.patch(`${namespace.path}/configmaps/a`, 'merge', { data: { x } });
      await namespace.create('configmaps', { metadata: { name: 'b' }, data: { x: '1' } });
      await namespace.api.delete(`${namespace.path}/configmaps/a`);
      return Object.assign(namespace, { start: list.metadata.resourceVersion as string });
    }

    test('tells every change after a version, in order, each with a higher version', async () => {
      await using namespace = await history();
      const events = await read(namespace, 5, { resourceVersion: namespace.start });
      expect(events.map(told)).toEqual(['ADDED a 1', 'MODIFIED a 2', 'MODIFIED a 3', 'ADDED b 1', 'DELETED a 3']);
      const versions = events.map(versionOf);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(new Set(versions).size).toBe(5);
      expect(versions[0]).toBeGreaterThan(Number(namespace.start));
      expect(events[0]?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
    });

    test('goes on where another one stopped', async () => {
      await using namespace = await history();
      const [first] = await read(namespace, 1, { resourceVersion: namespace.start });
      const rest = await read(namespace, 4, { resourceVersion: first?.object.metadata.resourceVersion });
      expect(rest.map(told)).toEqual(['MODIFIED a 2', 'MODIFIED a 3', 'ADDED b 1', 'DELETED a 3']);
    });

    test('without a version, or with 0, begins with what is there', async () => {
      await using namespace = await history();
      expect((await read(namespace, 1, { labelSelector: '!nothing', fieldSelector: 'metadata.name=b' })).map(told)).toEqual(['ADDED b 1']);
      expect((await read(namespace, 1, { resourceVersion: 0, fieldSelector: 'metadata.name=b' })).map(told)).toEqual(['ADDED b 1']);
    });

    test('by a selector sees what leaves it as deleted and what enters it as added', async () => {
      await using namespace = await history();
      const path = `${namespace.path}/configmaps/b`;
      await namespace.api.patch(path, 'merge', { metadata: { labels: { side: 'left' } } });
      await namespace.api.patch(path, 'merge', { metadata: { labels: { side: 'right' } } });
      const events = await read(namespace, 6, { resourceVersion: namespace.start, labelSelector: 'side=left' });
      expect(events.map(told)).toEqual(['ADDED a 1', 'MODIFIED a 2', 'MODIFIED a 3', 'DELETED a 3', 'ADDED b 1', 'DELETED b 1']);
      // What left is told with the version of the change by which it left.
      expect(versionOf(events[5] as WatchEvent)).toBeGreaterThan(versionOf(events[4] as WatchEvent));
    });

    test('ends after timeoutSeconds, and tells its version before, if asked', async () => {
      await using namespace = await history();
      const events: WatchEvent[] = [];
      for await (const event of namespace.api.watch(`${namespace.path}/configmaps`, {
        resourceVersion: namespace.start,
        timeoutSeconds: 3,
        allowWatchBookmarks: true,
      }))
        events.push(event);
      const bookmarks = events.filter(({ type }) => type === 'BOOKMARK');
      expect(events.filter(({ type }) => type !== 'BOOKMARK')).toHaveLength(5);
      expect(bookmarks.length).toBeGreaterThan(0);
      const unset = ofMinor<Json>({ 20: { creationTimestamp: null }, 34: {} }, bench().target.minor);
      for (const { object } of bookmarks)
        expect(object).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: expect.stringMatching(/^\d+$/), ...unset } });
      expect(versionOf(bookmarks.at(-1) as WatchEvent)).toBeGreaterThanOrEqual(
        versionOf(events.filter(({ type }) => type !== 'BOOKMARK').at(-1) as WatchEvent),
      );
    });

    test('tells no bookmarks unasked', async () => {
      await using namespace = await history();
      const events: WatchEvent[] = [];
      for await (const event of namespace.api.watch(`${namespace.path}/configmaps`, { resourceVersion: namespace.start, timeoutSeconds: 2 }))
        events.push(event);
      expect(events.map(({ type }) => type)).not.toContain('BOOKMARK');
    });

    test('from a version that is not there yet waits for it', async () => {
      await using namespace = await history();
      const { body: list } = await namespace.api.get(`${namespace.path}/configmaps`);
      const ahead = Number(list.metadata.resourceVersion) + 1000;
      const events = await Promise.race([read(namespace, 1, { resourceVersion: ahead, timeoutSeconds: 2 }), wait(10_000)]);
      expect(events ?? []).toEqual([]);
    });

    test('from what is no version is refused', async () => {
      await using namespace = await history();
      const answer = await namespace.api.get(`${namespace.path}/configmaps`, { query: { watch: 1, resourceVersion: 'x' } });
      expect(failure(answer)).toEqual({ code: 500, message: 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax' });
    });

    test('of one object sees that one alone', async () => {
      await using namespace = await history();
      const events = await read(namespace, 4, { resourceVersion: namespace.start, fieldSelector: 'metadata.name=a' });
      expect(events.map(told)).toEqual(['ADDED a 1', 'MODIFIED a 2', 'MODIFIED a 3', 'DELETED a 3']);
    });

    test('is told of a change at once', async () => {
      await using namespace = await history();
      const { body: list } = await namespace.api.get(`${namespace.path}/configmaps`);
      const next = read(namespace, 1, { resourceVersion: list.metadata.resourceVersion });
      await wait(300);
      const made: Json = await namespace.create('configmaps', { metadata: { name: 'c' }, data: { x: '9' } });
      expect((await next)[0]).toMatchObject({
        type: 'ADDED',
        object: { metadata: { name: 'c', uid: made.metadata.uid, resourceVersion: made.metadata.resourceVersion } },
      });
    });
  });
}
