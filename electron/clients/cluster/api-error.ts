import { Failure } from '../../../shared/contract/failures.ts';
import type { RequestInfo } from './request-info.ts';

/** The server's own description of a failure: metav1.Status. */
export interface Status {
  readonly kind?: string;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** An answer that is not 2xx and for which the caller has to know what it means. `message` is the server's sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Expired`...: metav1.StatusReason; empty if the server gave none. */
  readonly reason: string;
  readonly body: Status | undefined;
  readonly retryAfterSeconds: number | undefined;
  constructor(status: number, reason: string, message: string, body?: Status, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  toFailure(): Failure<'API_ERROR'> {
    return new Failure('API_ERROR', { status: this.status, reason: this.reason }, this);
  }
}

/** The failure to show for whatever a call of this folder threw; undefined: not one of ours, so a bug. */
export function failureOf(error: unknown): Failure | undefined {
  return error instanceof Failure ? error : error instanceof ApiError ? error.toFailure() : undefined;
}

/** The Status in a response body, if it is one. */
export function statusOf(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return typeof value === 'object' && value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined; // a proxy's page, say
  }
}

/** What a non-2xx answer means: 401 and a refusal by the authorizer have a failure of their own, everything else is an ApiError. */
export function errorOf(context: string, info: RequestInfo, answer: { readonly status: number; readonly text: string; readonly retryAfter?: string | undefined }): Failure | ApiError {
  const body = statusOf(answer.text);
  const message = body?.message || answer.text.trim().slice(0, 2_000) || `HTTP ${answer.status}`;
  if (answer.status === 401) return new Failure('CREDENTIALS_REFUSED', { context }, message);
  const refusal = answer.status === 403 ? refusalOf(message, body, info) : undefined;
  if (refusal) return new Failure('NOT_ALLOWED', refusal, message);
  const retryAfter = Number(answer.retryAfter ?? body?.details?.retryAfterSeconds);
  return new ApiError(answer.status, body?.reason ?? '', message, body, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

// Text of apiserver's forbiddenMessage (k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go). Admission also
// answers 403 (quota, Pod Security): that is about the object and not about the person, so it stays an ApiError.
const forbidden = /cannot (?<verb>\S+) (?:resource "(?<resource>[^"]*)"|path "(?<path>[^"]*)")(?: in API group "[^"]*")?(?: in the namespace "(?<namespace>[^"]*)")?/;

function refusalOf(message: string, body: Status | undefined, info: RequestInfo): RequestInfo | undefined {
  const said = forbidden.exec(message)?.groups;
  if (said) return { verb: said['verb']!, resource: said['resource'] ?? said['path'] ?? '', namespace: said['namespace'] ?? '' };
  return body === undefined ? info : undefined;
}
