import { Failure } from '../../../shared/contract/failures.ts';

// OpenSSL's verification results by Node's names (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and Node's own check of the name.
const notTrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_SIGNATURE_FAILURE', 'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_CHAIN_TOO_LONG', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH', 'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What it means that the server could not be spoken to: its certificate is not trusted, or it cannot be reached. */
export function networkFailure(context: string, server: string, error: unknown): Failure<'CLUSTER_NOT_TRUSTED' | 'CLUSTER_UNREACHABLE'> {
  return new Failure(codesOf(error).some((code) => notTrusted.has(code)) ? 'CLUSTER_NOT_TRUSTED' : 'CLUSTER_UNREACHABLE', { context, server }, error);
}

/** The codes of an error and of all that it wraps. */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  const { code } = error as { code?: unknown }; // a DOMException's is a number
  return [...(typeof code === 'string' ? [code] : []), ...inner.flatMap(codesOf)];
}
