// SVC-09: the program asks for a Service by a name that is almost right, or that is right in another namespace
// (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services).
import type { Edit, Evidence, Finding } from '../contract/findings.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { inContainer, isChangeable, podFix, writeFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { crashFinding, crashText } from './crash-frame.ts';
import type { Crash } from './crash-frame.ts';
import { unreachedHost } from './crash-log.ts';
import { objectEvidence, otherEvidence } from './evidence.ts';
import { editDistance } from './near-names.ts';
import { fieldsIn, textIn } from './spec-fields.ts';

/** A Service's name alone, as its own namespace may use it (RFC 1035 label). */
const ALONE = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;

/** The name that a program's last words ask for, where only a Service of its own namespace could have it. */
export function unknownService(text: string): string | undefined {
  const unreached = unreachedHost(text);
  return unreached?.how === 'unknown_name' && ALONE.test(unreached.host) && unreached.host !== 'localhost' ? unreached.host : undefined;
}

/** @param gaveUp whether the program ended by itself */
export function wrongHost(c: ContainerCase, crash: Crash, gaveUp: boolean): Finding | undefined {
  const { services, elsewhere } = c.world;
  const host = gaveUp ? unknownService(crashText(c)) : undefined;
  if (host === undefined || !services || services.some(({ metadata }) => metadata.name === host)) return undefined;
  const near = nearest(host, services);
  const [place] = near ? [] : (elsewhere?.[`Service/${host}`] ?? []);
  const right = near ? (near.metadata.name ?? '') : place === undefined ? undefined : `${host}.${place}`;
  if (right === undefined) return undefined;
  const edits = editsOf(c, host, right);
  const evidence: Evidence[] = near
    ? [objectEvidence({ ...near, kind: 'Service' }, 'metadata.name', right)]
    : [otherEvidence('object', { key: 'evidence.elsewhere', params: { kind: 'Service', name: host, namespaces: place ?? '', count: 1 } }, { object: { kind: 'Service', name: host, namespace: place ?? '' } })];
  return crashFinding(c, crash, 'SVC-09', {
    confidence: 'strong', line: unreachedHost(crashText(c))?.line, params: { host, right, how: near ? 'near' : 'elsewhere', place: place ?? 'none' }, evidence,
    fixes: [
      ...(edits.length > 0 ? podFix(c, 'F20.host', edits, { recommended: true, params: { host, right } }) : []),
      ...(isChangeable(c) ? [writeFix('F20.env', { path: c.located.path }, { recommended: edits.length === 0, params: { container: c.name } })] : []),
    ],
  });
}

/** As with the names of images: two letters, or one where the name is short. */
function nearest(host: string, services: readonly KubeObject[]): KubeObject | undefined {
  const most = host.length < 5 ? 1 : 2;
  return services.map((service) => ({ service, distance: editDistance(host, service.metadata.name ?? '') }))
    .filter(({ distance }) => distance <= most).toSorted((a, b) => a.distance - b.distance)[0]?.service;
}

/** Where the name stands in the container's environment, command and arguments. What comes out of a ConfigMap is for a person to write. */
function editsOf(c: ContainerCase, host: string, right: string): Edit[] {
  // Not inside of a longer name.
  const pattern = new RegExp(String.raw`(?<![A-Za-z0-9.-])${host}(?![A-Za-z0-9-]|\.[A-Za-z0-9])`, 'g');
  const replaced = (text: unknown) => (typeof text === 'string' && text.search(pattern) >= 0 ? text.replaceAll(pattern, right) : undefined);
  const { container } = c.located;
  const inList = (list: 'command' | 'args') => (Array.isArray(container[list]) ? (container[list] as unknown[]) : []).flatMap((text, index): Edit[] => {
    const value = replaced(text);
    return value === undefined ? [] : [{ path: inContainer(c, list, index), value }];
  });
  const inEnv = fieldsIn(container['env']).flatMap(([, each]): Edit[] => {
    const value = replaced(each['value']);
    return value === undefined ? [] : [{ path: inContainer(c, 'env', { name: textIn(each, 'name') }, 'value'), value }];
  });
  return [...inEnv, ...inList('command'), ...inList('args')];
}
