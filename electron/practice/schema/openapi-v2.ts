// The OpenAPI v2 document of `/openapi/v2`: what kubectl validates against, explains from and merges by.
import type { Kind } from '../kinds/kind.ts';
import { pathsOf, type Operation } from './openapi-operations.ts';
import { definitions, refTo, type Json } from './openapi-types.ts';
import type { Schema } from './schema.ts';

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

const formats = ['application/json', 'application/yaml'];

function operationOf(schema: Schema, { action, id, tag, about, query, body, answer }: Operation): Json {
  const ok = answer === undefined ? { type: 'string' } : refTo(schema, answer, 2);
  const codes = action === 'post' ? ['200', '201', '202'] : action === 'put' || action === 'patch' ? ['200', '201'] : ['200'];
  const required = body === 'DeleteOptions' ? {} : { required: true };
  const bodies = body === undefined ? [] : [{ name: 'body', in: 'body', ...required, schema: refTo(schema, body, 2) }];
  return {
    consumes: action === 'patch' ? patchTypes : ['*/*'],
    produces: answer === undefined ? ['*/*'] : action === 'list' ? [...formats, 'application/json;stream=watch'] : formats,
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    parameters: [...bodies, ...query.map((parameter) => ({ uniqueItems: true, ...parameter }))],
    responses: {
      ...Object.fromEntries(codes.map((code) => [code, { description: 'OK', schema: ok }])),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': about,
  };
}

/** @param version as `/version` tells it: `v1.34.0`. */
export function openApiV2(schema: Schema, kinds: readonly Kind[], version: string): Json {
  const items = kinds.flatMap((kind) => pathsOf(kind, schema.minor, (type) => schema.types.has(type)));
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(
      items.map(({ path, parameters, operations }) => [
        path,
        {
          ...Object.fromEntries(operations.map((operation) => [operation.method, operationOf(schema, operation)])),
          parameters: parameters.map((parameter) => ({ uniqueItems: true, ...parameter, ...(parameter.in === 'path' ? { required: true } : {}) })),
        },
      ]),
    ),
    definitions: definitions(schema, kinds, 2),
    securityDefinitions: { BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  };
}
