// Names of images, as Docker, containerd and the kubelet read them (github.com/distribution/reference).

export interface ImageName {
  /** `docker.io` when none was written. */
  readonly domain: string;
  /** `library/nginx`. */
  readonly path: string;
  readonly tag?: string;
  /** sha256:... */
  readonly digest?: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const DOMAIN = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const LONGEST_NAME = 255;

/** @throws Error with the reference package's words. A name without tag and digest stays so: `fullName` adds `latest`. */
export function parseImageName(text: string): ImageName {
  if (/^[0-9a-f]{64}$/.test(text)) throw new Error(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tag = colon > named.lastIndexOf('/') ? named.slice(colon + 1) : undefined;
  const name = tag === undefined ? named : named.slice(0, colon);
  const [first = '', ...rest] = name.split('/');
  // A first part is a domain only when it looks like one: else it belongs to Docker Hub.
  const hasDomain = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const remainder = hasDomain ? rest.join('/') : name;
  if (remainder !== remainder.toLowerCase()) throw new Error('invalid reference format: repository name must be lowercase');
  const domain = !hasDomain || first === 'index.docker.io' ? 'docker.io' : first;
  const path = domain === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder;
  if (!PATH.test(path) || !DOMAIN.test(domain) || (tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest))) {
    throw new Error('invalid reference format');
  }
  if (digest !== undefined) checkDigest(digest);
  if (`${domain}/${path}`.length > LONGEST_NAME) throw new Error(`repository name must not be more than ${LONGEST_NAME} characters`);
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** Of which algorithms there are, and how long in hexadecimal digits (github.com/opencontainers/go-digest). */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

function checkDigest(digest: string): void {
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = DIGEST_LENGTHS[algorithm];
  if (length === undefined) throw new Error('unsupported digest algorithm');
  if (hex.length !== length) throw new Error('invalid checksum digest length');
  if (hex !== hex.toLowerCase()) throw new Error('invalid checksum digest format');
}

/** In full, with `:latest` where nothing more exact was written: `docker.io/library/nginx:latest`. @throws Error as parseImageName does. */
export function fullName(text: string): string {
  const { domain, path, tag, digest } = parseImageName(text);
  return `${domain}/${path}${digest ? `@${digest}` : `:${tag ?? 'latest'}`}`;
}

/** As Docker shows a full name: without `docker.io/` and `library/`. */
export const familiarName = (full: string): string => full.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, '');
