// The HTTP tester.
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';

export const httpMethod = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
export type HttpMethod = z.infer<typeof httpMethod>;

/** Where the request goes: through a forward's local port, or straight into a pod without any local port. */
export const httpTarget = z.discriminatedUnion('via', [
  z.object({ via: z.literal('forward'), forwardId: z.string() }),
  z.object({ via: z.literal('pod'), context: z.string(), namespace: z.string(), pod: z.string(), port: z.number() }),
]);
export type HttpTarget = z.infer<typeof httpTarget>;

export const httpResponse = z.object({
  url: z.string(),
  status: z.number(),
  statusText: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** Text in the answer's charset, or base64 for what is no text. */
  body: z.string(),
  bodyEncoding: z.enum(['text', 'base64']),
  /** Bytes of the whole body, and whether `body` was cut at 1 MiB. */
  bodyBytes: z.number(),
  truncated: z.boolean(),
  milliseconds: z.number(),
});
export type HttpResponse = z.infer<typeof httpResponse>;

export const http = {
  /** Sends one request; cancelled when the caller aborts. */
  send: oc.errors(declared)
    .input(
      z.object({
        target: httpTarget,
        method: httpMethod,
        path: z.string(),
        headers: z.array(z.tuple([z.string(), z.string()])),
        body: z.string(),
        timeoutMilliseconds: z.number(),
      }),
    )
    .output(httpResponse),
};
