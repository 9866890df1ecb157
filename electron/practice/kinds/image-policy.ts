// The pull policy that a container gets when it names none: kubernetes, pkg/apis/core/v1/defaults.go (SetDefaults_Container) with
// pkg/util/parsers and the reference library. https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting

const DOMAIN = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?';
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(?:(${DOMAIN})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@(${DIGEST}))?$`);
const ID = /^[0-9a-f]{64}$/;
const NAME_LIMIT = 255;
/** A name, a tag and a digest are together shorter. */
const MOST = 1024;

/** Domain and path as the reference library splits them: the first part is a domain when it looks like one. */
function split(name: string): [domain: string, rest: string] {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const domain = isDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const rest = isDomain ? name.slice(slash + 1) : name;
  return [domain, domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest];
}

/** The tag that counts: `latest` where neither a tag nor a digest is; '' for a digest alone and for what cannot be read. */
function tagOf(image: string): string {
  // A bare ID is no name, nor is what is far too long.
  if (ID.test(image) || image.length > MOST) return '';
  const [domain, rest] = split(image);
  const match = REFERENCE.exec(`${domain}/${rest}`);
  if (!match) return '';
  const [, foundDomain = '', path = '', tag, digest] = match;
  if (`${foundDomain}/${path}`.length > NAME_LIMIT) return '';
  return tag ?? (digest === undefined ? 'latest' : '');
}

/** @returns `Always` for :latest, said or meant; `IfNotPresent` for another tag, a digest alone, and what is no image name. */
export const imagePolicy = (image: string): 'Always' | 'IfNotPresent' => (tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent');
