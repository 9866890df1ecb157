// get, list and watch.
import { storeName } from '../kinds/kind.ts';
import { notFound } from './api-error.ts';
import { sendObject, sendList, type Call } from './call.ts';
import { parseListOptions, parseResourceVersion } from './list-options.ts';
import { listObjects, waitForRevision } from './list.ts';
import { negotiate, notAcceptable, parseAccept } from './negotiate.ts';
import { representation } from './representation.ts';
import { groupResource } from './rest.ts';
import { serveWatch } from './watch.ts';

/** @throws ApiError */
export async function handleGet(call: Call): Promise<void> {
  const { parts, info, kind, query, signal } = call;
  const { store } = parts.context;
  negotiate(call.request.headers.accept);
  const wanted = parseResourceVersion(query.get('resourceVersion') ?? '');
  if (wanted) await waitForRevision(store, wanted, signal);
  const object = store.get(storeName(kind), info.namespace, info.name);
  if (!object) throw notFound(groupResource(kind), info.name);
  sendObject(call, 200, object);
}

/** @throws ApiError */
export async function handleList(call: Call): Promise<void> {
  const { parts, info, kind, query, signal } = call;
  negotiate(call.request.headers.accept);
  const options = parseListOptions(query, kind, parts.context.minor, false);
  const { objects, metadata } = await listObjects(parts.context.store, kind, info.namespace, options, { minor: parts.context.minor, signal });
  await sendList(call, objects, metadata);
}

/** @throws ApiError for what is wrong with the request; what is too old is an ERROR event. */
export function handleWatch(call: Call): void {
  const { parts, request, response, info, kind, query, signal } = call;
  const { store, minor } = parts.context;
  const form = negotiate(request.headers.accept);
  // There is no stream of YAML documents.
  if (form.media === 'yaml') throw notAcceptable(parseAccept(request.headers.accept));
  const options = parseListOptions(query, kind, minor, true);
  const written = representation(kind, parts.context, form, query);
  serveWatch({ store, kind, namespace: info.namespace, options, form: written, minor, signal }, response);
}
