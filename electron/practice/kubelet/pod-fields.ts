// What the downward API gives a container of its own pod (kubelet, pkg/fieldpath and pkg/api/v1/resource).
import type { Container, Pod, Quantity } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';

/** What of a pod is only known to its kubelet. */
export interface PodPlace {
  readonly podIp: string;
  readonly hostIp: string;
  /** Of the node: what a container without a limit is told as its limit. */
  readonly allocatable: Readonly<Record<string, Quantity>>;
}

const subscripted = /^metadata\.(labels|annotations)\['(.*)'\]$/;
const asLines = (values: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(values ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** @throws Error for a path that the downward API does not have. */
export function fieldValue(pod: Pod, path: string, place: PodPlace): string {
  const { metadata, spec } = pod;
  const [, map, key] = subscripted.exec(path) ?? [];
  if (map !== undefined && key !== undefined) return metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return asLines(metadata.labels);
    case 'metadata.annotations':
      return asLines(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return place.hostIp;
    case 'status.podIP':
    case 'status.podIPs':
      return place.podIp;
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

/** In units of the divisor, rounded up. @throws Error for a resource that the downward API does not have. */
export function resourceValue(container: Container, resource: string, divisor: Quantity | undefined, place: PodPlace): string {
  const [, list, name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  if (list === undefined) throw new Error(`unsupported container resource : ${resource}`);
  const { limits, requests } = container.resources ?? {};
  const asked = list === 'limits' ? (limits?.[name] ?? place.allocatable[name]) : (requests?.[name] ?? limits?.[name]);
  const unit = parseQuantity(divisor ?? 1) || 1;
  return String(Math.ceil((parseQuantity(asked ?? 0) ?? 0) / unit - 1e-9));
}
