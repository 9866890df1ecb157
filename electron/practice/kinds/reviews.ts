// Kinds that are only asked, never stored: the API server answers them at once.
import { ageColumn, ageOf, nameColumn, nameOf } from './columns.ts';
import type { Kind } from './kind.ts';

const asked = { version: 'v1', shortNames: [], verbs: ['create'], subresources: [], columns: [nameColumn, ageColumn] } as const;
const cells: Kind['cells'] = (object, context) => [nameOf(object), ageOf(object, context)];

/** What may I do? */
export const reviewKinds: readonly Kind[] = ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'].map((kind) => {
  const singular = kind.toLowerCase();
  return { ...asked, group: 'authorization.k8s.io', kind, resource: `${singular}s`, singular, namespaced: false, type: kind, cells };
});

/** Puts a pod on a node: the older way, without the pod in the path. */
export const bindingKind: Kind = {
  ...asked,
  group: '',
  kind: 'Binding',
  resource: 'bindings',
  singular: 'binding',
  namespaced: true,
  type: 'Binding',
  cells,
};
