// What was compacted away can neither be watched nor listed from. Alone, since the whole cluster forgets.
import { describe, expect, test } from 'vitest';
import { readWatch, type Bench } from '../bench.ts';
import type { Json } from '../http.ts';

export function compaction(bench: () => Bench): void {
  describe('compaction', () => {
    test('a watch from what is gone is told so', async () => {
      await using namespace = await bench().namespace('compaction');
      // Events are not in the watch cache of the real server, so that they show what etcd does.
      const { body: list } = await namespace.api.get(`${namespace.path}/events`);
      const event = { involvedObject: { kind: 'Pod', namespace: namespace.name, name: 'x' }, reason: 'Test', message: 'x', type: 'Normal' };
      for (const name of ['e1', 'e2']) await namespace.create('events', { metadata: { name }, ...event });
      await bench().target.compact();
      const [first] = await readWatch(namespace, 'events', 1, { resourceVersion: list.metadata.resourceVersion });
      expect(first).toMatchObject({
        type: 'ERROR',
        object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message: expect.stringContaining('too old') },
      });
      // What is there now can be watched from now.
      const { body: now } = await namespace.api.get(`${namespace.path}/events`);
      const later = readWatch(namespace, 'events', 1, { resourceVersion: now.metadata.resourceVersion });
      await namespace.create('events', { metadata: { name: 'e3' }, ...event });
      expect(await later).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'e3' } } }]);
    });

    test('a page of a list that was compacted away is refused, with a way to go on', async () => {
      await using namespace = await bench().namespace('compaction');
      for (const name of ['a', 'b', 'c', 'd', 'e']) await namespace.create('configmaps', { metadata: { name } });
      const path = `${namespace.path}/configmaps`;
      const first = await namespace.api.get(path, { query: { limit: 2 } });
      await namespace.create('configmaps', { metadata: { name: 'f' } });
      await bench().target.compact();
      const second = await namespace.api.get(path, { query: { limit: 2, continue: first.body.metadata.continue } });
      expect(second.body).toMatchObject({
        status: 'Failure',
        reason: 'Expired',
        code: 410,
        message: expect.stringContaining('The provided continue parameter is too old to display a consistent list result.'),
        metadata: { continue: expect.any(String) },
      });
      // With that token it goes on, no longer consistent with the first page.
      const after = await namespace.api.get(path, { query: { continue: second.body.metadata.continue } });
      expect(after.status).toBe(200);
      expect(after.body.items.map((item: Json) => item.metadata.name)).toEqual(expect.arrayContaining(['d', 'e', 'f']));
    });
  });
}
