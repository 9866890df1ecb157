// From a path and a method to the handler: resources, subresources, and what is beside them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Kind } from '../kinds/kind.ts';
import type { OpenApi, OpenApiAnswer } from '../schema/openapi.ts';
import { sendJson, sendText } from './answer.ts';
import { methodNotAllowed, noSuchPath } from './api-error.ts';
import type { ApiParts, Call } from './call.ts';
import { handleDelete, handleDeleteCollection } from './deletes.ts';
import type { discovery } from './discovery.ts';
import { handleGet, handleList, handleWatch } from './reads.ts';
import { booleanParameter, parseResourcePath, verbOf, type ResourceRequest } from './request-info.ts';
import { isReview } from './reviews.ts';
import type { StreamingSubresource, SubresourceAnswer, SubresourceHandler, SubresourceHandlers } from './subresources.ts';
import { handleBinding, handleCreate, handleEviction, handlePatch, handleReview, handleUpdate } from './writes.ts';

export interface Beside {
  readonly found: ReturnType<typeof discovery>;
  readonly openApi: OpenApi;
  readonly version: string;
}

/** Both throw ApiError before anything was written. */
export interface Router {
  handle(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, signal: AbortSignal): Promise<void>;
}

const STREAMING = new Set<string>(['pods/log', 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy', 'nodes/proxy']);
const HEALTH = new Set(['/healthz', '/readyz', '/livez', '/healthz/ping', '/readyz/ping', '/livez/ping']);

export function createRouter(parts: ApiParts & { readonly subresources?: SubresourceHandlers }, beside: Beside): Router {
  const { kinds, subresources = {} } = parts;

  /** @throws ApiError for a resource that is not served at this path. */
  function kindOf(info: ResourceRequest): Kind {
    const kind = kinds.find(({ group, version, resource }) => group === info.group && version === info.version && resource === info.resource);
    if (!kind || (!kind.namespaced && info.namespace !== '')) throw noSuchPath();
    if (info.subresource !== '' && !kind.subresources.some(({ name }) => name === info.subresource)) throw noSuchPath();
    // An object of a namespace is found there only; a collection of all namespaces can be read only.
    if (kind.namespaced && info.namespace === '' && info.name !== '') throw noSuchPath();
    return kind;
  }

  /** @returns nothing for what is no streaming subresource. @throws ApiError */
  function streaming(info: ResourceRequest): SubresourceHandler | undefined {
    const path = `${info.resource}/${info.subresource}`;
    if (info.group !== '' || info.subresource === '' || !STREAMING.has(path)) return undefined;
    kindOf(info);
    const handler = subresources[path as StreamingSubresource];
    if (!handler) throw noSuchPath();
    return handler;
  }

  async function stream(handler: SubresourceHandler, request: IncomingMessage, answer: SubresourceAnswer, of: Target): Promise<void> {
    const { info, query, signal } = of;
    await handler(request, answer, { namespace: info.namespace, name: info.name, rest: info.rest, query, signal });
  }

  async function resource(request: IncomingMessage, response: ServerResponse, { info, query, signal }: Target): Promise<void> {
    const handler = streaming(info);
    if (handler) return stream(handler, request, { kind: 'response', response }, { info, query, signal });
    const kind = kindOf(info);
    const watch = booleanParameter(query, 'watch');
    const verb = verbOf(request.method ?? '', info.name !== '', watch);
    const verbs = info.subresource === '' ? kind.verbs : (kind.subresources.find(({ name }) => name === info.subresource)?.verbs ?? []);
    const writesAll = kind.namespaced && info.namespace === '' && verb !== 'list' && verb !== 'watch';
    const misplaced = info.subresource === '' && ((verb === 'create') === (info.name !== '') && (verb === 'create' || verb === 'update' || verb === 'patch'));
    if (!verb || !verbs.includes(verb) || writesAll || misplaced || info.rest !== '') throw info.rest === '' ? methodNotAllowed() : noSuchPath();
    const call: Call = { parts, request, response, query, info, kind, signal };
    switch (verb) {
      case 'get':
        return handleGet(call);
      case 'list':
        return handleList(call);
      case 'watch':
        return handleWatch(call);
      case 'create':
        if (info.subresource === 'binding') return handleBinding(call);
        if (info.subresource === 'eviction') return handleEviction(call);
        if (info.subresource !== '') throw methodNotAllowed();
        if (isReview(kind)) return handleReview(call);
        return kind.resource === 'bindings' ? handleBinding(call) : handleCreate(call);
      case 'update':
        return handleUpdate(call);
      case 'patch':
        return handlePatch(call);
      case 'delete':
        return handleDelete(call);
      case 'deletecollection':
        return handleDeleteCollection(call);
    }
  }

  function other(path: string, request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (HEALTH.has(path)) {
      const name = path.split('/')[1] ?? '';
      return sendText(response, 200, booleanParameter(query, 'verbose') ? `[+]ping ok\n${name} check passed\n` : 'ok');
    }
    if (path === '/version') {
      if (!reading) throw methodNotAllowed();
      return sendJson(response, 200, JSON.stringify(versionInfo(beside.version)));
    }
    const document = openApiAt(path, request.headers.accept ?? '');
    if (document) return sendDocument(request, response, document);
    const answer = beside.found.answer(path, request.headers.accept);
    if (answer) {
      if (!reading) throw methodNotAllowed();
      return sendJson(response, 200, answer.json, 'json', answer.type);
    }
    const paths = rootPaths();
    if (path === '/' || path === '') return sendJson(response, 200, JSON.stringify({ paths }));
    if (/^\/apis\/[^/]+/.test(path) && !beside.found.groups.includes(path.split('/')[2] ?? '')) return sendText(response, 404, '404 page not found\n');
    if (path.startsWith('/api')) throw noSuchPath();
    sendJson(response, 404, JSON.stringify({ paths }));
  }

  function openApiAt(path: string, accept: string): OpenApiAnswer | undefined {
    if (path === '/openapi/v2') return beside.openApi.v2(accept);
    if (path === '/openapi/v3') return beside.openApi.v3Index();
    return path.startsWith('/openapi/v3/') ? beside.openApi.v3(path.slice('/openapi/v3/'.length)) : undefined;
  }

  function rootPaths(): string[] {
    const { groups, groupVersions } = beside.found;
    const apis = groupVersions.filter((one) => one.includes('/')).map((one) => `/apis/${one}`);
    return ['/api', '/api/v1', '/apis', '/apis/', ...groups.map((group) => `/apis/${group}`), ...apis, ...HEALTH, '/openapi/v2', '/version'].sort();
  }

  return {
    async handle(request, response, signal) {
      const { path, query } = locate(request);
      if (path.includes('//') && !path.includes('/proxy/')) {
        response.writeHead(301, { location: path.replaceAll(/\/+/g, '/') });
        return void response.end();
      }
      const info = parseResourcePath(path);
      if (info && kinds.some((kind) => kind.group === info.group && kind.version === info.version)) {
        return resource(request, response, { info, query, signal });
      }
      other(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path, request, response, query);
    },
    async upgrade(request, socket, head, signal) {
      const { path, query } = locate(request);
      const info = parseResourcePath(path);
      const handler = info && streaming(info);
      if (!handler) throw noSuchPath();
      await stream(handler, request, { kind: 'upgrade', socket, head }, { info, query, signal });
    },
  };
}

interface Target {
  readonly info: ResourceRequest;
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
}

function locate(request: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = '/', ...rest] = (request.url ?? '/').split('?');
  return { path, query: new URLSearchParams(rest.join('?')) };
}

function sendDocument(request: IncomingMessage, response: ServerResponse, { body, contentType, etag }: OpenApiAnswer): void {
  const headers = { etag, 'cache-control': 'no-cache, private', vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    return void response.end();
  }
  response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': body.length });
  response.end(body);
}

function versionInfo(gitVersion: string): object {
  const [, minor = ''] = /^v1\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major: '1',
    minor,
    ...(Number(minor) >= 34 ? { emulationMajor: '1', emulationMinor: minor, minCompatibilityMajor: '1', minCompatibilityMinor: String(Number(minor) - 1) } : {}),
    gitVersion,
    gitCommit: 'practice',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.24.5',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
