// Leases: a node's kubelet renews one as its sign of life. https://kubernetes.io/docs/concepts/architecture/leases/
import type { KubeObject } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf } from './columns.ts';
import { invalidValue, when } from './field-errors.ts';
import type { Kind } from './kind.ts';

interface Lease extends KubeObject {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; leaseTransitions?: number };
}

export const leaseKind: Kind = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  singular: 'lease',
  shortNames: [],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  type: 'Lease',
  setDefaults(object) {
    object['spec'] ??= {};
  },
  validate(object) {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = (object as Lease).spec ?? {};
    return [
      ...when(seconds !== undefined && seconds <= 0, () => invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')),
      ...when(transitions !== undefined && transitions < 0, () => invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')),
    ];
  },
  columns: [nameColumn, column('Holder', 'Who holds it.'), ageColumn],
  cells: (object, context) => [nameOf(object), (object as Lease).spec?.holderIdentity ?? '', ageOf(object, context)],
};
