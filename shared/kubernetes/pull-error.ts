// What a failed pull says, in the words of the kubelet, dockerd and containerd. The texts are not an interface, so they are matched
// in an order that has been tried on real ones, and what is not known stays OTHER with its raw text.

export type PullErrorClass =
  | 'RATE_LIMIT' | 'PLATFORM' | 'PLAIN_HTTP' | 'TLS_TO_HTTP' | 'TLS_TRUST' | 'DNS' | 'REFUSED' | 'NO_ROUTE' | 'TIMEOUT'
  | 'TAG_MISSING' | 'AUTH' | 'DENIED_OR_MISSING' | 'FORBIDDEN' | 'REGISTRY_DOWN' | 'DISK_FULL' | 'CORRUPT' | 'SIGNATURE'
  | 'QPS' | 'OLD_FORMAT' | 'CANCELED' | 'OTHER';

export interface PullError {
  readonly class: PullErrorClass;
  /** The message without the kubelet's and the runtime's introductions. */
  readonly text: string;
  /** The registry's host, with its port, that the message is about. */
  readonly host?: string;
  /** The name that DNS was asked for. */
  readonly lookedUp?: string;
  /** IP address and port that was dialled. */
  readonly address?: string;
}

const introductions: readonly RegExp[] = [
  /^Back-off pulling image "[^"]*"(?:: \w+: )?/, // Kubernetes 1.32 and later append the cause
  /^Failed to pull image "[^"]*": /,
  /^rpc error: code = \w+ desc = /,
  /^Error response from daemon: /,
  /^failed to pull and unpack image "[^"]*": /,
  /^failed to resolve reference "[^"]*": /,
];

/** The first that matches wins. A DNS failure may end in a refused connection or a timeout, so DNS comes before both. */
const patterns: readonly (readonly [PullErrorClass, RegExp])[] = [
  ['RATE_LIMIT', /toomanyrequests|429 Too Many Requests|pull rate limit/i],
  ['PLATFORM', /no match for platform in manifest|no matching manifest for|does not match the specified platform/i],
  ['PLAIN_HTTP', /server gave HTTP response to HTTPS client/i],
  ['TLS_TO_HTTP', /malformed HTTP response|first record does not look like a TLS/i],
  ['TLS_TRUST', /x509:|certificate (?:signed by|has expired|is valid for)|tls: /i],
  ['DNS', /no such host|server misbehaving|Temporary failure in name resolution|lookup \S+(?: on \S+)?: /i],
  ['REFUSED', /connection refused/i],
  ['NO_ROUTE', /network is unreachable|no route to host/i],
  ['TIMEOUT', /i\/o timeout|Client\.Timeout|TLS handshake timeout|connection timed out|deadline exceeded|request canceled while waiting/i],
  ['TAG_MISSING', /manifest unknown|manifest for \S+ not found|MANIFEST_UNKNOWN|: not found$/i],
  // containerd puts "no basic auth credentials" behind "pull access denied".
  ['AUTH', /401 Unauthorized|\bunauthorized(?::|$)|no basic auth credentials|authentication required|failed to authorize|failed to fetch (?:anonymous|oauth) token|incorrect username or password/i],
  ['DENIED_OR_MISSING', /pull access denied|repository does not exist|insufficient_scope|requested access to the resource is denied|does not exist or no pull access|name unknown/i],
  // Docker shortens a registry's own words to the code where they are the standard ones: `denied` is all there is.
  ['FORBIDDEN', /403 Forbidden|denied:|^denied$/i],
  ['REGISTRY_DOWN', /RegistryUnavailable|registry is unavailable|\b50[0234]\b|unexpected HTTP status: 5\d\d/i],
  ['DISK_FULL', /no space left on device/i],
  ['CORRUPT', /unexpected EOF|failed (?:size )?validation|layer verification failed|digest mismatch|unexpected commit digest|failed to extract layer|failed to register layer/i],
  ['SIGNATURE', /signature validation failed|SignatureValidationFailed/i],
  ['QPS', /pull QPS exceeded/i],
  ['OLD_FORMAT', /unsupported manifest media type|schema 1|no longer supported/i],
  ['CANCELED', /context canceled/i],
];

/**
 * Classifies `waiting.message`, the message of a Failed event, or a remembered one.
 * Gives undefined where the message has no cause in it: before Kubernetes 1.32 `Back-off pulling image "x"` is all there is.
 */
export function classifyPullError(message: string): PullError | undefined {
  const text = introductions.reduce((rest, introduction) => rest.replace(introduction, ''), message.trim()).trim();
  if (text === '' || /^(?:: |Error: )?(?:ErrImagePull|ImagePullBackOff)$/.test(text)) return undefined;
  const found = patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? 'OTHER';
  const host = /https?:\/\/([^/"\s]+)/.exec(text)?.[1];
  const lookedUp = /\blookup ([^\s:]+)/.exec(text)?.[1];
  const address = /dial tcp (\[[0-9a-f:]+\]:\d+|\d+\.\d+\.\d+\.\d+:\d+)/i.exec(text)?.[1];
  return { class: found, text, ...(host && { host }), ...(lookedUp && { lookedUp }), ...(address && { address }) };
}

const unreachable: readonly PullErrorClass[] = ['DNS', 'NO_ROUTE', 'TIMEOUT', 'REFUSED'];

/** Whether the registry could not be reached, so that nothing is known about what it has. */
export function isUnreachable(error: PullError): boolean {
  return unreachable.includes(error.class);
}
