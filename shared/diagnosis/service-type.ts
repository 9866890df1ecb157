// SVC-08: a type of Service that a local cluster cannot serve as one in a cloud does.
import type { Finding, Fix } from '../contract/findings.ts';
import { isRecord } from '../kubernetes/containers.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { changeFix, hostFix } from './cause.ts';
import { objectEvidence } from './evidence.ts';
import { serviceRef } from './service-selector.ts';
import { nameOf, portsOf, typeOf } from './services.ts';
import type { NodeStore } from './world.ts';

/** A load balancer that exists answers sooner. */
const PATIENCE_MS = 30_000;

/** Undefined where it has an address, waits only briefly, or where its type has none to wait for. */
export function typeFinding(service: KubeObject, now: Date, store: NodeStore | undefined): Finding | undefined {
  const type = typeOf(service);
  if (type === 'LoadBalancer') return noAddress(service, now, store);
  // A node that is a container: its ports are not this computer's.
  return type === 'NodePort' && (store?.kind === 'kind' || store?.kind === 'minikube') ? insideNode(service, store) : undefined;
}

function noAddress(service: KubeObject, now: Date, store: NodeStore | undefined): Finding | undefined {
  const { status } = service;
  const balancer = isRecord(status) && isRecord(status['loadBalancer']) ? status['loadBalancer'] : {};
  if (Array.isArray(balancer['ingress']) && balancer['ingress'].length > 0) return undefined;
  if (!(now.getTime() - Date.parse(service.metadata.creationTimestamp ?? '') >= PATIENCE_MS)) return undefined;
  const params = { ...common(service), store: store?.kind.replaceAll('-', '_') ?? 'generic' };
  return {
    id: 'SVC-08', severity: 'warning', confidence: 'likely',
    message: { key: 'finding.SVC-08.sentence', params }, explanation: { key: 'finding.SVC-08.explanation', params },
    evidence: [objectEvidence({ ...service, kind: 'Service' }, 'spec.type', 'LoadBalancer'), objectEvidence({ ...service, kind: 'Service' }, 'status.loadBalancer.ingress', [])],
    fixes: [...reach(service, store), changeFix('F15.cluster-ip', [{ on: 'object', object: serviceRef(service), edits: [{ path: ['spec', 'type'], value: 'ClusterIP' }] }], { danger: 'g', params })],
  };
}

function insideNode(service: KubeObject, store: NodeStore): Finding | undefined {
  const port = portsOf(service).find(({ nodePort }) => nodePort > 0);
  if (!port) return undefined;
  const params = { ...common(service), node: store.node, nodePort: port.nodePort, store: store.kind };
  return {
    id: 'SVC-08', severity: 'info', confidence: 'likely',
    message: { key: 'finding.SVC-08.sentence-node-port', params }, explanation: { key: 'finding.SVC-08.explanation-node-port', params },
    evidence: [objectEvidence({ ...service, kind: 'Service' }, `spec.ports[${port.index}].nodePort`, port.nodePort)],
    fixes: reach(service, store),
  };
}

function common(service: KubeObject) {
  return { service: nameOf(service), namespace: service.metadata.namespace ?? '' };
}

function reach(service: KubeObject, store: NodeStore | undefined): Fix[] {
  const { service: name, namespace } = common(service);
  const params = { service: name };
  const [port] = portsOf(service);
  // Ports below 1024 are not everybody's to open.
  const local = port && (port.port < 1024 ? port.port + 8000 : port.port);
  return [
    ...(port ? [hostFix('F21.forward-service', [`kubectl -n ${namespace} port-forward service/${name} ${local}:${port.port}`], { params })] : []),
    ...(store?.kind === 'minikube' ? [hostFix('F21.minikube-service', [`minikube service ${name} -n ${namespace} -p ${store.node} --url`], { params })] : []),
  ];
}
