// The OpenAPI documents: what clients look for in them.
import { describe, expect, it } from 'vitest';
import type { Kind } from '../kinds/kind.ts';
import { createOpenApi } from './openapi.ts';
import { openSchema } from './open-schema.ts';
import { openApiV2 } from './openapi-v2.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const none = { verbs, shortNames: [], singular: '', columns: [], cells: () => [], version: 'v1' };
const pods: Kind = {
  ...none,
  group: '',
  kind: 'Pod',
  resource: 'pods',
  type: 'Pod',
  namespaced: true,
  subresources: [
    { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'eviction', kind: 'Eviction', verbs: ['create'] },
  ],
};
const leases: Kind = { ...none, group: 'coordination.k8s.io', kind: 'Lease', resource: 'leases', type: 'Lease', namespaced: true, subresources: [] };
const kinds = [pods, leases];
const open = (minor: number) => createOpenApi(openSchema(minor), kinds, `v1.${minor}.0`);
const parse = (body: Buffer | undefined) => JSON.parse(String(body)) as Record<string, never>;

/** Every $ref of a document that leads nowhere. */
function dangling(document: unknown, targets: ReadonlySet<string>): string[] {
  return [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref).filter((ref) => !targets.has(ref));
}

describe('v2', () => {
  it.each([20, 34])('refers to definitions that it has (1.%i)', (minor) => {
    const document = parse(open(minor).v2('application/json').body);
    expect(dangling(document, new Set(Object.keys(document['definitions'] ?? {}).map((name) => `#/definitions/${name}`)))).toEqual([]);
  });
  it('tells which types are kinds, also those of subresources', () => {
    const types = openApiV2(openSchema(34), kinds, 'v1.34.0')['definitions'] as Record<string, Record<string, unknown>>;
    const about = (name: string) => types[name]?.['x-kubernetes-group-version-kind'];
    expect(about('io.k8s.api.core.v1.Pod')).toEqual([{ group: '', kind: 'Pod', version: 'v1' }]);
    expect(about('io.k8s.api.coordination.v1.LeaseList')).toEqual([{ group: 'coordination.k8s.io', kind: 'LeaseList', version: 'v1' }]);
    expect(about('io.k8s.api.policy.v1.Eviction')).toEqual([{ group: 'policy', kind: 'Eviction', version: 'v1' }]);
    expect(about('io.k8s.api.core.v1.Container')).toBeUndefined();
  });
  it('has the parameters that kubectl looks for before it uses them', () => {
    const parametersOf = (minor: number) => {
      const paths = openApiV2(openSchema(minor), kinds, '')['paths'] as Record<string, Record<string, { parameters: { name: string }[] }>>;
      return paths['/api/v1/namespaces/{namespace}/pods/{name}']?.['patch']?.parameters.map(({ name }) => name);
    };
    expect(parametersOf(34)).toEqual(expect.arrayContaining(['dryRun', 'fieldValidation', 'force']));
    expect(parametersOf(20)).toContain('dryRun');
    expect(parametersOf(20)).not.toContain('fieldValidation');
  });
  it('merges lists as the type tables say', () => {
    const types = openApiV2(openSchema(34), kinds, '')['definitions'] as Record<string, { properties: Record<string, unknown> }>;
    expect(types['io.k8s.api.core.v1.Container']?.properties['ports']).toEqual({
      type: 'array',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.ContainerPort' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      'x-kubernetes-patch-merge-key': 'containerPort',
      'x-kubernetes-patch-strategy': 'merge',
    });
  });
  it('comes as protobuf to who asks for it, and stays the same', () => {
    const api = open(20);
    const protobuf = api.v2('application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
    expect(protobuf.body.subarray(0, 5)).toEqual(Buffer.from('\n\u00032.0'));
    expect(protobuf.etag).not.toBe(api.v2('application/json').etag);
    expect(api.v2('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')).toBe(protobuf);
  });
});

describe('v3', () => {
  it('lists a document for every group and version, with its hash', () => {
    const index = parse(open(34).v3Index()?.body) as unknown as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(index.paths)).toEqual(['api/v1', 'apis/coordination.k8s.io/v1']);
    expect(index.paths['api/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{128}$/);
  });
  it.each(['api/v1', 'apis/coordination.k8s.io/v1'])('refers to schemas that it has (%s)', (path) => {
    const document = parse(open(34).v3(path)?.body) as unknown as { components: { schemas: object } };
    expect(dangling(document, new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)))).toEqual([]);
  });
  it('is not there for what is not served, nor before 1.24', () => {
    expect(open(34).v3('apis/apps/v1')).toBeUndefined();
    expect(open(20).v3Index()).toBeUndefined();
    expect(open(20).v3('api/v1')).toBeUndefined();
  });
});
