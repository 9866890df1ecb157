// CFG: what the container is to get cannot be put together. The kubelet says so, in the same words with every runtime.
import { both, podOf } from '../start-pods.ts';
import type { LiveCase } from '../live-case.ts';

const settings = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {COLOUR: red, SIZE: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: secret}
---
`;

const volume = 'volumes: [{name: v, emptyDir: {}}]';
const fromMap = (name: string, key: string) => `{name: ${name}, valueFrom: {configMapKeyRef: {name: settings, key: ${key}}}}`;

export const cases: readonly LiveCase[] = [
  {
    id: 'CFG-01', what: 'a ConfigMap that is nowhere', on: both, inCi: 'all', container: 'app', fix: 'F20.optional',
    params: { name: 'settings', keys: 'color, size', count: 2 },
    manifest: () => podOf(`env: [${fromMap('C', 'color')}, ${fromMap('S', 'size')}]`),
  },
  {
    id: 'CFG-01', what: 'all keys, in a Deployment', pod: 'web-', params: { name: 'settings' }, fix: 'F20.optional',
    manifest: () => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: app, image: "catalogue-ok:1", envFrom: [{configMapRef: {name: settings}}]}]
`,
  },
  {
    id: 'CFG-02', what: 'a Secret that is nowhere', params: { name: 'login', keys: 'password' }, fix: 'F20.optional',
    manifest: () => podOf('env: [{name: P, valueFrom: {secretKeyRef: {name: login, key: password}}}]'),
  },
  {
    id: 'CFG-03', what: 'a key that is spelt otherwise', fix: 'F20.use-key',
    params: { kind: 'ConfigMap', name: 'settings', key: 'COLOR', keys: 'COLOUR, SIZE', near: 'COLOUR' },
    manifest: () => settings + podOf(`env: [${fromMap('C', 'COLOR')}]`),
  },
  {
    id: 'CFG-03', what: 'a key of a Secret', params: { kind: 'Secret', name: 'login', key: 'PASSWRD', near: 'password' }, fix: 'F20.use-key',
    manifest: () => settings + podOf('env: [{name: P, valueFrom: {secretKeyRef: {name: login, key: PASSWRD}}}]'),
  },
  {
    id: 'CFG-04', what: 'an image that runs as root', on: both, params: { image: 'catalogue-ok:1' }, fix: 'F20.run-as-user',
    manifest: () => podOf('securityContext: {runAsNonRoot: true}'),
  },
  {
    id: 'CFG-04', what: 'an image whose user has a name', sentence: 'sentence-named', params: { user: 'web' }, fix: 'F20.run-as-user',
    manifest: () => podOf('securityContext: {runAsNonRoot: true}', { image: 'catalogue-named:1' }),
  },
  {
    id: 'CFG-04', what: 'root, asked for and forbidden', sentence: 'sentence-set', fix: 'F20.run-as-user',
    manifest: () => podOf('image: "catalogue-ok:1"', { spec: 'securityContext: {runAsNonRoot: true, runAsUser: 0}' }),
  },
  // The kubelet's whole text is `missing value for NOPE`.
  {
    id: 'CFG-05', what: 'a path with a variable that is not there', sentence: 'sentence-variable', params: { value: 'NOPE' },
    manifest: () => podOf('volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(NOPE)/x}]', { spec: volume }),
  },
  {
    id: 'CFG-05', what: 'a path that leaves the volume', sentence: 'sentence-sub-path', params: { value: '../x' },
    manifest: () => podOf('env: [{name: P, value: ../x}], volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(P)}]', { spec: volume }),
  },
];
