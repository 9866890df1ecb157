// Which names and labels are allowed, with the words of apimachinery, pkg/util/validation/validation.go.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const whole = (pattern: string) => new RegExp(`^${pattern}$`);
const tooLong = (limit: number) => `must be no more than ${limit} characters`;

const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
  `alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric " +
  `character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const LABEL_1035_WORDS =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an " +
  `alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL_1035}')`;
const QUALIFIED_WORDS =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or " +
  `'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`;
const LABEL_VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  `alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`;

/** How the name of a kind has to look. */
export type NameRule = 'subdomain' | 'label' | 'label-1035' | 'path-segment';

/** @returns what is wrong, each as a sentence of its own; nothing when all is well. */
export function nameFaults(name: string, rule: NameRule): string[] {
  switch (rule) {
    case 'subdomain':
      return faults(name, 253, SUBDOMAIN, SUBDOMAIN_WORDS);
    case 'label':
      return faults(name, 63, LABEL, LABEL_WORDS);
    case 'label-1035':
      return faults(name, 63, LABEL_1035, LABEL_1035_WORDS);
    case 'path-segment':
      return pathSegmentFaults(name);
  }
}

export function pathSegmentFaults(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`);
}

function faults(name: string, limit: number, pattern: string, words: string): string[] {
  return [...(name.length > limit ? [tooLong(limit)] : []), ...(whole(pattern).test(name) ? [] : [words])];
}

/** Of a label's or an annotation's key, or a finalizer: `example.com/name`. An absent one is empty, as in Go. */
export function labelKeyFault(key = ''): string | undefined {
  const parts = key.split('/');
  if (parts.length > 2) {
    return `a qualified name ${QUALIFIED_WORDS} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') return 'prefix part must be non-empty';
    const [fault] = faults(prefix, 253, SUBDOMAIN, SUBDOMAIN_WORDS);
    if (fault) return `prefix part ${fault}`;
  }
  if (name === '') return 'name part must be non-empty';
  if (name.length > 63) return `name part ${tooLong(63)}`;
  return whole(QUALIFIED).test(name) ? undefined : `name part ${QUALIFIED_WORDS}`;
}

export function labelValueFault(value: string): string | undefined {
  if (value.length > 63) return tooLong(63);
  return whole(LABEL_VALUE).test(value) ? undefined : LABEL_VALUE_WORDS;
}
