// Server-side apply, and who owns which field.
import { describe, expect, test } from 'vitest';
import { conditionOf, failure, shell, type Bench, type Namespace } from '../bench.ts';
import type { Answer, Json } from '../http.ts';
import { ofMinor } from './life-table.ts';

/** The entries by operation, manager and subresource. */
const entries = ({ body }: Answer): Record<string, Json> =>
  Object.fromEntries(
    body.metadata.managedFields?.map((entry: Json) => [
      `${entry.operation} ${entry.manager}${entry.subresource ? ` ${entry.subresource}` : ''}`,
      entry.fieldsV1,
    ]) ?? [],
  );

export function serverSideApply(bench: () => Bench): void {
  describe.concurrent('apply', () => {
    const map = (data?: Json, metadata: Json = {}) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', ...metadata },
      ...(data ? { data } : {}),
    });
    const apply = (namespace: Namespace, manager: string, object: Json, force?: boolean): Promise<Answer> =>
      namespace.api.patch(`${namespace.path}/configmaps/a`, 'apply', object, { query: { fieldManager: manager, ...(force === undefined ? {} : { force }) } });
    const write = (namespace: Namespace, manager: string, change: Json): Promise<Answer> =>
      namespace.api.patch(`${namespace.path}/configmaps/a`, 'merge', change, { query: { fieldManager: manager } });

    test('creates what is not there, and does nothing the second time', async () => {
      await using namespace = await bench().namespace('apply');
      const first = await apply(namespace, 'm1', map({ x: '1', y: '1' }, { labels: { l: '1' } }));
      expect(first.status).toBe(201);
      expect(entries(first)).toEqual({ 'Apply m1': { 'f:data': { 'f:x': {}, 'f:y': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } } });
      const second = await apply(namespace, 'm1', map({ x: '1', y: '1' }, { labels: { l: '1' } }));
      expect(second.status).toBe(200);
      expect(second.body).toEqual(first.body);
      expect(first.body.metadata.managedFields[0]).toMatchObject({
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
    });

    test('takes away what the manager does not apply any more', async () => {
      await using namespace = await bench().namespace('apply');
      await apply(namespace, 'm1', map({ x: '1', y: '1' }, { labels: { l: '1' } }));
      const after = await apply(namespace, 'm1', map({ y: '1' }));
      expect(after.body.data).toEqual({ y: '1' });
      expect(after.body.metadata).not.toHaveProperty('labels');
      expect(entries(after)).toEqual({ 'Apply m1': { 'f:data': { 'f:y': {} } } });
    });

    test('two managers share a value, and it goes with the last of them', async () => {
      await using namespace = await bench().namespace('apply');
      await apply(namespace, 'm1', map({ x: '1', y: '1' }));
      expect(entries(await apply(namespace, 'm2', map({ x: '1' })))).toEqual({
        'Apply m1': { 'f:data': { 'f:x': {}, 'f:y': {} } },
        'Apply m2': { 'f:data': { 'f:x': {} } },
      });
      expect((await apply(namespace, 'm1', map())).body.data).toEqual({ x: '1' });
      expect((await apply(namespace, 'm2', map())).body).not.toHaveProperty('data');
    });

    test('another value is a conflict; force takes it', async () => {
      await using namespace = await bench().namespace('apply');
      await apply(namespace, 'm1', map({ x: '1', y: '1' }));
      expect(failure(await apply(namespace, 'm2', map({ x: '2' })))).toEqual({
        code: 409,
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "m1": .data.x',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.data.x' }] },
      });
      const forced = await apply(namespace, 'm2', map({ x: '2' }), true);
      expect(forced.body.data).toEqual({ x: '2', y: '1' });
      expect(entries(forced)).toEqual({ 'Apply m1': { 'f:data': { 'f:y': {} } }, 'Apply m2': { 'f:data': { 'f:x': {} } } });
    });

    test('what was written by others: who changes a field owns it', async () => {
      await using namespace = await bench().namespace('apply');
      await namespace.api.post(`${namespace.path}/configmaps`, map({ x: '1' }, { annotations: { an: '1' } }), { query: { fieldManager: 'one' } });
      const own = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:an': {} } } };
      const added = await write(namespace, 'two', { data: { y: '2' } });
      expect(entries(added)).toEqual({ 'Update one': { 'f:data': { '.': {}, 'f:x': {} }, ...own }, 'Update two': { 'f:data': { 'f:y': {} } } });
      const changed = await write(namespace, 'two', { data: { x: '3' } });
      expect(entries(changed)).toEqual({ 'Update one': { 'f:data': {}, ...own }, 'Update two': { 'f:data': { 'f:x': {}, 'f:y': {} } } });
      const gone = await write(namespace, 'two', { data: null });
      expect(entries(gone)).toEqual({ 'Update one': own });
    });

    test('conflicts with what was written name who wrote it and how', async () => {
      await using namespace = await bench().namespace('apply');
      await namespace.api.post(`${namespace.path}/configmaps`, map({ x: '1', y: '1' }), { query: { fieldManager: 'one' } });
      await write(namespace, 'two', { data: { y: '2' } });
      expect(failure(await apply(namespace, 'm1', map({ x: '9', y: '9' }))).message).toBe(
        'Apply failed with 2 conflicts: conflicts with "one" using v1:\n- .data.x\nconflicts with "two" using v1:\n- .data.y',
      );
    });

    test('without a name of a manager it is the beginning of the User-Agent', async () => {
      await using namespace = await bench().namespace('apply');
      const made = await namespace.api.post(`${namespace.path}/configmaps`, map({ x: '1' }), { headers: { 'user-agent': 'some-tool/v2 (linux)' } });
      expect(Object.keys(entries(made))).toEqual(['Update some-tool']);
    });

    test('an applied list of items is merged by its keys', async () => {
      await using namespace = await bench().namespace('apply');
      const service = (...ports: [number, string][]) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { ports: ports.map(([port, name]) => ({ port, name, protocol: 'TCP' })) },
      });
      const send = (manager: string, object: Json) =>
        namespace.api.patch(`${namespace.path}/services/s`, 'apply', object, { query: { fieldManager: manager } });
      const names = ({ body }: Answer) => body.spec.ports.map(({ name }: Json) => name).toSorted();
      expect(entries(await send('m1', service([1, 'a'], [2, 'b'])))['Apply m1']).toEqual({
        'f:spec': {
          'f:ports': {
            'k:{"port":1,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {} },
            'k:{"port":2,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {} },
          },
        },
      });
      expect(names(await send('m2', service([3, 'c'], [1, 'a'])))).toEqual(['a', 'b', 'c']);
      expect(names(await send('m1', service([2, 'b'])))).toEqual(['a', 'b', 'c']);
      expect(names(await send('m2', service([3, 'c'])))).toEqual(['b', 'c']);
    });

    test('the policy of an image is owned by who applied it, and by who created the pod', async () => {
      await using namespace = await bench().namespace('apply');
      const pod = (name: string, container: Json) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { nodeSelector: { nowhere: 'true' }, containers: [{ name: 'c', image: 'conformance-apply:1', ...container }] },
      });
      const send = (name: string, container: Json) =>
        namespace.api.patch(namespace.pod(name), 'apply', pod(name, container), { query: { fieldManager: 'm1' } });
      const container = 'k:{"name":"c"}';
      const said = await send('said', { imagePullPolicy: 'Always' });
      expect(entries(said)['Apply m1']['f:spec']['f:containers'][container]).toEqual({ '.': {}, 'f:name': {}, 'f:image': {}, 'f:imagePullPolicy': {} });
      const left = await send('left', {});
      expect(entries(left)['Apply m1']['f:spec']['f:containers'][container]).toEqual({ '.': {}, 'f:name': {}, 'f:image': {} });
      expect(left.body.spec.containers[0].imagePullPolicy).toBe('IfNotPresent');
      const created = await namespace.api.post(`${namespace.path}/pods`, pod('created', {}), { query: { fieldManager: 'one' } });
      expect(entries(created)['Update one']).toEqual({
        'f:spec': {
          'f:containers': {
            [container]: {
              '.': {},
              'f:image': {},
              'f:imagePullPolicy': {},
              'f:name': {},
              'f:resources': {},
              'f:terminationMessagePath': {},
              'f:terminationMessagePolicy': {},
            },
          },
          'f:dnsPolicy': {},
          'f:enableServiceLinks': {},
          'f:nodeSelector': ofMinor<Json>({ 20: { '.': {}, 'f:nowhere': {} }, 21: {} }, bench().target.minor),
          'f:restartPolicy': {},
          'f:schedulerName': {},
          'f:securityContext': {},
          'f:terminationGracePeriodSeconds': {},
        },
      });
    });

    test('the kubelet owns what it writes of a status', async () => {
      await using namespace = await bench().namespace('apply');
      await namespace.run('p', 'sleep 3600');
      await namespace.podUntil('p', (pod) => conditionOf(pod, 'Ready')?.status === 'True');
      const answer = await namespace.api.get(namespace.pod('p'));
      const name = ofMinor({ 20: 'Update kubelet', 22: 'Update kubelet status' }, bench().target.minor);
      const condition = { '.': {}, 'f:lastProbeTime': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} };
      expect(entries(answer)[name]).toMatchObject({
        'f:status': {
          'f:conditions': { 'k:{"type":"ContainersReady"}': condition, 'k:{"type":"Initialized"}': condition, 'k:{"type":"Ready"}': condition },
          'f:containerStatuses': {},
          'f:hostIP': {},
          'f:phase': {},
          'f:podIP': {},
          'f:podIPs': { '.': {}, [`k:{"ip":"${answer.body.status.podIP}"}`]: { '.': {}, 'f:ip': {} } },
          'f:startTime': {},
        },
      });
    });

    test("entries can be taken away; then what was there counts as somebody's", async () => {
      await using namespace = await bench().namespace('apply');
      await namespace.api.post(`${namespace.path}/configmaps`, map({ x: '1' }));
      expect(entries(await write(namespace, 'two', { metadata: { managedFields: [{}] } }))).toEqual({});
      expect(entries(await write(namespace, 'two', { data: { y: '1' } }))).toEqual({});
      expect(entries(await apply(namespace, 'm1', map({ n: '1' })))).toEqual({
        'Apply m1': { 'f:data': { 'f:n': {} } },
        'Update before-first-apply': { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } },
      });
    });

    test('the oldest of more than ten writers become one', async () => {
      await using namespace = await bench().namespace('apply');
      await namespace.api.post(`${namespace.path}/configmaps`, map({ x: '1' }), { query: { fieldManager: 'one' } });
      let last: Answer | undefined;
      for (let index = 0; index < 11; index++) last = await write(namespace, `u${index}`, { data: { [`k${index}`]: '1' } });
      const names = Object.keys(entries(last as Answer));
      expect(names).toHaveLength(10);
      expect(names).toContain('Update ancient-changes');
      expect(names).toContain('Update u10');
    });

    test('what cannot be applied', async () => {
      await using namespace = await bench().namespace('apply');
      const { minor } = bench().target;
      const where = ofMinor({ 20: '', 21: ' (/a; /v1, Kind=ConfigMap)' }, minor);
      const cases: [Json, number, string][] = [
        [{ ...map(), dat: {} }, 500, `failed to create typed patch object${where}: .dat: field not declared in schema`],
        [map({ x: 1 }), 500, `failed to create typed patch object${where}: .data.x: expected string, got &value.valueUnstructured{Value:1}`],
        [{ ...map(), apiVersion: 'apps/v1' }, 400, 'Incorrect version specified in apply patch. Specified patch version: apps/v1, expected: v1'],
        [map({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
        [map({}, { name: 'zz' }), 400, 'the name of the object (zz) does not match the name on the URL (a)'],
      ];
      await namespace.api.post(`${namespace.path}/configmaps`, map({ x: '1' }));
      for (const [object, code, message] of cases) expect(failure(await apply(namespace, 'm1', object))).toMatchObject({ code, message });
      expect(failure(await namespace.api.patch(`${namespace.path}/configmaps/a`, 'apply', map()))).toEqual({
        code: 422,
        reason: 'Invalid',
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        details: {
          group: 'meta.k8s.io',
          kind: 'PatchOptions',
          causes: [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }],
        },
      });
    });

    test('YAML is applied as JSON is', async () => {
      await using namespace = await bench().namespace('apply');
      const answer = await apply(namespace, 'm1', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n');
      expect(answer.status).toBe(201);
      expect(answer.body.data).toEqual({ x: '1' });
      expect(failure(await apply(namespace, 'm1', 'a: ['))).toMatchObject({
        code: 400,
        reason: 'BadRequest',
        message: expect.stringMatching(/^error decoding YAML: error converting YAML to JSON: yaml: /),
      });
    });

    test('a pod that is applied runs', async () => {
      await using namespace = await bench().namespace('apply');
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { terminationGracePeriodSeconds: 0, containers: [shell(bench().target.image, 'sleep 3600')] },
      };
      expect((await namespace.api.patch(namespace.pod('p'), 'apply', pod, { query: { fieldManager: 'm1' } })).status).toBe(201);
      await namespace.ready('p');
      // Applying it again, now that there is much that others own, changes nothing.
      expect((await namespace.api.patch(namespace.pod('p'), 'apply', pod, { query: { fieldManager: 'm1' } })).status).toBe(200);
    });
  });
}
