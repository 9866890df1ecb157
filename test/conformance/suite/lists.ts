// Lists: pages of one consistent list, selectors, versions.
import { describe, expect, test } from 'vitest';
import { failure, type Bench, type Namespace } from '../bench.ts';
import type { Answer, Json } from '../http.ts';

const names = ({ body }: Answer): string[] => body.items.map((item: Json) => item.metadata.name);

export function lists(bench: () => Bench): void {
  describe.concurrent('list', () => {
    async function five(): Promise<Namespace & AsyncDisposable> {
      const namespace = await bench().namespace('list');
      for (const name of ['a', 'b', 'c', 'd', 'e'])
        await namespace.create('configmaps', { metadata: { name, labels: { name, group: name < 'c' ? 'first' : 'last' } } });
      // A newer server puts one of its own into every namespace.
      await namespace.api.delete(`${namespace.path}/configmaps/kube-root-ca.crt`);
      return namespace;
    }
    const own = { labelSelector: 'group' };

    test('pages of one list, though it changes meanwhile', async () => {
      await using namespace = await five();
      const path = `${namespace.path}/configmaps`;
      const first = await namespace.api.get(path, { query: { limit: 2 } });
      expect(first.body).toMatchObject({
        kind: 'ConfigMapList',
        apiVersion: 'v1',
        metadata: { continue: expect.any(String), remainingItemCount: expect.any(Number) },
      });
      const seen = names(first);
      await namespace.create('configmaps', { metadata: { name: 'aa' } });
      await namespace.create('configmaps', { metadata: { name: 'cc' } });
      await namespace.api.delete(`${path}/e`);
      for (let page = first; page.body.metadata.continue; seen.push(...names(page))) {
        page = await namespace.api.get(path, { query: { limit: 2, continue: page.body.metadata.continue } });
        expect(page.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
      }
      expect(seen.filter((name) => name !== 'kube-root-ca.crt')).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    test('with a selector a page does not say how many are left', async () => {
      await using namespace = await five();
      const { body } = await namespace.api.get(`${namespace.path}/configmaps`, { query: { ...own, limit: 2 } });
      expect(body.metadata.continue).toEqual(expect.any(String));
      expect(body.metadata).not.toHaveProperty('remainingItemCount');
      const rest = await namespace.api.get(`${namespace.path}/configmaps`, { query: { ...own, continue: body.metadata.continue } });
      expect(names(rest)).toEqual(['c', 'd', 'e']);
      expect(rest.body.metadata.continue).toBeUndefined();
    });

    test('what is no continue token is refused', async () => {
      await using namespace = await five();
      const answer = await namespace.api.get(`${namespace.path}/configmaps`, { query: { limit: 2, continue: 'nonsense' } });
      expect(failure(answer)).toMatchObject({
        code: 400,
        reason: 'BadRequest',
        message: expect.stringMatching(/^invalid continue token: continue key is not valid: /),
      });
    });

    test.each([
      ['group=first', ['a', 'b']],
      ['group==first', ['a', 'b']],
      ['group!=first,group', ['c', 'd', 'e']],
      ['name in (a,c)', ['a', 'c']],
      ['name notin (a,c),group', ['b', 'd', 'e']],
      ['group,!name', []],
      ['group=first,name=b', ['b']],
    ])('labels %s', async (labelSelector, expected) => {
      await using namespace = await five();
      expect(names(await namespace.api.get(`${namespace.path}/configmaps`, { query: { labelSelector } }))).toEqual(expected);
    });

    test('fields', async () => {
      await using namespace = await five();
      const path = `${namespace.path}/configmaps`;
      expect(names(await namespace.api.get(path, { query: { fieldSelector: 'metadata.name=b' } }))).toEqual(['b']);
      expect(names(await namespace.api.get(path, { query: { ...own, fieldSelector: 'metadata.name!=b' } }))).toEqual(['a', 'c', 'd', 'e']);
      expect(
        names(await namespace.api.get('/api/v1/configmaps', { query: { fieldSelector: `metadata.name=b,metadata.namespace=${namespace.name}` } })),
      ).toEqual(['b']);
    });

    test.each([
      ['labelSelector', 'a b', /^unable to parse requirement: found 'b', expected: /],
      ['labelSelector', 'a=b=c', /^found '=', expected: ',' or 'end of string'$/],
      ['labelSelector', 'a in (x', /^unable to parse requirement: found '', expected: ',' or '\)'$/],
      ['fieldSelector', 'foo', /^invalid selector: 'foo'; can't understand 'foo'$/],
      [
        'fieldSelector',
        'spec.foo=1',
        /^(Unable to find "\/v1, Resource=configmaps" that match label selector "", field selector "spec\.foo=1": )?(field label not supported: spec\.foo|"spec\.foo" is not a known field selector: only "metadata\.name", "metadata\.namespace")$/,
      ],
    ])('%s %s is refused', async (kind, selector, message) => {
      const answer = await bench().api.get('/api/v1/namespaces/default/configmaps', { query: { [kind]: selector } });
      expect(failure(answer)).toMatchObject({ code: 400, reason: 'BadRequest', message: expect.stringMatching(message) });
    });

    test('a version that is not there yet is too large', async () => {
      const { body: now } = await bench().api.get('/api/v1/namespaces/default/pods');
      const ahead = Number(now.metadata.resourceVersion) + 1_000_000;
      const answer = await bench().api.get('/api/v1/namespaces/default/pods', { query: { resourceVersion: ahead } });
      expect(failure(answer)).toMatchObject({
        code: 504,
        reason: 'Timeout',
        message: expect.stringMatching(new RegExp(`^Timeout: Too large resource version: ${ahead}, current: \\d+$`)),
        details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
      });
    }, 20_000);

    test('as it was at a version', async () => {
      await using namespace = await five();
      const path = `${namespace.path}/configmaps`;
      const before = await namespace.api.get(path, { query: own });
      await namespace.api.delete(`${path}/a`);
      const exact = await namespace.api.get(path, {
        query: { ...own, resourceVersion: before.body.metadata.resourceVersion, resourceVersionMatch: 'Exact', limit: 10 },
      });
      expect(names(exact)).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(exact.body.metadata.resourceVersion).toBe(before.body.metadata.resourceVersion);
      const newer = await namespace.api.get(path, {
        query: { ...own, resourceVersion: before.body.metadata.resourceVersion, resourceVersionMatch: 'NotOlderThan' },
      });
      expect(newer.status).toBe(200);
    });

    test('of all namespaces, in the order of namespace and name', async () => {
      await using one = await five();
      await using other = await five();
      const { body } = await bench().api.get('/api/v1/configmaps', { query: own });
      const both = body.items
        .filter((item: Json) => [one.name, other.name].includes(item.metadata.namespace))
        .map((item: Json) => `${item.metadata.namespace}/${item.metadata.name}`);
      expect(both).toEqual(both.toSorted());
      expect(both).toHaveLength(10);
    });

    test('items carry no kind of their own in a list', async () => {
      await using namespace = await five();
      const { body } = await namespace.api.get(`${namespace.path}/configmaps`, { query: own });
      expect(body.items[0]).not.toHaveProperty('kind');
      expect(body.items[0].metadata).toMatchObject({ name: 'a', namespace: namespace.name, uid: expect.any(String) });
    });
  });
}
