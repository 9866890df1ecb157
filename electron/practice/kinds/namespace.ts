// Namespaces. A namespace is born with the finalizer that its controller takes away when everything in it is gone.
import type { KubeObject } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf } from './columns.ts';
import type { Kind } from './kind.ts';

interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string };
}

export const namespaceKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: 'label',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [
    { name: 'finalize', kind: 'Namespace', verbs: ['update'] },
    { name: 'status', kind: 'Namespace', verbs: ['get', 'patch', 'update'] },
  ],
  type: 'Namespace',
  setDefaults(object, { minor }) {
    const namespace = object as Namespace;
    namespace.status = { ...namespace.status, phase: namespace.status?.phase || 'Active' };
    // NamespaceDefaultLabelName, since 1.21.
    if (minor >= 21 && object.metadata.name) object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
  },
  prepareForCreate(object, { minor }) {
    const namespace = object as Namespace;
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { ...namespace.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
    // A generated name is known only now.
    if (minor >= 21 && object.metadata.name) object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
  },
  prepareForUpdate(object, old) {
    // Finalizers of the spec change through the subresource `finalize` alone.
    const { spec } = old as Namespace;
    if (spec) object['spec'] = spec;
  },
  columns: [nameColumn, column('Status', 'Active, or Terminating while its content is deleted.'), ageColumn],
  cells: (object, context) => [nameOf(object), (object as Namespace).status?.phase ?? '', ageOf(object, context)],
  fieldSelectors: { 'status.phase': (object) => (object as Namespace).status?.phase ?? '' },
};
