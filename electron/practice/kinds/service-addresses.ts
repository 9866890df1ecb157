// Cluster IPs and node ports: who has which, and the next free one (kubernetes, pkg/registry/core/service/ipallocator and portallocator).
import type { Service } from '../objects.ts';
import type { Store } from '../store/store.ts';

/** 10.96.0.0/12, kubeadm's default; the first address is the API server's. */
export const SERVICE_RANGE = { first: 0x0a_60_00_00, size: 2 ** 20, text: '10.96.0.0/12' };
export const NODE_PORTS = { low: 30_000, high: 32_767 };

const MAX_TRIES = 100;

const toNumber = (ip: string): number | undefined => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((value, part) => value * 256 + part, 0);
};
const toText = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

export const isIp = (text: string): boolean => toNumber(text) !== undefined || (text.includes(':') && URL.canParse(`http://[${text}]/`));

/** Of other services than this one. */
function others(store: Store, { metadata }: Service): Service[] {
  return (store.list('services', '') as Service[]).filter((other) => other.metadata.name !== metadata.name || other.metadata.namespace !== metadata.namespace);
}

/** What keeps a service from this address, in the allocator's words. */
export function clusterIpFault(ip: string, service: Service, store: Store): string | undefined {
  const value = toNumber(ip);
  if (value === undefined || value <= SERVICE_RANGE.first || value >= SERVICE_RANGE.first + SERVICE_RANGE.size - 1) {
    return `provided IP is not in the valid range. The range of valid IPs is ${SERVICE_RANGE.text}`;
  }
  return others(store, service).some(({ spec }) => spec.clusterIP === ip) ? 'provided IP is already allocated' : undefined;
}

/** A free one by chance, as the API server takes it; the first free one when chance does not help. */
export function freeClusterIp(service: Service, store: Store): string {
  const taken = new Set(others(store, service).map(({ spec }) => spec.clusterIP));
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const ip = toText(SERVICE_RANGE.first + 1 + Math.floor(Math.random() * (SERVICE_RANGE.size - 2)));
    if (!taken.has(ip)) return ip;
  }
  for (let offset = 1; offset < SERVICE_RANGE.size - 1; offset += 1) {
    const ip = toText(SERVICE_RANGE.first + offset);
    if (!taken.has(ip)) return ip;
  }
  throw new Error('range is full');
}

const nodePorts = (services: readonly Service[]) =>
  new Set(services.flatMap(({ spec }) => (spec.ports ?? []).map(({ nodePort, protocol }) => `${protocol}/${nodePort ?? 0}`)));

export function nodePortFault(port: number, protocol: string, service: Service, store: Store): string | undefined {
  if (port < NODE_PORTS.low || port > NODE_PORTS.high) {
    return `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.low}-${NODE_PORTS.high}`;
  }
  return nodePorts(others(store, service)).has(`${protocol}/${port}`) ? 'provided port is already allocated' : undefined;
}

export function freeNodePort(protocol: string, service: Service, store: Store): number {
  const taken = nodePorts([...others(store, service), service]);
  const size = NODE_PORTS.high - NODE_PORTS.low + 1;
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step += 1) {
    const port = NODE_PORTS.low + ((start + step) % size);
    if (!taken.has(`${protocol}/${port}`)) return port;
  }
  throw new Error('range is full');
}
