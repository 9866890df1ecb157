// SVC: the pod runs, and cannot be reached. SVC-02 is told of the Service itself; the clusters here have no node ports of a node in a box that
// differ by platform, so that part of SVC-08 is a fixture.
import { stringify } from 'yaml';
import { kubectl } from '../../fixtures/command-line.ts';
import type { Here, LiveCase } from '../live-case.ts';

const both: readonly Here['context'][] = ['docker-desktop', 'kind-kind'];

const pod = (container: Record<string, unknown> = {}, labels: Record<string, string> = { app: 'web' }) => stringify({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'catalogue-ok:1', ports: [{ containerPort: 8080 }], ...container }] },
});
const service = (spec: Record<string, unknown> = {}) => stringify({
  apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});
const with_ = (...documents: readonly string[]) => () => documents.join('---\n');

/** A Service of a name that nobody else has, in the namespace `default`. Its name. */
const elsewhere: NonNullable<LiveCase['prepare']> = async ({ context, namespace }, opened) => {
  opened.defer(async () => void (await kubectl(context, '-n', 'default', 'delete', 'service', namespace, '--ignore-not-found')));
  await kubectl(context, '-n', 'default', 'create', 'service', 'clusterip', namespace, '--tcp=80:80');
  return namespace;
};

export const cases: readonly LiveCase[] = [
  { id: 'SVC-01', what: 'a misspelt label', on: both, inCi: true, manifest: with_(pod({}, { app: 'wbe' }), service()), params: { wanted: 'app=web', has: 'app=wbe' }, fix: 'F15.selector' },
  { id: 'SVC-01', what: 'a misspelt key', manifest: with_(pod({}, { ap: 'web' }), service()), params: { has: 'ap=web' }, fix: 'F15.selector' },
  { id: 'SVC-03', what: 'a port of another name', on: both, manifest: with_(pod({ ports: [{ containerPort: 8080, name: 'http' }] }), service({ ports: [{ port: 80, targetPort: 'web' }] })), params: { target: 'web', names: 'http' }, fix: 'F15.target-port' },
  { id: 'SVC-03', what: 'a port without a name', manifest: with_(pod(), service({ ports: [{ port: 80, targetPort: 'web' }] })), params: { names: 'none' }, fix: 'F20.name-port' },
  { id: 'SVC-04', what: 'another port', on: both, manifest: with_(pod(), service({ ports: [{ port: 80 }] })), params: { number: 80, listens: '8080' }, fix: 'F15.target-port' },
  { id: 'SVC-04', what: 'nothing listens', manifest: with_(pod({ command: ['sh', '-c', 'exec sleep 3600'] }), service()), sentence: 'sentence-nothing' },
  { id: 'SVC-05', what: 'only for the pod itself', on: both, manifest: with_(pod({ command: ['httpd', '-f', '-p', '127.0.0.1:8080'] }), service()), params: { number: 8080, service: 'web' }, fix: 'F20.listen-everywhere' },
  { id: 'SVC-05', what: 'without a Service', manifest: with_(pod({ command: ['httpd', '-f'], args: ['-p', '127.0.0.1:8080'] })), params: { service: 'none' }, fix: 'F20.listen-everywhere' },
  { id: 'SVC-07', what: 'a port that is not declared', manifest: with_(pod({ ports: [] }), service()), params: { number: 8080 }, fix: 'F20.declare-port' },
  // There is no DNS server on these clusters, so that the right name is not found either: that the finding goes is proven by the changed argument in the fixture.
  { id: 'SVC-09', what: 'a misspelt name of a Service', on: both, manifest: with_(pod({ command: ['sh', '-c', 'wget -O- http://wbe:80/'], ports: [] }, { app: 'caller' }), service()), params: { host: 'wbe', right: 'web', how: 'near' } },
  { id: 'SVC-09', what: 'a Service of another namespace', companion: true, prepare: elsewhere, manifest: ({ given }) => pod({ command: ['sh', '-c', `wget -O- http://${given}:80/`], ports: [] }), params: { how: 'elsewhere' } },
  { id: 'SVC-08', what: 'a load balancer that nobody has', on: both, manifest: with_(pod(), service({ type: 'LoadBalancer' })), params: { service: 'web' }, fix: 'F15.cluster-ip' },
];
