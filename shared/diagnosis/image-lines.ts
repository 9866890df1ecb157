// What a person does for an image outside of the cluster's API (F21), by the kind of node; and a name that they write themselves (F5).
import type { Fix } from '../contract/findings.ts';
import { hostFix, writeFix } from './cause.ts';
import type { ImageCase } from './image-case.ts';
import type { NodeStore } from './world.ts';

/** F5: opens the pod's definition, or its owner's, at the image. */
export function writeImage(c: ImageCase, recommended: boolean): Fix[] {
  return [writeFix('F5.image', { path: `${c.located.path}.image` }, { recommended, params: { container: c.located.container.name } })];
}

/** For the kinds of node that Podlab knows; none for others. */
type ByStore<Value> = Partial<Record<NodeStore['kind'], Value>>;

const of = <Value>(kind: NodeStore['kind'] | undefined, choice: ByStore<Value>): Value | undefined => kind && choice[kind];

/** IMG-11: the node is told that this registry speaks HTTP. */
export function trustHttp(c: ImageCase, host: string): Fix[] {
  const folder = `/etc/containerd/certs.d/${host}`;
  const lines = of(c.presence.store?.kind, {
    kind: ['F21.http-kind', [
      `docker exec ${c.node} mkdir -p ${folder}`,
      `printf '[host."http://${host}"]\\n' | docker exec -i ${c.node} cp /dev/stdin ${folder}/hosts.toml`,
    ]],
    minikube: ['F21.http-minikube', [`minikube start -p ${c.node} --insecure-registry=${host}`]],
    'shared-docker': ['F21.http-docker', [JSON.stringify({ 'insecure-registries': [host] })]],
  } as const);
  return lines ? [hostFix(lines[0], lines[1], { params: { host, node: c.node } })] : [];
}

/** IMG-12: the node is given the certificate that signed the registry's, as `ca.crt`. */
export function trustCertificate(c: ImageCase, host: string): Fix[] {
  const lines = of(c.presence.store?.kind, {
    kind: [
      `docker cp ca.crt ${c.node}:/usr/local/share/ca-certificates/registry.crt`, `docker exec ${c.node} update-ca-certificates`,
      `docker exec ${c.node} systemctl restart containerd`,
    ],
    minikube: ['mkdir -p ~/.minikube/certs', 'cp ca.crt ~/.minikube/certs/', `minikube start -p ${c.node} --embed-certs`],
    'shared-docker': [`sudo mkdir -p /etc/docker/certs.d/${host}`, `sudo cp ca.crt /etc/docker/certs.d/${host}/ca.crt`],
  });
  return lines ? [hostFix('F21.trust', lines, { params: { host, node: c.node } })] : [];
}

/** IMG-10: this computer's Docker reaches the registry, and from there the image is loaded. For kind also the way to the registry itself. */
export function pullHere(c: ImageCase, port: string): Fix[] {
  const pull = hostFix('F21.pull-here', [`docker pull ${c.image}`], { recommended: true, params: { image: c.image, node: c.node } });
  if (c.presence.store?.kind !== 'kind') return [pull];
  const { domain } = c.reference;
  const folder = `/etc/containerd/certs.d/${domain}`;
  // https://kind.sigs.k8s.io/docs/user/local-registry/; the registry's own port in its container is 5000.
  return [pull, hostFix('F21.alias-kind', [
    `docker network connect kind "$(docker ps -q --filter publish=${port})"`,
    `docker exec ${c.node} mkdir -p ${folder}`,
    `printf '[host."http://%s:5000"]\\n' "$(docker ps --format '{{.Names}}' --filter publish=${port})" | docker exec -i ${c.node} cp /dev/stdin ${folder}/hosts.toml`,
  ], { params: { host: domain, node: c.node } })];
}

/** IMG-14. */
export function buildFor(c: ImageCase, platform: string): Fix[] {
  return [hostFix('F21.platform', [`docker buildx build --platform ${platform} -t ${c.image} --push .`], { params: { platform, image: c.image } })];
}

/** IMG-21: what deletes images that no container uses, after a look at what takes the room. */
export function freeDisk(c: ImageCase): Fix[] {
  const lines = of(c.presence.store?.kind, {
    kind: [`docker exec ${c.node} df -h /var/lib/containerd`, `docker exec ${c.node} crictl rmi --prune`],
    minikube: [`minikube ssh -p ${c.node} -- df -h /var/lib`, `minikube ssh -p ${c.node} -- sudo crictl rmi --prune`],
    'shared-docker': ['docker system df', 'docker image prune --all'],
  });
  return lines ? [hostFix('F21.free-disk', lines, { danger: 'r', params: { node: c.node } })] : [];
}

/** IMG-19: the container runtime starts again, and with it whatever runs on it. */
export function restartRuntime(kind: NodeStore['kind'] | undefined, node: string): Fix[] {
  const lines = of(kind, {
    kind: [`docker restart ${node}`], minikube: [`minikube stop -p ${node}`, `minikube start -p ${node}`], 'shared-docker': ['sudo systemctl restart docker'],
  });
  return lines ? [hostFix('F21.runtime', lines, { danger: 'r', params: { node } })] : [];
}

/** IMG-22: where the API server, or a webhook, is told to set the policy. */
export function whoForces(c: ImageCase): Fix[] {
  const file = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  const look = of(c.presence.store?.kind, { kind: [`docker exec ${c.node} grep admission-plugins ${file}`], minikube: [`minikube ssh -p ${c.node} -- sudo grep admission-plugins ${file}`] }) ?? [];
  return [hostFix('F21.who-forces', [...look, 'kubectl get mutatingwebhookconfigurations'])];
}
