// delete and deletecollection.
import { setImmediate } from 'node:timers/promises';
import { decodeBody } from '../schema/decode.ts';
import { ApiError, badRequest } from './api-error.ts';
import { sendJson } from './answer.ts';
import { readBody } from './body.ts';
import { sendList, sendObject, type Call } from './call.ts';
import { parseListOptions } from './list-options.ts';
import { listObjects } from './list.ts';
import type { DeleteOptions } from './objects-api.ts';
import { parseDeleteOptions } from './write-options.ts';

/** Their storage answers with the object that was deleted (ReturnDeletedObject); services since 1.23. */
const RETURNED = new Set(['pods', 'podtemplates', 'persistentvolumes', 'persistentvolumeclaims', 'resourcequotas', 'serviceaccounts']);

/** How many of a collection go in one round of the event loop: watches have to keep up when thousands do. */
const EACH_ROUND = 20;

/** @throws ApiError */
export async function handleDelete(call: Call): Promise<void> {
  const { parts, response, info, kind } = call;
  const options = await deleteOptions(call);
  const { object, gone } = parts.objects.delete(kind, info.namespace, info.name, options);
  const returned = kind.group === '' && (RETURNED.has(kind.resource) || (kind.resource === 'services' && parts.context.minor >= 23));
  if (!gone || returned) return sendObject(call, 200, object);
  const details = { name: info.name, ...(kind.group ? { group: kind.group } : {}), kind: kind.resource, uid: object.metadata.uid };
  sendJson(response, 200, JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }));
}

/** @throws ApiError */
export async function handleDeleteCollection(call: Call): Promise<void> {
  const { parts, info, kind, query, signal } = call;
  const options = await deleteOptions(call);
  const selection = parseListOptions(query, kind, parts.context.minor, false);
  const { objects, metadata } = await listObjects(parts.context.store, kind, info.namespace, selection, { minor: parts.context.minor, signal });
  for (const [index, { metadata: of }] of objects.entries()) {
    if (index % EACH_ROUND === EACH_ROUND - 1) await setImmediate();
    try {
      parts.objects.delete(kind, of.namespace ?? '', of.name ?? '', options);
    } catch (error) {
      if (!(error instanceof ApiError && error.status.code === 404)) throw error;
    }
  }
  await sendList(call, objects, metadata);
}

/** From the body, or, when there is none, from the query. @throws ApiError */
async function deleteOptions({ parts, request, query }: Call): Promise<DeleteOptions & { dryRun: boolean }> {
  const bytes = await readBody(request);
  if (bytes.length === 0) return parseDeleteOptions(undefined, query);
  try {
    return parseDeleteOptions(decodeBody(bytes, request.headers['content-type'] ?? '', parts.schema).object, query);
  } catch (error) {
    throw error instanceof ApiError ? error : badRequest(error instanceof Error ? error.message : String(error));
  }
}
