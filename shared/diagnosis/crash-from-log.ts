// CRA-13 to CRA-15: what only the program's own last words tell. Never where a signal or the shell explains the end better.
import type { Evidence, Finding, Fix, Message } from '../contract/findings.ts';
import { isRecord } from '../kubernetes/containers.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { inContainer, isChangeable, podFix, retryFix, writeFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { crashFinding, crashText } from './crash-frame.ts';
import type { Crash } from './crash-frame.ts';
import { forbiddenPath, takenPort, unreachedHost } from './crash-log.ts';
import type { Unreached } from './crash-log.ts';
import { fieldEvidence, objectEvidence } from './evidence.ts';

/** A program that gave up by itself: with a code of its own, by abort() (an exception that nobody caught), or with -1. */
export function gaveUpItself({ exitCode }: Crash): boolean {
  return (exitCode > 0 && exitCode < 126) || exitCode === 134 || exitCode === 255;
}

/** CRA-13. All containers of a pod share one address, so a port is there once. */
export function addressTaken(c: ContainerCase, crash: Crash): Finding | undefined {
  const taken = gaveUpItself(crash) ? takenPort(crashText(c)) : undefined;
  if (!taken) return undefined;
  const others = (c.pod.spec?.containers ?? []).filter(({ name }) => name !== c.name);
  const holder = others.find(({ ports }) => taken.port > 0 && Array.isArray(ports) && ports.some(({ containerPort }) => containerPort === taken.port));
  const index = holder ? (c.pod.spec?.containers?.indexOf(holder) ?? 0) : 0;
  return crashFinding(c, crash, 'CRA-13', {
    confidence: 'strong', line: taken.line,
    params: { port: taken.port, holder: holder?.name ?? 'none', sub: holder ? 'declared' : others.length > 0 ? 'other' : 'alone' },
    evidence: holder ? [fieldEvidence(c, `spec.containers[${index}].ports[${holder.ports?.findIndex(({ containerPort }) => containerPort === taken.port) ?? 0}].containerPort`, taken.port)] : [],
    fixes: isChangeable(c) ? [writeFix('F20.port', { path: c.located.path }, { recommended: true, params: { container: c.name } })] : [],
  });
}

/** CRA-14. */
export function cannotReach(c: ContainerCase, crash: Crash): Finding | undefined {
  const unreached = gaveUpItself(crash) ? unreachedHost(crashText(c)) : undefined;
  if (!unreached) return undefined;
  const { line, host, port, how } = unreached;
  const { sub, evidence = [] } = serviceOf(c, unreached);
  const params: Message['params'] = { host, port, target: port > 0 ? `${host}:${port}` : host, how, sub };
  const waits = sub === 'no_endpoints' || sub === 'external';
  const write: Fix[] = isChangeable(c) ? [writeFix('F20.env', { path: c.located.path }, { recommended: !waits, params: { container: c.name } })] : [];
  return crashFinding(c, crash, 'CRA-14', { confidence: 'strong', line, params, evidence, fixes: waits ? [...retryFix(c), ...write] : [...write, ...retryFix(c, false)] });
}

interface Reached { readonly sub: 'local' | 'no_service' | 'other_namespace' | 'wrong_port' | 'no_endpoints' | 'service' | 'external'; readonly evidence?: readonly Evidence[] }

/** What is known of the Service that the host's name stands for: `db`, `db.shop`, `db.shop.svc`, `db.shop.svc.cluster.local`, or its IP. */
function serviceOf({ pod, world: { services, endpoints } }: ContainerCase, { host, port }: Unreached): Reached {
  const own = pod.metadata.namespace ?? '';
  if (/^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return { sub: 'local' };
  const [, name = '', namespace = own] = /^([a-z]([a-z0-9-]*[a-z0-9])?)$/.exec(host) ? [host, host] : (/^([a-z][a-z0-9-]*)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local\.?)?)?$/.exec(host) ?? []);
  const ofCluster = name === host || host.includes('.svc') || namespace === own;
  const byAddress = services?.find(({ spec }) => isRecord(spec) && spec['clusterIP'] === host);
  const service = byAddress ?? (namespace === own ? services?.find(({ metadata }) => metadata.name === name) : undefined);
  if (service) return { ...brokenService(service, endpoints, port) };
  if (!ofCluster || name === '') return { sub: 'external' };
  if (namespace !== own) return { sub: 'other_namespace' };
  return { sub: services ? 'no_service' : 'external' };
}

function brokenService(service: KubeObject, endpoints: readonly KubeObject[] | undefined, port: number): Reached {
  const { spec, metadata } = service;
  const ports = isRecord(spec) && Array.isArray(spec['ports']) ? spec['ports'].filter(isRecord) : [];
  if (port > 0 && !ports.some((each) => each['port'] === port)) return { sub: 'wrong_port', evidence: [objectEvidence(service, 'spec.ports', ports.map((each) => String(each['port'])).join(', '))] };
  const known = endpoints?.find((each) => each.metadata.name === metadata.name);
  const subsets = Array.isArray(known?.['subsets']) ? known['subsets'].filter(isRecord) : [];
  const ready = subsets.some(({ addresses }) => Array.isArray(addresses) && addresses.length > 0);
  return endpoints && !ready ? { sub: 'no_endpoints', evidence: [objectEvidence(service, 'spec.selector', selectorText(spec))] } : { sub: 'service' };
}

function selectorText(spec: unknown): string {
  const selector = isRecord(spec) && isRecord(spec['selector']) ? spec['selector'] : {};
  return Object.entries(selector).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ') || 'none';
}

/** CRA-15. */
export function cannotWrite(c: ContainerCase, crash: Crash): Finding | undefined {
  const forbidden = gaveUpItself(crash) ? forbiddenPath(crashText(c)) : undefined;
  if (!forbidden) return undefined;
  const { path, line, readOnly } = forbidden;
  const security = c.located.container['securityContext'];
  const locked = isRecord(security) && security['readOnlyRootFilesystem'] === true;
  const mounts = Array.isArray(c.located.container.volumeMounts) ? c.located.container.volumeMounts.filter(isRecord) : [];
  const mount = mounts.find(({ mountPath }) => typeof mountPath === 'string' && (path === mountPath || path.startsWith(`${mountPath}/`)));
  const sub = mount ? (readOnly ? 'volume_read_only' : 'volume') : readOnly ? 'read_only' : 'user';
  const evidence = locked && sub === 'read_only' ? [fieldEvidence(c, `${c.located.path}.securityContext.readOnlyRootFilesystem`, true)] : [];
  return crashFinding(c, crash, 'CRA-15', {
    confidence: 'strong', line, params: { path, sub, locked: locked ? 'yes' : 'no' }, evidence,
    fixes: [...(sub === 'read_only' ? scratchRoom(c, path) : []), ...(isChangeable(c) ? [writeFix('F20.security', { path: securityPath(c, sub) }, { recommended: sub !== 'read_only' })] : [])],
  });
}

function securityPath(c: ContainerCase, sub: string): string {
  if (sub === 'volume') return 'spec.securityContext';
  return sub === 'volume_read_only' ? `${c.located.path}.volumeMounts` : `${c.located.path}.securityContext`;
}

/** An empty directory that may be written, where the program wants to write; what the image has there is hidden by it, so never over its roots. */
function scratchRoom(c: ContainerCase, path: string): Fix[] {
  const directory = path.slice(0, path.lastIndexOf('/'));
  if (!/^\/[^/]/.test(directory) || /^\/(?:bin|sbin|lib|lib64|usr|etc|dev|proc|sys|app)$/.test(directory)) return [];
  const name = `writable${directory.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 60).replace(/-+$/, '');
  return podFix(c, 'F20.scratch', [
    { path: ['spec', 'volumes', { name }, 'emptyDir'], value: {} },
    { path: inContainer(c, 'volumeMounts', { name }, 'mountPath'), value: directory },
  ], { recommended: true, params: { directory } });
}
