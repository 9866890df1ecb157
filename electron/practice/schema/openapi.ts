// The OpenAPI documents of one API server, made when they are first asked for.
import type { Kind } from '../kinds/kind.ts';
import { openApiV2Protobuf } from './openapi-v2-protobuf.ts';
import { openApiV2 } from './openapi-v2.ts';
import { hashOf, openApiV3, openApiV3Index } from './openapi-v3.ts';
import type { Schema } from './schema.ts';

export interface OpenApiAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  /** In quotes, as the header has it. */
  readonly etag: string;
}

export interface OpenApi {
  /** `/openapi/v2`; kubectl asks for `application/com.github.proto-openapi.spec.v2@v1.0+protobuf`. */
  v2(accept: string): OpenApiAnswer;
  /** `/openapi/v3`. Since 1.23 (beta 1.24); undefined before. */
  v3Index(): OpenApiAnswer | undefined;
  /** @param path below `/openapi/v3/`: `api/v1`. undefined for a group and version that is not served. */
  v3(path: string): OpenApiAnswer | undefined;
}

/** Nothing changes while the process lives, so each is kept. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const answer = (body: Buffer, contentType: string): OpenApiAnswer => ({ body, contentType, etag: `"${hashOf(body)}"` });
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** @param version as `/version` tells it: `v1.34.0`. */
export function createOpenApi(schema: Schema, kinds: readonly Kind[], version: string): OpenApi {
  const document = once(() => openApiV2(schema, kinds, version));
  const jsonType = schema.minor < 23 ? 'text/plain; charset=utf-8' : 'application/json';
  const v2Json = once(() => answer(json(document()), jsonType));
  const v2Protobuf = once(() =>
    answer(
      openApiV2Protobuf(document()),
      schema.minor < 23 ? 'application/octet-stream' : 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
    ),
  );
  const v3Documents = once(() => {
    const documents = [...openApiV3(schema, kinds, version)];
    return new Map(documents.map(([path, value]) => [path, answer(json(value), 'application/json')]));
  });
  const v3Index = once(() => answer(json(openApiV3Index(new Map([...v3Documents()].map(([path, { body }]) => [path, body])))), 'application/json'));
  const hasV3 = schema.minor >= 24;
  return {
    v2: (accept) => (/proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/.test(accept) ? v2Protobuf() : v2Json()),
    v3Index: () => (hasV3 ? v3Index() : undefined),
    v3: (path) => (hasV3 ? v3Documents().get(path) : undefined),
  };
}
