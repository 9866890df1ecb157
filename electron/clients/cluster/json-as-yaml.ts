// JSON for who reads it as YAML: a server-side apply is decoded so, and YAML is not quite a superset of JSON.

/**
 * JSON that YAML reads as the same value. JSON may have any character in a string as it is; YAML 1.1 allows no control characters and no byte order
 * mark, and folds the line breaks that JSON does not know (https://yaml.org/spec/1.1/#c-printable and #b-char): a pod whose environment has a DEL,
 * created by a POST, could not be applied again. Escaped, they are the same to both. Not more than those: YAML knows no surrogate pairs as escapes.
 */
export function jsonAsYaml(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
