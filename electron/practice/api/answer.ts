// Answers of the API server: objects, lists, texts, and the Status of what went wrong.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'yaml';
import { Compacted } from '../store/store.ts';
import { ApiError, expired, type Status } from './api-error.ts';
import type { Form } from './negotiate.ts';

export function sendText(response: ServerResponse, code: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'x-content-type-options': 'nosniff' });
  response.end(text);
}

export function sendJson(response: ServerResponse, code: number, json: string, media: Form['media'] = 'json', type?: string): void {
  const text = media === 'yaml' ? stringify(JSON.parse(json), { aliasDuplicateObjects: false }) : json;
  response.writeHead(code, {
    'content-type': type ?? (media === 'yaml' ? 'application/yaml' : 'application/json'),
    'cache-control': 'no-cache, private',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Sends what comes piece by piece, as fast as the client takes it; a client that goes away is no error. */
export async function sendPieces(response: ServerResponse, pieces: Iterable<string>, media: Form['media']): Promise<void> {
  if (media === 'yaml') return sendJson(response, 200, [...pieces].join(''), media);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}

/** What the client is told when something was thrown. Anything but an ApiError is a fault of ours, and the process goes on. */
export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  if (error instanceof Compacted) return expired(error.message).status;
  const message = `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`;
  return new ApiError(500, 'InternalError', message, { causes: [{ reason: '', message: message.slice('Internal error occurred: '.length) }] }).status;
}

/** Writes the Status of an error, or ends a connection whose answer has begun. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const status = statusOf(error);
  const wait = status.details?.retryAfterSeconds;
  if (wait !== undefined) response.setHeader('retry-after', String(wait));
  sendJson(response, status.code, JSON.stringify(status));
}

/** One header a warning (RFC 7234, 5.5): kubectl prints each. */
export function warn(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  // What a header may not carry is left out.
  const lines = [...new Set(warnings)].map((text) => `299 - "${text.replaceAll(/[^\u0020-\u007e]/g, ' ').replaceAll(/["\\]/g, '\\$&')}"`);
  response.setHeader('warning', lines);
}
