// create, update and patch, and what is created at a subresource: Binding and Eviction.
import { storeName } from '../kinds/kind.ts';
import { bindingTarget, boundPod } from '../kinds/pod-binding.ts';
import type { KubeObject, Pod } from '../objects.ts';
import { patchObject } from '../schema/patches/patch-object.ts';
import { readObject } from '../schema/read-object.ts';
import { sendJson, warn } from './answer.ts';
import { badRequest, conflict, noSuchPath, notFound } from './api-error.ts';
import { readBody } from './body.ts';
import { expected, sendObject, type Call } from './call.ts';
import { patchKindOf, readApplied } from './patching.ts';
import { booleanParameter } from './request-info.ts';
import { groupResource, groupVersion } from './rest.ts';
import { reviewStatus } from './reviews.ts';
import { parseDeleteOptions, parseWriteOptions } from './write-options.ts';

const contentType = ({ request }: Call): string => request.headers['content-type'] ?? '';
const requestFacts = ({ request, parts }: Call) => ({ userAgent: request.headers['user-agent'], minor: parts.context.minor });

/** @throws ApiError */
export async function handleCreate(call: Call): Promise<void> {
  const { parts, response, info, kind, query } = call;
  const bytes = await readBody(call.request);
  const options = parseWriteOptions(query, 'CreateOptions', requestFacts(call));
  const { object, warnings } = readObject(bytes, contentType(call), expected(parts, kind), options.fieldValidation);
  warn(response, warnings);
  sendObject(call, 201, parts.objects.create(kind, info.namespace, object, options));
}

/** @throws ApiError */
export async function handleUpdate(call: Call): Promise<void> {
  const { parts, response, info, kind, query } = call;
  const bytes = await readBody(call.request);
  const options = parseWriteOptions(query, 'UpdateOptions', requestFacts(call));
  const { object, warnings } = readObject(bytes, contentType(call), expected(parts, kind), options.fieldValidation);
  warn(response, warnings);
  checkName(object, info.name);
  // An object that is not there and is known by its uid is another one, not none.
  if (object.metadata.uid && !parts.context.store.get(storeName(kind), info.namespace, info.name)) throw otherObject(call, object.metadata.uid);
  sendObject(call, 200, parts.objects.update(kind, info.subresource, info.namespace, info.name, () => object, options));
}

/** @throws ApiError */
export async function handlePatch(call: Call): Promise<void> {
  const { parts, response, info, kind, query } = call;
  const bytes = await readBody(call.request);
  const type = patchKindOf(contentType(call));
  const options = parseWriteOptions(query, 'PatchOptions', { ...requestFacts(call), applies: type === 'apply' });
  if (type === 'apply') {
    const { object: patch, warnings } = readApplied(bytes, expected(parts, kind), options.fieldValidation);
    warn(response, warnings);
    const force = booleanParameter(query, 'force');
    // Another version is complained of first, by apply itself.
    if (patch.apiVersion === groupVersion(kind)) checkName(patch, info.name);
    const { object, created } = parts.objects.apply(kind, info.subresource, info.namespace, info.name, patch, { ...options, force });
    return sendObject(call, created ? 201 : 200, object);
  }
  const change = (current: KubeObject): KubeObject => {
    const { object, warnings } = patchObject(type, bytes, current, expected(parts, kind), options.fieldValidation);
    warn(response, warnings);
    checkName(object, info.name);
    return object;
  };
  sendObject(call, 200, parts.objects.update(kind, info.subresource, info.namespace, info.name, change, options));
}

function checkName({ metadata }: KubeObject, name: string): void {
  if (!metadata?.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}

function otherObject({ kind, info }: Call, uid: string) {
  const key = `/registry/${kind.resource}/${info.namespace ? `${info.namespace}/` : ''}${info.name}`;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: `;
  return conflict(groupResource(kind), info.name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`);
}

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** A question: the answer is its status, and nothing is stored. @throws ApiError */
export async function handleReview(call: Call): Promise<void> {
  const { parts, kind, query } = call;
  const bytes = await readBody(call.request);
  const options = parseWriteOptions(query, 'CreateOptions', requestFacts(call));
  const { object, warnings } = readObject(bytes, contentType(call), expected(parts, kind), options.fieldValidation);
  warn(call.response, warnings);
  // Go's empty time was written until 1.34.
  const metadata = parts.context.minor >= 34 ? {} : { creationTimestamp: null };
  sendJson(call.response, 201, JSON.stringify({ kind: object.kind, apiVersion: object.apiVersion, metadata, spec: object['spec'], status: reviewStatus(kind, object) }));
}

/** A scheduler's word: the pod runs on that node. At the pod's subresource or, as once, in a collection of its own. @throws ApiError */
export async function handleBinding(call: Call): Promise<void> {
  const { parts, info, query } = call;
  const bytes = await readBody(call.request);
  const options = parseWriteOptions(query, 'CreateOptions', requestFacts(call));
  const type = { group: '', version: 'v1', kind: 'Binding', type: 'Binding' };
  const { object } = readObject(bytes, contentType(call), expected(parts, type), options.fieldValidation);
  const node = bindingTarget(object);
  const name = info.name || (object.metadata.name ?? '');
  const kind = parts.kinds.find(({ group, resource }) => group === '' && resource === 'pods');
  if (!kind) throw noSuchPath();
  const bind = (current: KubeObject): KubeObject => boundPod(current as Pod, node, parts.context.clock.now(), object.metadata.annotations);
  parts.objects.update(kind, 'binding', info.namespace, name, bind, options);
  sendJson(call.response, 201, JSON.stringify(SUCCESS));
}

/** A deletion that disruption budgets may refuse; there are none here. @throws ApiError */
export async function handleEviction(call: Call): Promise<void> {
  const { parts, info, kind, query } = call;
  const { store, minor } = parts.context;
  const bytes = await readBody(call.request);
  const options = parseWriteOptions(query, 'CreateOptions', requestFacts(call));
  // policy/v1 since 1.22; v1beta1 is still understood where it is the only one.
  const type = { group: 'policy', version: minor >= 22 ? 'v1' : 'v1beta1', kind: 'Eviction', type: 'Eviction' };
  const { object } = readObject(bytes, contentType(call), expected(parts, type), options.fieldValidation);
  const asked = parseDeleteOptions(object['deleteOptions'] ?? {}, query);
  if (!store.get(storeName(kind), info.namespace, info.name)) throw notFound(groupResource(kind), info.name);
  // `kubectl drain --dry-run=server` says it in the eviction's own options.
  parts.objects.delete(kind, info.namespace, info.name, { ...asked, dryRun: options.dryRun || asked.dryRun });
  sendJson(call.response, 201, JSON.stringify(SUCCESS));
}
