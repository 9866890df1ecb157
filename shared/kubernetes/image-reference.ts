// Image references by the rules of the reference library that kubelets and Docker use (docker/distribution 2.7 and 2.8,
// reference/{normalize,reference,regexp}.go, with opencontainers/go-digest 1.0 for digests): ParseNormalizedNamed, then TagNameOnly.

/** Why a text is not an image reference. */
export type ImageReferenceProblem =
  /** Nothing there. */
  | 'empty'
  /** Blanks, tabs or line breaks in it. */
  | 'whitespace'
  /** 64 hexadecimal digits: an image ID, which a name may not look like. */
  | 'id'
  /** Upper-case letters before the tag. */
  | 'uppercase'
  /** The name with its host (`docker.io/library/` counts) is longer than 255 characters. */
  | 'too-long'
  /** What follows the colon is not a tag: letters, digits, `_`, `.`, `-`, at most 128, not beginning with `.` or `-`. */
  | 'tag'
  /** What follows the at sign is not a digest of a known algorithm in its full length. */
  | 'digest'
  /** Anything else: doubled separators, a scheme such as `https://`, signs that no name has. */
  | 'format';

export interface ImageReference {
  readonly ok: true;
  /** `docker.io` where the text names no registry; '' in the rare case of a first component such as `a_b.c`, which is no host name. */
  readonly domain: string;
  /** `library/x` for a bare `x` on docker.io. */
  readonly path: string;
  /** The tag that applies: as written, or `latest` where there is neither tag nor digest. Absent where there is only a digest. */
  readonly tag?: string;
  /** `sha256:...` as written. */
  readonly digest?: string;
  /** The full form, fit for comparison: `docker.io/library/x:latest`; tag and digest are both kept where both were written. */
  readonly normalized: string;
}
export interface InvalidImageReference {
  readonly ok: false;
  readonly reason: ImageReferenceProblem;
}

const nameTotalLengthMax = 255;
const domainComponent = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const domain = `${domainComponent}(?:\\.${domainComponent})*(?::[0-9]+)?`;
// The library's separator is `[._]|__|[-]*`; `-+` accepts the same names and does not backtrack without end.
const component = '[a-z0-9]+(?:(?:__|[._]|-+)[a-z0-9]+)*';
const path = `${component}(?:/${component})*`;
const tagGrammar = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digestGrammar = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^(?:(${domain})/)?(${path})(?::(${tagGrammar}))?(?:@(${digestGrammar}))?$`);
const wholeTag = new RegExp(`^${tagGrammar}$`);
const wholeDigest = new RegExp(`^${digestGrammar}$`);

/** Lengths in hexadecimal digits of the algorithms that go-digest knows; it refuses others and upper-case digits. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** The same few names are read for every pod and image, again and again. */
const read = new Map<string, ImageReference | InvalidImageReference>();
const READ_LIMIT = 10_000;

/**
 * Reads an image reference as the kubelet does.
 * Gives its parts and normal form, or the reason why the kubelet would say InvalidImageName. Never throws.
 */
export function parseImageReference(text: string): ImageReference | InvalidImageReference {
  const known = read.get(text);
  if (known) return known;
  if (read.size >= READ_LIMIT) read.clear();
  const parsed = parsedReference(text);
  read.set(text, parsed);
  return parsed;
}

function parsedReference(text: string): ImageReference | InvalidImageReference {
  if (text === '') return { ok: false, reason: 'empty' };
  if (/\s/.test(text)) return { ok: false, reason: 'whitespace' };
  if (/^[a-f0-9]{64}$/.test(text)) return { ok: false, reason: 'id' };
  const [host, remainder] = splitDockerDomain(text);
  // The part before the first colon, as the library takes it: it holds the digest's algorithm too where there is no tag.
  const remoteName = remainder.split(':', 1)[0] ?? '';
  if (remoteName.toLowerCase() !== remoteName) return { ok: false, reason: 'uppercase' };
  const match = reference.exec(`${host}/${remainder}`);
  if (!match) return { ok: false, reason: problemOf(`${host}/${remainder}`) };
  const [, matchedDomain = '', matchedPath = '', writtenTag, digest] = match;
  const name = matchedDomain === '' ? matchedPath : `${matchedDomain}/${matchedPath}`;
  if (name.length > nameTotalLengthMax) return { ok: false, reason: 'too-long' };
  if (digest !== undefined && !knownDigest(digest)) return { ok: false, reason: 'digest' };
  const tag = writtenTag ?? (digest === undefined ? 'latest' : undefined);
  return {
    ok: true,
    domain: matchedDomain,
    path: matchedPath,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    normalized: name + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`),
  };
}

/** Whether two texts name the same image after normalisation. An unreadable text is the same as nothing, itself included. */
export function sameImage(a: string, b: string): boolean {
  const left = parseImageReference(a);
  const right = parseImageReference(b);
  return left.ok && right.ok && comparable(left) === comparable(right);
}

/** The repository without tag and digest: `docker.io/library/x`. */
export function repositoryOf(image: ImageReference): string {
  return image.domain === '' ? image.path : `${image.domain}/${image.path}`;
}

/** What identifies the image: with a digest the tag does not matter (the library's ParseDockerRef). */
export function comparable(image: ImageReference): string {
  return image.digest === undefined ? image.normalized : `${repositoryOf(image)}@${image.digest}`;
}

/** The short form that people write: without `docker.io/` and `library/`; a tag is always shown. */
export function familiarName(image: ImageReference): string {
  const onHub = image.domain === 'docker.io';
  const short = onHub && /^library\/[^/]+$/.test(image.path) ? image.path.slice('library/'.length) : image.path;
  return (onHub || image.domain === '' ? '' : `${image.domain}/`) + short
    + (image.tag === undefined ? '' : `:${image.tag}`) + (image.digest === undefined ? '' : `@${image.digest}`);
}

/** The first component is a host only with a dot, a colon or as `localhost` (reference/normalize.go, splitDockerDomain). */
function splitDockerDomain(name: string): readonly [host: string, remainder: string] {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const named = slash !== -1 && (/[.:]/.test(first) || first === 'localhost');
  const host = !named || first === 'index.docker.io' ? 'docker.io' : first;
  const remainder = named ? name.slice(slash + 1) : name;
  return [host, host === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder];
}

function knownDigest(digest: string): boolean {
  const [algorithm = '', hex = ''] = digest.split(':');
  return digestLengths[algorithm] === hex.length && /^[a-f0-9]+$/.test(hex);
}

/** Which part of a text that does not match is at fault, for the sentence a person reads. */
function problemOf(text: string): ImageReferenceProblem {
  if (reference.test(text.toLowerCase())) return 'uppercase';
  const at = text.indexOf('@');
  if (at !== -1 && !wholeDigest.test(text.slice(at + 1))) return 'digest';
  const name = at === -1 ? text : text.slice(0, at);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon !== -1 && !wholeTag.test(name.slice(colon + 1))) return 'tag';
  return 'format';
}
