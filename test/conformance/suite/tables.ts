// Tables: what `kubectl get` prints of each kind that is served.
import { describe, expect, test } from 'vitest';
import { TABLE, type Json } from '../http.ts';
import type { Bench } from '../bench.ts';
import { ofMinor, type ByMinor } from './life-table.ts';

/** The columns by resource; those of -o wide behind a bar. */
const columns: Readonly<Record<string, ByMinor<string>>> = {
  pods: { 20: 'Name Ready Status Restarts Age | IP Node Nominated_Node Readiness_Gates' },
  nodes: { 20: 'Name Status Roles Age Version | Internal-IP External-IP OS-Image Kernel-Version Container-Runtime' },
  namespaces: { 20: 'Name Status Age' },
  services: { 20: 'Name Type Cluster-IP External-IP Port(s) Age | Selector' },
  endpoints: { 20: 'Name Endpoints Age' },
  configmaps: { 20: 'Name Data Age' },
  secrets: { 20: 'Name Type Data Age' },
  serviceaccounts: { 20: 'Name Secrets Age' },
  events: { 20: 'Last_Seen Type Reason Object Message | Subobject Source First_Seen Count Name' },
};

export function tables(bench: () => Bench): void {
  describe.concurrent('tables', () => {
    test.each(Object.keys(columns))('the columns of %s', async (resource) => {
      const { body } = await bench().api.get(`/api/v1/${resource}`, { headers: { accept: TABLE } });
      expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: expect.any(String) } });
      const of = (wide: boolean) =>
        body.columnDefinitions.filter(({ priority }: Json) => priority > 0 === wide).map(({ name }: Json) => name.replaceAll(' ', '_'));
      const wide = of(true);
      expect([...of(false), ...(wide.length > 0 ? ['|', ...wide] : [])].join(' ')).toBe(ofMinor(columns[resource] ?? {}, bench().target.minor));
      expect(body.columnDefinitions[0]).toMatchObject({
        type: expect.any(String),
        format: resource === 'events' ? '' : 'name',
        description: expect.any(String),
      });
    });

    test('the row of the node', async () => {
      const { body } = await bench().api.get('/api/v1/nodes', { headers: { accept: TABLE } });
      const text = expect.any(String);
      expect(body.rows[0].cells).toEqual([
        bench().target.node,
        'Ready',
        text,
        text,
        expect.stringMatching(/^v1\.\d+\./),
        text,
        text,
        text,
        text,
        expect.stringMatching(/^(docker|containerd):\/\//),
      ]);
    });

    test('rows carry the metadata of their object, all of it or nothing, as asked', async () => {
      await using namespace = await bench().namespace('table');
      await namespace.create('configmaps', { metadata: { name: 'a', labels: { l: '1' } }, data: { x: '1', y: '2' } });
      const rows = async (query: Record<string, string>) =>
        (await namespace.api.get(`${namespace.path}/configmaps`, { headers: { accept: TABLE }, query: { ...query, labelSelector: 'l' } })).body.rows;
      const [plain] = await rows({});
      expect(plain.cells).toEqual(['a', 2, expect.stringMatching(/^\d+s$/)]);
      expect(plain.object).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a', labels: { l: '1' } } });
      expect(plain.object).not.toHaveProperty('data');
      expect((await rows({ includeObject: 'Object' }))[0].object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { x: '1', y: '2' } });
      expect((await rows({ includeObject: 'None' }))[0].object).toBeNull();
    });

    test('of one object, and in a watch', async () => {
      await using namespace = await bench().namespace('table');
      const { body: list } = await namespace.api.get(`${namespace.path}/configmaps`);
      await namespace.create('configmaps', { metadata: { name: 'a' } });
      const one = await namespace.api.get(`${namespace.path}/configmaps/a`, { headers: { accept: TABLE } });
      expect(one.body.rows).toHaveLength(1);
      await namespace.create('configmaps', { metadata: { name: 'b' } });
      const events: Json[] = [];
      for await (const event of namespace.api.watch(
        `${namespace.path}/configmaps`,
        { resourceVersion: list.metadata.resourceVersion },
        { headers: { accept: TABLE } },
      ))
        if (events.push(event) === 2) break;
      expect(events.map(({ type, object }) => [type, object.kind, object.rows[0].cells[0]])).toEqual([
        ['ADDED', 'Table', 'a'],
        ['ADDED', 'Table', 'b'],
      ]);
      // The columns are told once.
      expect(events[0].object.columnDefinitions).toHaveLength(3);
      expect(events[1].object.columnDefinitions ?? []).toHaveLength(0);
    });

    test('metadata alone', async () => {
      await using namespace = await bench().namespace('table');
      await namespace.create('configmaps', { metadata: { name: 'a' }, data: { x: '1' } });
      const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
      const { body } = await namespace.api.get(`${namespace.path}/configmaps/a`, { headers: { accept } });
      expect(body).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } });
      expect(body).not.toHaveProperty('data');
    });

    test('a Status stays a Status', async () => {
      const { status, body } = await bench().api.get('/api/v1/namespaces/default/pods/none', { headers: { accept: `${TABLE},application/json` } });
      expect([status, body.kind]).toEqual([404, 'Status']);
    });
  });
}
