// What the token may do: everything. authorization.k8s.io/v1, selfsubjectaccessreviews and selfsubjectrulesreviews.
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { badRequest, invalid } from './api-error.ts';

/** @returns the status of a review of that kind; nothing for a kind that is stored. @throws ApiError Invalid, BadRequest */
export function reviewStatus(kind: Pick<Kind, 'group' | 'kind'>, review: KubeObject): Record<string, unknown> | undefined {
  if (kind.group !== 'authorization.k8s.io') return undefined;
  if (kind.kind === 'SelfSubjectAccessReview') return accessStatus(review);
  return kind.kind === 'SelfSubjectRulesReview' ? rulesStatus(review) : undefined;
}

export const isReview = ({ group }: Pick<Kind, 'group'>): boolean => group === 'authorization.k8s.io';

function accessStatus(review: KubeObject): Record<string, unknown> {
  const { resourceAttributes, nonResourceAttributes } = (review['spec'] ?? {}) as Record<string, unknown>;
  if (!resourceAttributes === !nonResourceAttributes) {
    const field = resourceAttributes ? 'spec.nonResourceAttributes' : 'spec.resourceAttributes';
    const words = resourceAttributes
      ? 'cannot be specified in combination with resourceAttributes'
      : 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const detail = `Invalid value: ${JSON.stringify(nonResourceAttributes ?? null)}: ${words}`;
    throw invalid('SelfSubjectAccessReview.authorization.k8s.io', '', [{ field, reason: 'FieldValueInvalid', detail }]);
  }
  // The practice cluster's only user is one of system:masters, whom RBAC allows everything.
  const reason = 'RBAC: allowed by ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin" to Group "system:masters"';
  return { allowed: true, reason };
}

function rulesStatus(review: KubeObject): Record<string, unknown> {
  const { namespace } = (review['spec'] ?? {}) as { namespace?: string };
  if (!namespace) throw badRequest('no namespace on request');
  return {
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  };
}
