// ServiceAccounts: who a pod is, to the API server.
import type { KubeObject } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf } from './columns.ts';
import type { Kind } from './kind.ts';

export interface ServiceAccount extends KubeObject {
  secrets?: { name?: string }[];
  imagePullSecrets?: { name?: string }[];
  automountServiceAccountToken?: boolean;
}

export const serviceAccountKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  type: 'ServiceAccount',
  columns: [nameColumn, column('Secrets', 'How many secrets its pods may use.'), ageColumn],
  cells: (object, context) => [nameOf(object), ((object as ServiceAccount).secrets ?? []).length, ageOf(object, context)],
};
