// INI-02: what an init container that goes on and on waits for, where its own command says so: most wait for a Service.
import type { Evidence } from '../contract/findings.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import type { ContainerCase } from './cause.ts';
import { missingEvidence, objectEvidence } from './evidence.ts';
import { fieldsIn } from './spec-fields.ts';

export interface Awaited {
  /** The name in the command: of a Service, as far as can be told. */
  readonly service: string;
  readonly state: 'no-service' | 'no-endpoints' | 'has-endpoints' | 'waits';
  readonly evidence: readonly Evidence[];
}

/** The words after which a host's name follows, in the commands that people wait with. */
const ASKS = /(?:\bnslookup|\bgetent\s+hosts|\bping|\bnc|\bncat|\bwget|\bcurl|\bpg_isready|\bmysqladmin|\bredis-cli|\bwait-for(?:-it)?(?:\.sh)?)\b([^;&|\n]{0,500})/g;
const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Undefined where the command names nothing that could be a Service. Only what the cluster said of its Services counts as missing. */
export function waitedFor(c: ContainerCase): Awaited | undefined {
  const { command = [], args = [] } = c.located.container;
  const names = hostsIn([...command, ...args].join(' ').slice(0, 20_000), c.pod.metadata.namespace ?? '');
  const { services, endpoints } = c.world;
  const [first] = names;
  if (first === undefined) return undefined;
  if (!services) return { service: first, state: 'waits', evidence: [] };
  const known = (name: string) => services.find(({ metadata }) => metadata.name === name);
  const missing = names.find((name) => !known(name));
  if (missing !== undefined) return { service: missing, state: 'no-service', evidence: [missingEvidence(c, 'Service', missing)] };
  const empty = names.find((name) => endpoints && !hasAddress(endpoints.find(({ metadata }) => metadata.name === name)));
  if (empty === undefined) return { service: first, state: endpoints ? 'has-endpoints' : 'waits', evidence: [] };
  const service = known(empty);
  return { service: empty, state: 'no-endpoints', evidence: service ? [objectEvidence(service, 'metadata.name', empty)] : [] };
}

function hasAddress(endpoints: KubeObject | undefined): boolean {
  return fieldsIn(endpoints?.['subsets']).some(([, subset]) => fieldsIn(subset['addresses']).length > 0);
}

/** Names without a dot, and `name.namespace`, `name.namespace.svc…` of the pod's own namespace. */
function hostsIn(command: string, namespace: string): string[] {
  const found = [...command.matchAll(ASKS)].flatMap(([, rest = '']) => rest.split(/[\s'"`]+/).flatMap((word) => {
    const host = word.replace(/^[a-z]+:\/\//, '').replace(/[:/].*$/, '');
    const [name = '', ...domain] = host.split('.');
    if (word.startsWith('-') || !NAME.test(name) || NOT_HOSTS.has(name)) return [];
    return domain.length === 0 || (domain[0] === namespace && (domain.length === 1 || domain[1] === 'svc')) ? [name] : [];
  }).slice(0, 1));
  return [...new Set(found)];
}

const NOT_HOSTS = new Set(['localhost', 'do', 'done', 'sleep', 'echo', 'then', 'host', 'sh']);
