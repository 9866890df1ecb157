// Takes what looks like a password, a token or a key out of a text, before it leaves the computer by a person's clipboard. Too much is better than too little.

const HIDDEN = '[hidden]';
const NAMES = '(?<![A-Za-z])(passw(?:or)?d|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization)';

/** In this order: whole blocks first, then what has a form of its own, then what a name gives away. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // A JSON Web Token: RFC 7519, three parts of base64url, the first of which begins with {".
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  // RFC 3986, 3.2.1: user and password before the host.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"']+@/gi, `$1${HIDDEN}@`],
  [/\b(Bearer|Basic)\s+(?!realm\b)[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  // Key IDs and tokens that are known by their beginning: AWS, GitHub, GitLab, Slack, Docker Hub, Google.
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abprs]-[\w-]{10,}|\bdckr_pat_[\w-]{16,}|\bAIza[\w-]{30,}/g, HIDDEN],
  // name=value, name: value, "name": "value"; --name value. The name may be the last part of a longer one: DB_PASSWORD, spring.datasource.password.
  [new RegExp(`${NAMES}(["']?\\s{0,8}[:=]\\s{0,8}["']?)(?!\\[hidden\\])[^\\s"',;}]+`, 'gi'), `$1$2${HIDDEN}`],
  [new RegExp(`(?<=--[\\w-]{0,40})${NAMES}(\\s{1,8})(?!\\[hidden\\])[^\\s"',;}]+`, 'gi'), `$1$2${HIDDEN}`],
];

/** The text with what looks like a secret hidden; the rest is as it was. */
export function withoutSecrets(text: string): string {
  return rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
