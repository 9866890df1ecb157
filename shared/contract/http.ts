// The HTTP tester.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { message } from './findings.ts';
import { forwardTarget } from './forwards.ts';

export const httpMethod = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
export type HttpMethod = z.infer<typeof httpMethod>;

const inCluster = z.object({ context: z.string(), namespace: z.string() });

/** Where the request goes, and how it gets there. */
export const httpTarget = z.discriminatedUnion('via', [
  /** Through a forward's port on this computer. */
  z.object({ via: z.literal('forward'), forwardId: z.string() }),
  /** Straight into a pod over a tunnel, without any port of this computer. */
  inCluster.extend({ via: z.literal('pod'), pod: z.string(), port: z.number() }),
  /** Over a tunnel into one of the Service's ready pods, the next one each time. `port`: the Service's, by number or name. */
  inCluster.extend({ via: z.literal('service'), service: z.string(), port: z.string() }),
  /** The API server asks in our place: `pods/NAME:PORT/proxy`, `services/NAME:PORT/proxy`. */
  inCluster.extend({ via: z.literal('api-server'), kind: z.enum(['Pod', 'Service']), name: z.string(), port: z.string() }),
  /** A program in the pod's own container asks `localhost`. `container` '': the first one. */
  inCluster.extend({ via: z.literal('inside'), pod: z.string(), container: z.string(), port: z.number() }),
]);
export type HttpTarget = z.infer<typeof httpTarget>;
export type HttpVia = HttpTarget['via'];

const pairs = z.array(z.tuple([z.string(), z.string()]));

/** A Content-Type that fits is added where none of the headers is one. `file`: an absolute path on this computer. */
export const httpBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('json'), text: z.string() }),
  z.object({ kind: z.literal('text'), text: z.string() }),
  /** application/x-www-form-urlencoded */
  z.object({ kind: z.literal('form'), fields: pairs }),
  /** multipart/form-data, RFC 7578 */
  z.object({ kind: z.literal('multipart'), parts: z.array(z.object({ name: z.string(), value: z.string().optional(), file: z.string().optional() })) }),
  z.object({ kind: z.literal('file'), file: z.string() }),
]);
export type HttpBody = z.infer<typeof httpBody>;

/** Its values are never written into the log of activity. */
export const httpAuth = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('basic'), user: z.string(), password: z.string() }),
  z.object({ kind: z.literal('bearer'), token: z.string() }),
  z.object({ kind: z.literal('api-key'), name: z.string(), value: z.string(), in: z.enum(['header', 'query']) }),
]);
export type HttpAuth = z.infer<typeof httpAuth>;

export const httpRequest = z.object({
  scheme: z.enum(['http', 'https']),
  method: httpMethod,
  /** With the query, as it is sent: begins with /. */
  path: z.string(),
  headers: pairs,
  body: httpBody,
  auth: httpAuth,
  timeoutMilliseconds: z.number(),
  followRedirects: z.boolean(),
  /** false: a certificate that nobody vouches for is taken all the same, and shown. */
  verifyCertificate: z.boolean(),
});
export type HttpRequest = z.infer<typeof httpRequest>;

/** resolve: find the pod; connect: to the forward's port; tunnel: into the pod; send: until the request has left; wait: until the first byte; exec: the program in the pod, as a whole. */
const httpPhase = z.object({
  phase: z.enum(['resolve', 'connect', 'tunnel', 'tls', 'send', 'wait', 'download', 'exec']),
  /** Milliseconds since the request began. */
  start: z.number(),
  milliseconds: z.number(),
});
export type HttpPhase = z.infer<typeof httpPhase>;

const certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  validFrom: z.string(),
  validTo: z.string(),
  fingerprint: z.string(),
  /** OpenSSL's word for what is wrong with it, such as CERT_HAS_EXPIRED; '' where nothing is. */
  problem: z.string(),
});

export const httpResponse = z.object({
  url: z.string(),
  /** The answers that led elsewhere, in their order. */
  redirects: z.array(z.object({ url: z.string(), status: z.number(), location: z.string(), milliseconds: z.number() })),
  /** Answers of the kind 1xx that came before, such as 103. */
  informational: z.array(z.number()),
  httpVersion: z.string(),
  status: z.number(),
  statusText: z.string(),
  headers: pairs,
  trailers: pairs,
  /** Text in the answer's charset, or base64 for what is no text. */
  body: z.string(),
  bodyEncoding: z.enum(['text', 'base64']),
  /** Bytes of the body as it came, after Content-Encoding was undone, and whether `body` was cut at 1 MiB. */
  bodyBytes: z.number(),
  decodedBytes: z.number(),
  truncated: z.boolean(),
  /** The charset that the answer names and nobody knows; the body is read as UTF-8 then. */
  unknownCharset: z.string().optional(),
  /** The status came, and then the body broke off, did not end in time or could not be decoded, or it leads where Podlab does not follow: what came is in `body`. */
  incomplete: failureData.optional(),
  milliseconds: z.number(),
  phases: z.array(httpPhase),
  servedBy: z.object({ name: z.string(), uid: z.string() }).optional(),
  certificate: certificate.optional(),
  /** In the pod: the program that asked, such as curl. */
  program: z.string().optional(),
});
export type HttpResponse = z.infer<typeof httpResponse>;

/** One way of "Compare all". */
const comparedWay = z.object({
  via: z.enum(['inside', 'pod', 'service', 'api-server', 'forward']),
  state: z.enum(['waiting', 'running', 'answered', 'failed', 'skipped']),
  status: z.number().optional(),
  milliseconds: z.number().optional(),
  bodyBytes: z.number().optional(),
  /** The pod that answered, where that is known. */
  pod: z.string().optional(),
  failure: failureData.optional(),
  /** Why it was not tried. */
  skipped: message.optional(),
});
export type ComparedWay = z.infer<typeof comparedWay>;

export const http = {
  /** Sends one request; cancelled when the caller aborts. `typed`: with its variables, for the history, where it has any. */
  send: oc.errors(declared).input(httpRequest.extend({ target: httpTarget, typed: httpRequest.optional() })).output(httpResponse),
  /** Sends one request every way there is, one after the other, and says at the end which hop fails and what that means. */
  compare: oc.errors(declared)
    .input(inCluster.extend({ target: forwardTarget, forwardId: z.string().optional(), request: httpRequest }))
    .output(eventIterator(z.object({ ways: z.array(comparedWay), conclusion: message.optional() }))),
};
