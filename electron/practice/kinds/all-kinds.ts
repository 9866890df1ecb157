// Every kind that the practice cluster serves.
import { configMapKind } from './config-map.ts';
import { endpointsKind } from './endpoints.ts';
import { eventKind } from './event.ts';
import type { Kind } from './kind.ts';
import { leaseKind } from './lease.ts';
import { namespaceKind } from './namespace.ts';
import { nodeKind } from './node.ts';
import { podKind } from './pod.ts';
import { bindingKind, reviewKinds } from './reviews.ts';
import { secretKind } from './secret.ts';
import { serviceAccountKind } from './service-account.ts';
import { serviceKind } from './service.ts';

/** @param minor of the Kubernetes that the cluster is. In the order of discovery. */
export const kinds = (minor: number): readonly Kind[] => [
  bindingKind,
  configMapKind,
  endpointsKind,
  eventKind,
  namespaceKind,
  nodeKind,
  podKind(minor),
  secretKind,
  serviceAccountKind,
  serviceKind(minor),
  ...reviewKinds,
  leaseKind,
];

/** @throws Error for a resource that is not served: a fault of ours. @param resource `pods`, in the core group unless said. */
export function kindOf(all: readonly Kind[], resource: string, group = ''): Kind {
  const found = all.find((kind) => kind.resource === resource && kind.group === group);
  if (!found) throw new Error(`no kind has the resource ${resource}${group && `.${group}`}`);
  return found;
}
