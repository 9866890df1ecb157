// One request for a resource on its way through the handlers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kind, KindContext } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import type { Expected } from '../schema/read-object.ts';
import type { Schema } from '../schema/schema.ts';
import { sendJson, sendPieces } from './answer.ts';
import { negotiate } from './negotiate.ts';
import { representation, type ListMetadata } from './representation.ts';
import type { ResourceRequest } from './request-info.ts';
import { groupVersion, type RestApi } from './rest.ts';

/** What every handler works on. */
export interface ApiParts {
  readonly context: KindContext;
  readonly schema: Schema;
  readonly kinds: readonly Kind[];
  readonly objects: RestApi;
}

export interface Call {
  readonly parts: ApiParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly info: ResourceRequest;
  readonly kind: Kind;
  /** Aborts when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** What the body of a write has to be. */
export const expected = ({ schema, kinds }: ApiParts, kind: Expected['kind']): Expected => ({
  schema,
  kind,
  known: (apiVersion, name) => kinds.some((candidate) => groupVersion(candidate) === apiVersion && candidate.kind === name),
});

/** Sends one object in the form that was asked for. @throws ApiError NotAcceptable */
export function sendObject({ parts, request, response, query, kind }: Call, code: number, object: KubeObject): void {
  const form = negotiate(request.headers.accept);
  sendJson(response, code, representation(kind, parts.context, form, query).one(object), form.media);
}

/** @throws ApiError NotAcceptable */
export async function sendList({ parts, request, response, query, kind }: Call, objects: readonly KubeObject[], metadata: ListMetadata): Promise<void> {
  const form = negotiate(request.headers.accept);
  await sendPieces(response, representation(kind, parts.context, form, query).list(objects, metadata), form.media);
}
