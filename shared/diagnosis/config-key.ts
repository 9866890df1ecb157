// CFG-03: the ConfigMap or the Secret is there, the key that is asked for is not.
import type { Finding, Fix } from '../contract/findings.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { findingOf, hostFix, podFix, retryFix, writeFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { environmentUses, keysOf, optionalFix, useEvidence, withKey } from './config-uses.ts';
import type { ConfigKind } from './config-uses.ts';
import { objectEvidence, waitingEvidence } from './evidence.ts';
import { editDistance } from './near-names.ts';

/** More would hide the sentence behind the list. */
const SHOWN_KEYS = 8;

/** The kubelet says which key is missing in which object; which keys it has, the object itself says. */
export function missingKey(c: ContainerCase): Finding | undefined {
  const [, key, kind, , name] = /^couldn't find key (\S+) in (ConfigMap|Secret) ([^\s/]+)\/(\S+)$/.exec(c.waiting.message) ?? [];
  if (key === undefined || name === undefined) return undefined;
  const uses = environmentUses(c.pod, kind as ConfigKind, name).filter((use) => use.key === key);
  const found = c.world.related?.[`${kind}/${name}`];
  const object = found === 'missing' ? undefined : found;
  const keys = object && keysOf(object);
  const used = useEvidence(c, uses.filter(({ container }) => container === c.name), name);
  const common = { raw: c.waiting.message, evidence: [waitingEvidence(c), ...used, ...(object && keys ? [objectEvidence(object, 'data', short(keys))] : [])] };
  const params = { kind: kind ?? '', name, key };
  if (keys?.includes(key)) {
    return findingOf(c, 'CFG-03', {
      ...common, severity: 'warning', confidence: 'proven', sentence: 'sentence-arrived', explanation: 'explanation-arrived', params, fixes: retryFix(c),
    });
  }
  const near = keys && nearKey(key, keys);
  const useNear = near === undefined || uses.length === 0 ? []
    : podFix(c, 'F20.use-key', uses.map(({ steps }) => ({ path: [...steps, 'key'], value: near })), { recommended: true, params: { ...params, near } });
  return findingOf(c, 'CFG-03', {
    ...common, confidence: keys ? 'proven' : 'strong', sentence: keys ? 'sentence' : 'sentence-unread',
    explanation: near === undefined ? 'explanation' : 'explanation-near',
    params: { ...params, ...(keys && { keys: short(keys), count: keys.length }), ...(near !== undefined && { near }) },
    fixes: [...useNear, ...(object ? addKey(c, object, kind as ConfigKind, key, useNear.length === 0) : []), ...optionalFix(c, uses, name)],
  });
}

/** A Secret's values are not known here, so that nothing may be applied over it: a line that adds the one key. */
function addKey(c: ContainerCase, object: KubeObject, kind: ConfigKind, key: string, recommended: boolean): Fix[] {
  if (object['immutable'] === true) return [];
  const { name = '' } = object.metadata;
  const params = { name, key };
  if (kind === 'ConfigMap') return [writeFix('F10.add-key', { manifest: withKey(object, key) }, { recommended, danger: 'g', params })];
  const line = `kubectl -n ${c.pod.metadata.namespace ?? 'default'} patch secret ${name} --type merge -p '{"stringData":{"${key}":"THE-VALUE"}}'`;
  return [hostFix('F10.add-secret-key', [line], { recommended, params })];
}

function short(keys: readonly string[]): string {
  return [...keys.slice(0, SHOWN_KEYS), ...(keys.length > SHOWN_KEYS ? ['…'] : [])].join(', ');
}

/** The key that was probably meant: the same but for case and separators, or two typing mistakes away (one in a short name). */
export function nearKey(wanted: string, keys: readonly string[]): string | undefined {
  const plain = (key: string) => key.toLowerCase().replaceAll(/[-_.]/g, '');
  const [nearest] = keys
    .map((key) => ({ key, distance: plain(key) === plain(wanted) ? 0 : editDistance(plain(key), plain(wanted)) }))
    .filter(({ distance }) => distance <= (wanted.length < 5 ? 1 : 2))
    .toSorted((a, b) => a.distance - b.distance || a.key.localeCompare(b.key));
  return nearest?.key;
}
