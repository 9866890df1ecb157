// INI-01 and INI-02: the steps before the app. Helpers (INI-03) need Kubernetes 1.28: shared/diagnosis/init.test.ts.
import { both, podOf } from '../start-pods.ts';
import type { LiveCase } from '../live-case.ts';

const after = (...steps: readonly string[]) => podOf('', { spec: `initContainers: [${steps.join(', ')}]` });
const done = '{name: first, image: "catalogue-ok:1", command: [/bin/true]}';
const shell = (name: string, script: string) => `{name: ${name}, image: "catalogue-ok:1", command: [/bin/sh, -c, "${script}"]}`;

export const cases: readonly LiveCase[] = [
  {
    id: 'INI-01', what: 'a step that ends with an error', on: both, container: 'migrate', params: { step: 2, steps: 2, way: 'crash', final: 'no' },
    manifest: () => after(done, shell('migrate', 'echo no database; exit 1')),
  },
  {
    id: 'INI-01', what: 'a step that is not tried again', container: 'migrate', params: { step: 1, steps: 1, way: 'crash', final: 'yes' },
    manifest: () => podOf('', { spec: `restartPolicy: Never, initContainers: [${shell('migrate', 'exit 1')}]` }),
  },
  {
    id: 'INI-01', what: 'a step without its ConfigMap', inCi: true, container: 'migrate', params: { cause: 'CFG-01', way: 'config' }, fix: 'F20.optional',
    manifest: () => after('{name: migrate, image: "catalogue-ok:1", command: [/bin/true], envFrom: [{configMapRef: {name: settings}}]}'),
  },
  {
    id: 'INI-01', what: 'a step whose program is not there', on: both, container: 'migrate', params: { cause: 'RUN-01', way: 'run' }, fix: 'F20.split-command',
    manifest: () => after('{name: migrate, image: "catalogue-ok:1", command: [/bin/busybox echo migrated]}'),
  },
  {
    id: 'INI-02', what: 'a step that waits for a Service', container: 'wait', params: { step: 1, steps: 1, service: 'db' },
    manifest: () => after(shell('wait', 'until nslookup db; do echo waiting for db; sleep 2; done')),
  },
];
