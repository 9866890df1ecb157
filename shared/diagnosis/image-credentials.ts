// IMG-06: the registry wants a login. Kubernetes raises no error for a pull secret that is missing, of the wrong type or for another registry:
// it asks without one, and the registry's refusal is all that is seen.
import type { Evidence } from '../contract/findings.ts';
import { podCase } from './cause.ts';
import { missingEvidence } from './evidence.ts';
import type { ImageCase } from './image-case.ts';
import { credentialsEvidence } from './image-evidence.ts';
import type { PullFindingParts } from './image-finding.ts';
import { attachSecret, beginSecret, namedSecrets, secretState } from './pull-secrets.ts';
import type { SecretState } from './pull-secrets.ts';

/** The last part of its sentence, by what is wrong with the secret that is nearest to being right. */
const order: readonly (readonly [SecretState, string])[] = [
  ['matches', 'rejected'], ['unknown', 'unknown'], ['missing', 'missing'], ['wrong-type', 'wrong-type'], ['other-registry', 'other-registry'],
];

export function needsLogin(c: ImageCase): PullFindingParts {
  const states = namedSecrets(c).map((name) => ({ name, state: secretState(c, name) }));
  const found = order.flatMap(([state, variant]) => {
    const secret = states.find((each) => each.state === state);
    return secret ? [{ name: secret.name, variant }] : [];
  })[0];
  const { name: secret = '', variant = 'none' } = found ?? {};
  const known = c.world.pullSecrets?.[secret];
  const { type, hosts } = known === undefined || known === 'missing' ? { type: typeOf(c, secret), hosts: [] } : known;
  const attach = attachSecret(c);
  return {
    sentence: `sentence-${variant}`, explanation: `explanation-${variant}`,
    confidence: variant === 'missing' || variant === 'wrong-type' ? 'proven' : 'strong',
    params: { namespace: c.world.pod.metadata.namespace ?? 'default', secret, type, hosts: hosts.join(', ') || 'none', count: hosts.length, forbidden: c.cause?.error.class === 'FORBIDDEN' ? 'yes' : 'no' },
    evidence: [credentialsEvidence(c), ...states.flatMap(({ name, state }) => secretEvidence(c, name, state))],
    fixes: [...attach, variant === 'missing' ? beginSecret(c, secret) : beginSecret(c)],
  };
}

function secretEvidence(c: ImageCase, name: string, state: SecretState): Evidence[] {
  if (state === 'missing') return [missingEvidence(podCase(c.world), 'Secret', name)];
  const secret = c.world.pullSecrets?.[name];
  if (secret === undefined || secret === 'missing') return [];
  const { namespace } = c.world.pod.metadata;
  return [{
    kind: 'credentials', message: { key: 'evidence.credentials.secret', params: { name, type: secret.type, hosts: secret.hosts.join(', ') || 'none', count: secret.hosts.length } },
    object: { kind: 'Secret', name, ...(namespace === undefined ? {} : { namespace }) }, path: 'type', value: secret.type,
  }];
}

function typeOf(c: ImageCase, name: string): string {
  const object = c.world.related?.[`Secret/${name}`];
  const type = object === undefined || object === 'missing' ? undefined : object['type'];
  return typeof type === 'string' && type !== '' ? type : 'Opaque';
}
