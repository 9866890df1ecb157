// What cannot be done, and in which words that is said.
import { describe, expect, test } from 'vitest';
import { failure, shell, type Bench } from '../bench.ts';
import type { Json } from '../http.ts';
import { ofMinor } from './life-table.ts';

export function badRequests(bench: () => Bench): void {
  describe.concurrent('refused', () => {
    const post = (path: string, body: unknown, shape = {}) => bench().api.post(path, body, shape);
    const pods = '/api/v1/namespaces/default/pods';
    const pod = (over: Json = {}, metadata: Json = { name: 'refused' }) => ({ metadata, spec: { containers: [shell('x:1')], ...over } });

    test('a body of ten megabytes', async () => {
      const answer = await post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'big' }, data: { x: 'x'.repeat(10 * 1024 * 1024) } });
      expect(failure(answer)).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge', message: 'Request entity too large: limit is 3145728' });
      // And of one and a half: it may be sent, but not kept.
      const stored = await post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'big' }, data: { x: 'x'.repeat(1.5 * 1024 * 1024) } });
      expect(failure(stored)).toMatchObject({ code: 422, reason: 'Invalid', message: expect.stringContaining('Too long: must have at most 1048576 ') });
    });

    test.each([
      ['{"metadata":', /couldn't get version\/kind; json parse error: unexpected end of JSON input/],
      ['nonsense', /json parse error: /],
      ['[]', /cannot unmarshal array into Go value/],
    ])('a body that is no object: %s', async (body, message) => {
      const answer = await post(pods, body);
      expect(failure(answer)).toMatchObject({ code: 400, reason: 'BadRequest', message: expect.stringMatching(message) });
    });

    test('another kind, another version, another namespace, no name', async () => {
      expect(failure(await post(pods, { ...pod(), apiVersion: 'v1', kind: 'ConfigMap' }))).toMatchObject({
        code: 400,
        message: 'ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion',
      });
      expect(failure(await post(pods, { ...pod(), apiVersion: 'v9', kind: 'Pod' }))).toMatchObject({ code: 400, reason: 'BadRequest' });
      expect(failure(await post(pods, pod({}, { name: 'refused', namespace: 'kube-system' })))).toMatchObject({
        code: 400,
        message: 'the namespace of the provided object does not match the namespace sent on the request',
      });
      expect(failure(await post(pods, pod({}, {})))).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: 'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
        details: {
          kind: 'Pod',
          causes: [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' }],
        },
      });
    });

    test('names that are none', async () => {
      const rule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
      const answer = await post(pods, pod({}, { name: 'Not_A_Name' }));
      expect(failure(answer)).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: `Pod "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": ${rule}`,
      });
      expect(failure(await post(pods, pod({}, { name: 'x'.repeat(254) })))).toMatchObject({
        code: 422,
        message: expect.stringContaining('must be no more than 253 characters'),
      });
      expect(failure(await post(pods, pod({}, { name: 'refused', labels: { 'a b': '1' } })))).toMatchObject({
        code: 422,
        message: expect.stringContaining('metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters'),
      });
    });

    test.each([
      ['no containers', { containers: [] }, 'spec.containers: Required value'],
      ['two containers of one name', { containers: [shell('x:1'), shell('x:1')] }, 'spec.containers[1].name: Duplicate value: "c"'],
      ['a container without image', { containers: [{ name: 'c' }] }, 'spec.containers[0].image: Required value'],
      ['no such restart policy', { restartPolicy: 'Sometimes' }, 'spec.restartPolicy: Unsupported value: "Sometimes": supported values: '],
      [
        'no such pull policy',
        { containers: [shell('x:1', undefined, { imagePullPolicy: 'Often' })] },
        'spec.containers[0].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
      ],
      [
        'a port that is none',
        { containers: [shell('x:1', undefined, { ports: [{ containerPort: 70000 }] })] },
        'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
      [
        'a limit below the request',
        { containers: [shell('x:1', undefined, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } })] },
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit',
      ],
      [
        'a volume that is not there',
        { containers: [shell('x:1', undefined, { volumeMounts: [{ name: 'v', mountPath: '/v' }] })] },
        'spec.containers[0].volumeMounts[0].name: Not found: "v"',
      ],
      ['a name of a container that is none', { containers: [{ ...shell('x:1'), name: 'C_' }] }, 'spec.containers[0].name: Invalid value: "C_": '],
    ])('a pod with %s', async (_, spec, message) => {
      const answer = await post(pods, pod(spec));
      expect(failure(answer)).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: expect.stringContaining(message),
        details: { name: 'refused', kind: 'Pod', causes: [{ field: expect.any(String) }] },
      });
    });

    test('values of another type', async () => {
      const number = await post(pods, pod({ containers: [shell('x:1', undefined, { ports: [{ containerPort: 'web' }] })] }));
      expect(failure(number)).toMatchObject({
        code: 400,
        reason: 'BadRequest',
        message: expect.stringContaining('Pod in version "v1" cannot be handled as a Pod: '),
      });
      const text = await post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'refused' }, data: { x: 1 } });
      expect(failure(text)).toMatchObject({ code: 400, message: expect.stringContaining('ConfigMap in version "v1" cannot be handled as a ConfigMap: ') });
      const quantity = await post(pods, pod({ containers: [shell('x:1', undefined, { resources: { limits: { cpu: 'much' } } })] }));
      expect(failure(quantity)).toMatchObject({
        code: 400,
        message: expect.stringContaining("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
      });
    });

    test('fields that nobody knows: dropped, warned of, refused, as asked where that can be asked', async () => {
      await using namespace = await bench().namespace('unknown');
      const { minor } = bench().target;
      const object = (name: string) => ({ metadata: { name }, data: { x: '1' }, dat: {} });
      const path = `${namespace.path}/configmaps`;
      const dropped = await post(path, object('a'), { query: { fieldValidation: 'Ignore' } });
      expect(dropped.status).toBe(201);
      expect(dropped.body).not.toHaveProperty('dat');
      const warned = await post(path, object('b'), { query: { fieldValidation: 'Warn' } });
      expect(warned.status).toBe(201);
      expect(warned.headers['warning']).toBe(ofMinor({ 20: undefined, 25: '299 - "unknown field \\"dat\\""' }, minor));
      const strict = await post(path, object('c'), { query: { fieldValidation: 'Strict' } });
      const expected = ofMinor<Json>(
        {
          20: { status: 201 },
          25: {
            status: 400,
            body: { message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"', reason: 'BadRequest' },
          },
        },
        minor,
      );
      expect(strict).toMatchObject(expected);
    });

    test('what is there already, and what is not', async () => {
      await using namespace = await bench().namespace('there');
      await namespace.create('configmaps', { metadata: { name: 'a' } });
      expect(failure(await post(`${namespace.path}/configmaps`, { metadata: { name: 'a' } }))).toEqual({
        code: 409,
        reason: 'AlreadyExists',
        message: 'configmaps "a" already exists',
        details: { name: 'a', kind: 'configmaps' },
      });
      expect(failure(await bench().api.get(`${namespace.path}/pods/none`))).toEqual({
        code: 404,
        reason: 'NotFound',
        message: 'pods "none" not found',
        details: { name: 'none', kind: 'pods' },
      });
      expect(failure(await post('/api/v1/namespaces/nowhere-at-all/configmaps', { metadata: { name: 'a' } }))).toEqual({
        code: 404,
        reason: 'NotFound',
        message: 'namespaces "nowhere-at-all" not found',
        details: { name: 'nowhere-at-all', kind: 'namespaces' },
      });
    });

    test('a list of what is not there is empty, and a resource that nobody serves is not found', async () => {
      expect((await bench().api.get('/api/v1/namespaces/nowhere-at-all/pods')).body).toMatchObject({ kind: 'PodList', items: [] });
      expect(failure(await bench().api.get('/api/v1/namespaces/default/nothings'))).toEqual({
        code: 404,
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
        details: {},
      });
      expect((await bench().api.get('/nowhere')).status).toBe(404);
    });

    test('methods that a resource does not have', async () => {
      expect(failure(await bench().api.put('/api/v1/namespaces/default/pods', {}))).toEqual({
        code: 405,
        reason: 'MethodNotAllowed',
        message: 'the server does not allow this method on the requested resource',
        details: {},
      });
      expect(failure(await bench().api.get('/api/v1/namespaces/default/pods/x/binding'))).toMatchObject({ code: 405 });
    });

    test('answers of a form that is not made, bodies of a form that is not read', async () => {
      const accept = await bench().api.get(pods, { headers: { accept: 'text/html' } });
      expect(accept.status).toBe(406);
      const type = await post(pods, 'x', { type: 'text/plain' });
      expect(failure(type)).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
    });

    test('YAML is a body like JSON', async () => {
      await using namespace = await bench().namespace('yaml');
      const answer = await post(`${namespace.path}/configmaps`, 'metadata:\n  name: a\ndata:\n  x: "1"\n', { type: 'application/yaml' });
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({ kind: 'ConfigMap', data: { x: '1' } });
    });

    test('what is immutable', async () => {
      await using namespace = await bench().namespace('fixed');
      await namespace.create('configmaps', { metadata: { name: 'a' }, data: { x: '1' }, immutable: true });
      const map = await namespace.api.patch(`${namespace.path}/configmaps/a`, 'merge', { data: { x: '2' } });
      expect(failure(map)).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: expect.stringContaining('data: Forbidden: field is immutable when `immutable` is set'),
      });
      await namespace.create('services', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
      const ip = await namespace.api.patch(`${namespace.path}/services/s`, 'merge', { spec: { clusterIP: '10.96.0.77' } });
      expect(failure(ip)).toMatchObject({
        code: 422,
        message: expect.stringMatching(/spec\.clusterIPs?(\[0\])?: Invalid value: .*(field is immutable|may not change once set)/),
      });
    });
  });
}
