// What the token may do: everything. authorization.k8s.io/v1, selfsubjectaccessreviews and selfsubjectrulesreviews.
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
import type { KubeObject } from '../objects.ts';
import { invalid } from './api-error.ts';

export interface Review {
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: false;
  /** @throws ApiError Invalid, BadRequest */
  answer(review: KubeObject): Record<string, unknown>;
}

export const REVIEWS: readonly Review[] = [
  {
    resource: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
    answer(review) {
      const spec = (review['spec'] ?? {}) as Record<string, unknown>;
      if (!spec['resourceAttributes'] === !spec['nonResourceAttributes']) {
        const both = Boolean(spec['resourceAttributes']);
        const words = both ? 'cannot be specified in combination with resourceAttributes' : 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
        const field = both ? 'spec.nonResourceAttributes' : 'spec.resourceAttributes';
        const detail = `Invalid value: ${JSON.stringify(spec['resourceAttributes'] ?? null)}: ${words}`;
        throw invalid('SelfSubjectAccessReview.authorization.k8s.io', '', [{ field, reason: 'FieldValueInvalid', detail }]);
      }
      // A member of system:masters is allowed by RBAC; the practice cluster's only user has that place.
      return { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin" to Group "system:masters"' };
    },
  },
  {
    resource: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    kind: 'SelfSubjectRulesReview',
    namespaced: false,
    answer: () => ({
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    }),
  },
];
