// What a name may be, told before anything is sent: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
import type { ObjectName, Problem } from '../../../shared/contract/objects.ts';
import { problemOf } from './problem.ts';

/** Kinds whose names become one part of a DNS name (RFC 1123, a Service RFC 1035). All others may be a whole DNS name. */
const LABELS = new Set(['v1 Namespace', 'v1 Service']);
/** Names of these groups' kinds are DNS names. Others have rules of their own (`system:node` is a ClusterRole), which the server knows. */
const DNS_GROUPS = new Set(['', 'apps', 'batch', 'autoscaling', 'policy', 'storage.k8s.io', 'scheduling.k8s.io', 'coordination.k8s.io', 'apiextensions.k8s.io']);
const DNS = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** None or one problem. @param line of the name in the text */
export function nameProblem({ apiVersion, kind, name }: ObjectName, line: number): Problem[] {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const limit = LABELS.has(`${apiVersion} ${kind}`) ? 63 : 253;
  const told = (why: 'length' | 'letters', cause: string) => [problemOf('MANIFEST_NAME_INVALID', { line, kind, name: name.slice(0, 80), limit, why }, cause, line, 'metadata.name')];
  if (name.length > limit) return told('length', `metadata.name has ${name.length} characters`);
  if (DNS_GROUPS.has(group) && !(limit === 63 ? DNS.test(name) && !name.includes('.') : DNS.test(name))) return told('letters', `metadata.name: ${JSON.stringify(name)}`);
  return [];
}
