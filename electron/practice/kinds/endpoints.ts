// Endpoints: kubernetes, pkg/printers/internalversion/printers.go (formatEndpoints).
import type { KubeObject } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf } from './columns.ts';
import type { Kind } from './kind.ts';

export interface EndpointAddress {
  ip: string;
  hostname?: string;
  nodeName?: string;
  targetRef?: { kind: string; namespace?: string; name?: string; uid?: string; resourceVersion?: string };
}

export interface EndpointSubset {
  addresses?: EndpointAddress[];
  notReadyAddresses?: EndpointAddress[];
  ports?: { name?: string; port: number; protocol: string }[];
}

export interface Endpoints extends KubeObject {
  subsets?: EndpointSubset[];
}

const SHOWN = 3;

function endpointsText(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`))),
  );
  const text = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${text} + ${all.length - SHOWN} more...` : text;
}

export const endpointsKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  type: 'Endpoints',
  setDefaults(object) {
    for (const { ports = [] } of (object as Endpoints).subsets ?? []) for (const port of ports) port.protocol ||= 'TCP';
  },
  columns: [nameColumn, column('Endpoints', 'The addresses and ports that answer.'), ageColumn],
  cells: (object, context) => [nameOf(object), endpointsText((object as Endpoints).subsets ?? []), ageOf(object, context)],
};
