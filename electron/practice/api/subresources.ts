// The seam between the API server and what streams: logs, exec, attach, port-forward and the proxies are answered by handlers that are given
// to the server. The server has checked the token, the Host header, the verb and that the resource exists in this version; the handler looks
// up the object itself (404) and owns the connection from then on.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** `resource/subresource` of those that a handler may be given for. */
export type StreamingSubresource =
  | 'pods/log'
  | 'pods/exec'
  | 'pods/attach'
  | 'pods/portforward'
  | 'pods/proxy'
  | 'services/proxy'
  | 'nodes/proxy';

export interface SubresourceTarget {
  /** '' for what is not in a namespace. */
  readonly namespace: string;
  readonly name: string;
  /** What follows the subresource in the path, still encoded, with its slash: `/healthz` of `.../proxy/healthz`; '' when nothing does. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** Aborts when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** What an ordinary request is answered on, or, for an upgrade, the bare connection with the bytes that came with the request (`ws` takes both). */
export type SubresourceAnswer =
  | { readonly kind: 'response'; readonly response: ServerResponse }
  | { readonly kind: 'upgrade'; readonly socket: Duplex; readonly head: Buffer };

/**
 * Answers one request. It resolves when it has nothing more to do.
 * @throws ApiError before it has written anything: the server writes its Status. Any other error becomes a 500 Status, or ends the connection
 * when the answer has begun.
 */
export type SubresourceHandler = (request: IncomingMessage, answer: SubresourceAnswer, target: SubresourceTarget) => Promise<void>;

/** What is not in it is answered 404, as by a server without it. */
export type SubresourceHandlers = Partial<Record<StreamingSubresource, SubresourceHandler>>;
