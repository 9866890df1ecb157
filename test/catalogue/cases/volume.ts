// VOL and SBX: the pod is on its node and does not start.
import { docker, kubectl, kubectlInput, nodeContainer } from '../../fixtures/command-line.ts';
import { rm } from 'node:fs/promises';
import type { LiveCase } from '../live-case.ts';
import { both, podOf } from '../start-pods.ts';

const mounted = 'volumeMounts: [{name: v, mountPath: /v}]';
const from = (source: string) => ({ spec: `volumes: [{name: v, ${source}}]` });

export const cases: readonly LiveCase[] = [
  {
    id: 'VOL-01', what: 'a ConfigMap that is nowhere', on: both, inCi: true, params: { volume: 'v', kind: 'ConfigMap', name: 'settings' },
    manifest: () => podOf(mounted, from('configMap: {name: settings}')),
  },
  { id: 'VOL-01', what: 'a Secret that is nowhere', params: { kind: 'Secret', name: 'login' }, manifest: () => podOf(mounted, from('secret: {secretName: login}')) },
  {
    id: 'VOL-01', what: 'a key that is spelt otherwise', sentence: 'sentence-key', params: { name: 'settings', key: 'app_yml', keys: 'app.yml' }, fix: 'F20.use-key',
    manifest: () => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {app.yml: "1"}\n---\n${podOf(mounted, from('configMap: {name: settings, items: [{key: app_yml, path: app.yml}]}'))}`,
  },
  {
    id: 'VOL-02', what: 'a folder that the node does not have', on: both, params: { type: 'Directory', what: 'directory' }, fix: 'F20.host-path-type',
    prepare: async ({ context, namespace }, opened) => {
      const path = `/var/tmp/podlab-${namespace}`;
      const node = nodeContainer[context];
      opened.defer(async () => (node === undefined ? rm(path, { recursive: true, force: true }) : void (await docker('exec', node, 'rm', '-rf', path))));
      return Promise.resolve(path);
    },
    manifest: ({ given }) => podOf(mounted, from(`hostPath: {path: ${given}, type: Directory}`)),
  },
  {
    id: 'VOL-03', what: 'a kind of disk that the node cannot mount', sentence: 'sentence-failed', params: { volume: 'v' },
    manifest: () => podOf(mounted, from('nfs: {server: 127.0.0.1, path: /x}')),
  },
  {
    id: 'SBX-03', what: 'one mebibyte of memory', on: both, inCi: true, params: { limit: '1Mi', next: '64Mi', milli: 'no' }, fix: 'F11.memory-limit',
    manifest: () => podOf('resources: {limits: {memory: 1Mi}}'),
  },
  {
    id: 'SBX-03', what: 'thousandths of bytes', params: { limit: '64m', next: '64Mi', milli: 'yes' }, fix: 'F11.memory-limit',
    manifest: () => podOf('resources: {limits: {memory: 64m}}'),
  },
  {
    id: 'SBX-01', what: 'a runtime that the node does not have', on: both, sentence: 'sentence-runtime', params: { handler: 'nope' }, fix: 'F20.drop-runtime-class',
    prepare: async ({ context, namespace }, opened) => {
      opened.defer(async () => void (await kubectl(context, 'delete', 'runtimeclass', namespace, '--ignore-not-found')));
      await kubectlInput(context, `apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: ${namespace}}\nhandler: nope\n`, 'create', '-f', '-');
      return namespace;
    },
    manifest: ({ given }) => podOf('', { spec: `runtimeClassName: ${given}` }),
  },
];
