// OpenAPI v3: an index at `/openapi/v3` and a document for every group and version, which kubectl asks for since 1.27.
import { createHash } from 'node:crypto';
import type { Kind } from '../kinds/kind.ts';
import { pathsOf, type Operation, type Parameter } from './openapi-operations.ts';
import { definitions, refTo, type Json } from './openapi-types.ts';
import type { Schema } from './schema.ts';

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const formats = ['application/json', 'application/yaml'];

const content = (types: readonly string[], schema: Json): Json => ({ content: Object.fromEntries(types.map((type) => [type, { schema }])) });
const parameterOf = ({ name, in: place, type }: Parameter): Json => ({
  name,
  in: place,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
});

function operationOf(schema: Schema, { action, id, tag, about, query, body, answer }: Operation): Json {
  const ok = answer === undefined ? content(['*/*'], { type: 'string' }) : content(formats, refTo(schema, answer, 3));
  const codes = action === 'post' ? ['200', '201', '202'] : action === 'put' || action === 'patch' ? ['200', '201'] : ['200'];
  return {
    tags: [tag],
    operationId: id,
    parameters: query.map(parameterOf),
    ...(body === undefined ? {} : { requestBody: content(action === 'patch' ? patchTypes : ['*/*'], refTo(schema, body, 3)) }),
    responses: { ...Object.fromEntries(codes.map((code) => [code, { description: 'OK', ...ok }])), 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': about,
  };
}

/** The path of a group and version below `/openapi/v3/`: `api/v1`, `apis/events.k8s.io/v1`. */
const pathOf = ({ group, version }: Kind) => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

/** The documents by their paths below `/openapi/v3/`. @param version as `/version` tells it. */
export function openApiV3(schema: Schema, kinds: readonly Kind[], version: string): Map<string, Json> {
  const groups = Map.groupBy(kinds, pathOf);
  return new Map(
    [...groups].map(([path, members]) => {
      const items = members.flatMap((kind) => pathsOf(kind, schema.minor, (type) => schema.types.has(type)));
      const paths = items.map((item): [string, Json] => [
        item.path,
        {
          ...Object.fromEntries(item.operations.map((operation) => [operation.method, operationOf(schema, operation)])),
          parameters: item.parameters.map(parameterOf),
        },
      ]);
      const security = { securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } } };
      const components = { schemas: definitions(schema, members, 3), ...security };
      return [path, { openapi: '3.0.0', info: { title: 'Kubernetes', version }, paths: Object.fromEntries(paths), components }];
    }),
  );
}

export const hashOf = (bytes: Buffer | string): string => createHash('sha512').update(bytes).digest('hex').toUpperCase();

/** The index: clients keep a document as long as its hash stays. */
export function openApiV3Index(documents: ReadonlyMap<string, Buffer>): Json {
  const paths = [...documents].map(([path, bytes]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(bytes)}` }]);
  return { paths: Object.fromEntries(paths) as Json };
}
