// Lists: which state they show, and in which pieces. apiserver, pkg/storage/etcd3/store.go, and api-concepts on large collections.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
import { setTimeout as pause } from 'node:timers/promises';
import { storeName, type Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { Compacted, type Store } from '../store/store.ts';
import { ApiError, badRequest, expired } from './api-error.ts';
import type { ListOptions } from './list-options.ts';
import type { ListMetadata } from './representation.ts';

/** How long a request for a revision that is not there yet waits for it (cacher, blockTimeout). */
const PATIENCE = 3000;

/** @throws ApiError Timeout when the revision does not come. */
export async function waitForRevision(store: Store, wanted: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (store.revision < wanted) {
    if (performance.now() >= end) throw tooLargeVersion(wanted, store.revision);
    await pause(50, undefined, { signal });
  }
}

function tooLargeVersion(wanted: number, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** Exactly that state is asked of etcd, whose error was passed on until the watch cache answered (1.34). */
const futureVersion = (wanted: number, current: number, minor: number): ApiError =>
  minor >= 34 ? tooLargeVersion(wanted, current) : new ApiError(500, '', 'etcdserver: mvcc: required revision is a future revision');

/** @throws ApiError Expired, Timeout, BadRequest */
export async function listObjects(
  store: Store,
  kind: Kind,
  namespace: string,
  options: ListOptions,
  { minor, signal }: { minor: number; signal: AbortSignal },
): Promise<{ objects: KubeObject[]; metadata: ListMetadata }> {
  const { resourceVersion: asked } = options;
  if (options.continue) {
    if (asked) throw badRequest('specifying resource version is not allowed when using continue');
    return nextPage(store, kind, namespace, options);
  }
  // With a limit, a revision means exactly that one unless NotOlderThan is said; without, anything as new.
  const exact = options.match === 'Exact' || (options.match === '' && options.limit > 0 && asked !== undefined && asked > 0);
  if (asked && exact) {
    if (asked > store.revision) throw futureVersion(asked, store.revision, minor);
    return page(at(store, kind, namespace, asked), asked, namespace, options);
  }
  if (asked) await waitForRevision(store, asked, signal);
  // Any state is answered from the cache, which does not know limits.
  const limit = asked === 0 ? 0 : options.limit;
  return page(store.list(storeName(kind), namespace), store.revision, namespace, { ...options, limit });
}

function at(store: Store, kind: Kind, namespace: string, revision: number): KubeObject[] {
  try {
    return store.listAt(storeName(kind), namespace, revision);
  } catch (error) {
    if (error instanceof Compacted) throw expired('The resourceVersion for the provided list is too old.');
    throw error;
  }
}

function page(all: readonly KubeObject[], revision: number, namespace: string, options: ListOptions): { objects: KubeObject[]; metadata: ListMetadata } {
  const { limit, matches, selective } = options;
  const resourceVersion = String(revision);
  if (limit <= 0) return { objects: all.filter(matches), metadata: { resourceVersion } };
  const objects: KubeObject[] = [];
  for (const [index, object] of all.entries()) {
    if (!matches(object)) continue;
    objects.push(object);
    if (objects.length < limit || index === all.length - 1) continue;
    const token = encode({ v: 'meta.k8s.io/v1', rv: revision, start: `${keyOf(object, namespace)}\0` });
    // How many are left is known only where nothing is left out.
    return { objects, metadata: { resourceVersion, continue: token, ...(selective ? {} : { remainingItemCount: all.length - index - 1 }) } };
  }
  return { objects, metadata: { resourceVersion } };
}

function nextPage(store: Store, kind: Kind, namespace: string, options: ListOptions): { objects: KubeObject[]; metadata: ListMetadata } {
  const { rv, start } = decodeToken(options.continue);
  const rest = (all: KubeObject[]) => all.filter((object) => keyOf(object, namespace) >= start);
  // -1: the list may be inconsistent, as the client was told.
  if (rv < 0) return page(rest(store.list(storeName(kind), namespace)), store.revision, namespace, options);
  try {
    return page(rest(store.listAt(storeName(kind), namespace, rv)), rv, namespace, options);
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    const tooOld = expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue ' +
        'parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided ' +
        'token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was ' +
        'returned and now may show up in the list.',
    );
    tooOld.status.metadata['continue'] = encode({ v: 'meta.k8s.io/v1', rv: -1, start });
    throw tooOld;
  }
}

const keyOf = ({ metadata }: KubeObject, namespace: string): string =>
  namespace || !metadata.namespace ? (metadata.name ?? '') : `${metadata.namespace}/${metadata.name}`;

const encode = (token: object): string => Buffer.from(JSON.stringify(token)).toString('base64url');

function decodeToken(text: string): { rv: number; start: string } {
  const broken = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  let token: unknown;
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw broken('invalid character looking for beginning of value');
  }
  const { v, rv, start } = (token ?? {}) as Record<string, unknown>;
  if (v !== 'meta.k8s.io/v1') throw broken(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`);
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) throw broken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '') throw broken('encoded start key empty (version meta.k8s.io/v1)');
  return { rv, start };
}
