// The body of a request, up to the API server's limit.
import type { IncomingMessage } from 'node:http';
import { tooLarge } from './api-error.ts';

/** 3 MiB: genericapiserver, MaxRequestBodyBytes. */
export const BODY_LIMIT = 3 * 1024 * 1024;

/** @throws ApiError RequestEntityTooLarge; what is over the limit is not kept. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const over = () => tooLarge(`Request entity too large: limit is ${BODY_LIMIT}`);
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) throw over();
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(over());
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the client went away')));
  });
}

/** How much of a refused body is taken in, so that the client reads its answer instead of a reset. */
const DISCARDED = 32 * 1024 * 1024;

/** Lets what is left of the body pass by. */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let size = 0;
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > DISCARDED) request.destroy();
  });
  request.resume();
}
