// What the controllers put into every namespace: an account for its pods, the cluster's certificate, and, before 1.24, a secret with the
// account's token. kube-controller-manager, pkg/controller/serviceaccount and pkg/controller/certificates/rootcacertpublisher.
import { randomBytes } from 'node:crypto';
import { generatedName } from '../api/metadata-rules.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { ServiceAccount } from '../kinds/service-account.ts';
import type { ControllerContext } from './controller-context.ts';

const MANAGER = { manager: 'kube-controller-manager' };
export const ROOT_CA = 'kube-root-ca.crt';
const CA_WORDS =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or ' +
  'kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Has the form of a token; nobody is let in with it. */
function tokenOf(namespace: string, secret: string, { metadata }: ServiceAccount): string {
  const claim = 'kubernetes.io/serviceaccount';
  const claims = {
    iss: claim,
    [`${claim}/namespace`]: namespace,
    [`${claim}/secret.name`]: secret,
    [`${claim}/service-account.name`]: metadata.name,
    [`${claim}/service-account.uid`]: metadata.uid,
    sub: `system:serviceaccount:${namespace}:${metadata.name}`,
  };
  return `${base64url({ alg: 'RS256', kid: 'practice' })}.${base64url(claims)}.${randomBytes(256).toString('base64url')}`;
}

export interface NamespaceContent {
  /** Makes what is missing. What the API refuses is tried again with the next change. */
  ensure(namespace: string): void;
}

/** @param certificate the API server's authority, as PEM. */
export function createNamespaceContent({ store, api, minor, kinds }: ControllerContext, certificate: string): NamespaceContent {
  const accounts = kindOf(kinds, 'serviceaccounts');
  const maps = kindOf(kinds, 'configmaps');
  const secrets = kindOf(kinds, 'secrets');

  function ensureCertificate(namespace: string): void {
    if (store.get('configmaps', namespace, ROOT_CA)) return;
    const annotations = minor >= 21 ? { annotations: { 'kubernetes.io/description': CA_WORDS } } : {};
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ROOT_CA, namespace, ...annotations }, data: { 'ca.crt': certificate } };
    api.create(maps, namespace, map, MANAGER);
  }

  function ensureToken(namespace: string, account: ServiceAccount): void {
    const present = (account.secrets ?? []).some(({ name = '' }) => store.get('secrets', namespace, name)?.['type'] === 'kubernetes.io/service-account-token');
    if (present) return;
    const accountName = account.metadata.name ?? '';
    const name = generatedName(`${accountName}-token-`);
    const annotations = { 'kubernetes.io/service-account.name': accountName, 'kubernetes.io/service-account.uid': account.metadata.uid ?? '' };
    const data = { 'ca.crt': base64(certificate), namespace: base64(namespace), token: base64(tokenOf(namespace, name, account)) };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, annotations }, data, type: 'kubernetes.io/service-account-token' };
    api.create(secrets, namespace, secret, MANAGER);
    const secretsWith = (current: ServiceAccount) => [...(current.secrets ?? []), { name }];
    api.update(accounts, '', namespace, accountName, (current) => ({ ...current, secrets: secretsWith(current) }), MANAGER);
  }

  return {
    ensure(namespace) {
      if (store.get('namespaces', '', namespace)?.metadata.deletionTimestamp !== undefined) return;
      if (!store.get('namespaces', '', namespace)) return;
      if (!store.get('serviceaccounts', namespace, 'default')) {
        api.create(accounts, namespace, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }, MANAGER);
      }
      ensureCertificate(namespace);
      // Since 1.24 no secret is made of itself (LegacyServiceAccountTokenNoAutoGeneration).
      if (minor < 24) for (const account of store.list('serviceaccounts', namespace)) ensureToken(namespace, account);
    },
  };
}
