// Field selectors: apimachinery, pkg/fields/selector.go. Which fields there are is the kind's matter.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';

/** @throws ApiError BadRequest for what it cannot read and for a field that the kind cannot be selected by. */
export function parseFieldSelector(text: string, kind: Pick<Kind, 'fieldSelectors' | 'namespaced'>): (object: KubeObject) => boolean {
  const terms = splitTerms(text).filter((term) => term !== '');
  const tests = terms.map((term) => {
    const split = splitTerm(term);
    if (!split) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [field, operator, value] = split;
    const read = fieldOf(field, kind);
    return (object: KubeObject) => (read(object) === value) === (operator !== '!=');
  });
  return (object) => tests.every((matches) => matches(object));
}

function fieldOf(field: string, kind: Pick<Kind, 'fieldSelectors' | 'namespaced'>): (object: KubeObject) => string {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name ?? '';
  if (field === 'metadata.namespace') return ({ metadata }) => metadata.namespace ?? '';
  const read = kind.fieldSelectors && Object.hasOwn(kind.fieldSelectors, field) ? kind.fieldSelectors[field] : undefined;
  if (read) return read;
  throw badRequest(
    kind.fieldSelectors
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

/** At commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  const terms = [''];
  for (const [part] of text.matchAll(/\\.|[^\\]|\\$/gs)) {
    if (part === ',') terms.push('');
    else terms[terms.length - 1] += part;
  }
  return terms;
}

function splitTerm(term: string): [field: string, operator: string, value: string] | undefined {
  const match = /^((?:\\.|[^\\=!]|!(?!=))*?)(!=|==|=)(.*)$/s.exec(term);
  if (!match) return undefined;
  const [, field = '', operator = '', value = ''] = match;
  // The value's own commas, equal signs and backslashes are escaped with a backslash.
  if (/(?<!\\)(?:\\\\)*=/.test(value)) return undefined;
  return [field, operator, value.replace(/\\(.)/gs, '$1')];
}
