// The manifest that makes a live pod anew. A pod's pull policy is immutable, so changing it means deleting the pod and creating
// another one; what the API server or a controller filled in must not be taken for what the person wrote.
import type { PullPolicy } from '../contract/findings.ts';
import { isRecord } from './containers.ts';
import { applyEntries, lastApplied, ownedAt, updateEntries } from './field-owners.ts';
import type { Container, Pod } from './objects.ts';
import { policyOrigin } from './pull-policy.ts';

export interface RecreateChange {
  /** Set on all app and init containers, or on the named ones. */
  readonly policy?: PullPolicy;
  /** Set on the named containers; without names the pod must have one app container. */
  readonly image?: string;
  /** Names of app and init containers. */
  readonly containers?: readonly string[];
}

const dropped = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'ownerReferences', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation'];
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The cleaned manifest of a live pod, for server-side apply. Left out are its status and identity, the node that the scheduler chose, the
 * service account token that admission injected, ephemeral containers (which cannot be created), and a pull policy that is only
 * a default, so that the new pod still tells set from defaulted. Everything else stays, fields this project does not know included.
 * Throws a RangeError where `image` is given and it is not clear for which container, and for a name in `containers` that the pod does not have.
 */
export function recreateManifest(pod: Pod, change: RecreateChange = {}): Pod {
  const { metadata, spec = {}, status: _status, ...rest } = pod;
  const tokens = injectedTokens(pod);
  const targets = change.containers && new Set(change.containers);
  if (change.image !== undefined && !targets && spec.containers?.length !== 1) {
    throw new RangeError('an image needs the name of its container in a pod with several');
  }
  const names = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ name }) => name);
  const unknown = change.containers?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`the pod has no app or init container "${unknown}"`);
  const renew = (container: Container, init: boolean): Container => {
    const targeted = targets ? targets.has(container.name) : true;
    const image = targeted && (targets || !init) ? change.image : undefined;
    const policy = targeted ? change.policy : undefined;
    const { imagePullPolicy, volumeMounts, ...kept } = container;
    const mounts = volumeMounts?.filter((m) => !(tokens.has(m.name) && m.mountPath === tokenPath)) ?? [];
    const origin = policyOrigin(pod, container.name, []).origin;
    // A default comes back by itself, and by the new image's tag; where nobody can tell, the value stays with its image.
    const keep = origin === 'same-as-default' ? image === undefined || image === container.image : !['default-latest', 'default-tag', 'admission'].includes(origin);
    const next = policy ?? (keep ? imagePullPolicy : undefined);
    return {
      ...kept,
      ...(mounts.length > 0 && { volumeMounts: mounts }),
      ...(image !== undefined && { image }),
      ...(next !== undefined && { imagePullPolicy: next }),
    };
  };
  const { nodeName, volumes, ephemeralContainers: _ephemeral, ...restOfSpec } = spec;
  const keptVolumes = volumes?.filter((v) => !tokens.has(v.name)) ?? [];
  return {
    ...rest,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !dropped.includes(key))),
    spec: {
      ...restOfSpec,
      ...(nodeName !== undefined && isNodeWritten(pod) && { nodeName }),
      ...(keptVolumes.length > 0 && { volumes: keptVolumes }),
      ...(spec.initContainers && { initContainers: spec.initContainers.map((c) => renew(c, true)) }),
      ...(spec.containers && { containers: spec.containers.map((c) => renew(c, false)) }),
    },
  };
}

/**
 * Names of the token volumes that the ServiceAccount admission plugin added: `kube-api-access-xxxxx`, before 1.21 a secret volume named
 * after its secret, `default-token-xxxxx` (plugin/pkg/admission/serviceaccount).
 */
function injectedTokens(pod: Pod): ReadonlySet<string> {
  const account = pod.spec?.serviceAccountName || 'default';
  const injected = (pod.spec?.volumes ?? []).filter((volume) => {
    if (/^kube-api-access-[a-z0-9]{5}$/.test(volume.name) && isRecord(volume['projected'])) return true;
    const secret = volume['secret'];
    return isRecord(secret) && secret['secretName'] === volume.name
      && volume.name.startsWith(`${account}-token-`) && /^[a-z0-9]{5}$/.test(volume.name.slice(`${account}-token-`.length));
  });
  return new Set(injected.filter((v) => !isWrittenVolume(pod, v.name)).map((v) => v.name));
}

/**
 * Whether a person's manifest names the node. The scheduler's choice is nobody's field: it comes through the pod's binding, which leaves no
 * trace in managedFields (assignPod in pkg/registry/core/pod/storage/storage.go). So whoever owns it wrote it, by a plain create too.
 */
function isNodeWritten(pod: Pod): boolean {
  return [...applyEntries(pod), ...updateEntries(pod)].some((e) => 'f:nodeName' in (ownedAt(pod, e, []) ?? {})) || 'nodeName' in writtenSpec(pod);
}

function isWrittenVolume(pod: Pod, name: string): boolean {
  const volumes = writtenSpec(pod)['volumes'];
  return applyEntries(pod).some((e) => ownedAt(pod, e, ['volumes', { name }]))
    || (Array.isArray(volumes) && volumes.some((v) => isRecord(v) && v['name'] === name));
}

function writtenSpec(pod: Pod): Readonly<Record<string, unknown>> {
  const spec = lastApplied(pod)?.['spec'];
  return isRecord(spec) ? spec : {};
}
