import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { isLocalCluster, kubeconfigFiles, loadKubeconfig } from './kubeconfig.ts';

const folder = await mkdtemp(join(tmpdir(), 'podlab-kubeconfig-'));
const write = async (name: string, source: string): Promise<string> => {
  const file = join(folder, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, source);
  return file;
};
const listOf = (...files: string[]) => ({ env: { KUBECONFIG: files.join(delimiter) }, home: folder });

const first = await write('one/config', `
apiVersion: v1
kind: Config
clusters:
- name: shared
  cluster: { server: "https://127.0.0.1:6443/", certificate-authority: certs/ca.crt }
- name: mk
  cluster:
    server: https://192.168.49.2:8443
    extensions:
    - { name: cluster_info, extension: { provider: minikube.sigs.k8s.io, version: v1.37.0 } }
users:
- name: admin
  user: { client-certificate: admin.crt, client-key: /abs/admin.key }
contexts:
- { name: here, context: { cluster: shared, user: admin, namespace: team } }
- { name: minikube, context: { cluster: mk, user: admin } }
`);
const second = await write('two/config', `
current-context: far
clusters:
- name: shared
  cluster: { server: https://other.example.com }
- name: remote
  cluster: { server: "https://k8s.example.com/base", insecure-skip-tls-verify: true, proxy-url: "http://proxy:3128", tls-server-name: k8s }
users:
- name: admin
  user: { token: second }
- name: robot
  user:
    tokenFile: token
    as: jane
    as-groups: [a, b]
    exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: ./bin/login, args: [get, 1], env: [{ name: A, value: b }], provideClusterInfo: true }
contexts:
- { name: far, context: { cluster: remote, user: robot } }
- { name: here, context: { cluster: remote, user: robot } }
- { name: lost, context: { cluster: nowhere, user: nobody } }
- { name: 123, context: { cluster: remote, user: robot } }
`);
const third = await write('three/config', 'current-context: here\n');
const broken = await write('broken', 'clusters: [\n  - a: b\n  c');
const missing = join(folder, 'missing');

test('files merge as kubectl merges them', async () => {
  const read = await loadKubeconfig(listOf(first, missing, second, third));
  expect({ ...read, clusters: [...read.clusters.values()], users: [...read.users.values()] }).toEqual({
    files: [first, missing, second, third],
    currentContext: 'far',
    contexts: [
      { name: 'here', cluster: 'shared', server: 'https://127.0.0.1:6443', user: 'admin', namespace: 'team', isLocal: true },
      { name: 'minikube', cluster: 'mk', server: 'https://192.168.49.2:8443', user: 'admin', namespace: 'default', isLocal: true },
      { name: 'far', cluster: 'remote', server: 'https://k8s.example.com/base', user: 'robot', namespace: 'default', isLocal: false },
      { name: 'lost', cluster: 'nowhere', server: '', user: 'nobody', namespace: 'default', isLocal: false },
      { name: '123', cluster: 'remote', server: 'https://k8s.example.com/base', user: 'robot', namespace: 'default', isLocal: false },
    ],
    clusters: [
      { name: 'shared', file: first, server: 'https://127.0.0.1:6443', skipTlsVerify: false, caFile: join(folder, 'one/certs/ca.crt') },
      { name: 'mk', file: first, server: 'https://192.168.49.2:8443', skipTlsVerify: false, provider: 'minikube.sigs.k8s.io' },
      { name: 'remote', file: second, server: 'https://k8s.example.com/base', skipTlsVerify: true, proxyUrl: 'http://proxy:3128', tlsServerName: 'k8s' },
    ],
    users: [
      { name: 'admin', file: first, certFile: join(folder, 'one/admin.crt'), keyFile: '/abs/admin.key' },
      {
        name: 'robot', file: second, tokenFile: join(folder, 'two/token'), impersonate: { user: 'jane', groups: ['a', 'b'], extra: {} },
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1beta1', command: join(folder, 'two/bin/login'), args: ['get', '1'],
          env: [{ name: 'A', value: 'b' }], provideClusterInfo: true,
        },
      },
    ],
  });
});

test('a broken file among several is told and the others are kept', async () => {
  const read = await loadKubeconfig(listOf(broken, second));
  expect(read.contexts.map((context) => context.name)).toEqual(['far', 'here', 'lost', '123']);
  expect(read.problem).toEqual({ code: 'KUBECONFIG_INVALID', params: { file: broken }, cause: 'Block collections are not allowed within flow collections at line 2, column 3' });
});

test.each([
  ['a list of missing files', listOf(missing, `${missing}2`), { code: 'KUBECONFIG_MISSING', params: { files: [missing, `${missing}2`].join(delimiter) } }],
  ['an explicit file that is missing', { file: missing, ...listOf(first) }, { code: 'KUBECONFIG_MISSING', params: { files: missing } }],
  ['no file in the home folder', { env: {}, home: missing }, { code: 'KUBECONFIG_MISSING', params: { files: join(missing, '.kube/config') } }],
  ['a file that is a folder', { file: folder }, { code: 'KUBECONFIG_INVALID', params: { file: folder } }],
  ['a file that is a sentence', { file: await write('sentence', 'just words') }, { code: 'KUBECONFIG_INVALID', params: { file: join(folder, 'sentence') } }],
])('%s', async (_, options, problem) => {
  const { contexts, problem: told } = await loadKubeconfig(options);
  expect({ contexts, problem: told }).toEqual({ contexts: [], problem: { ...problem, cause: expect.stringMatching(/ENOENT|EISDIR|not a mapping/) } });
});

test('an empty file is an empty configuration', async () => {
  const file = await write('empty', '');
  expect(await loadKubeconfig({ file })).toEqual({ files: [file], contexts: [], clusters: new Map(), users: new Map() });
});

test('which files are read', () => {
  expect(kubeconfigFiles({ file: '/a', env: { KUBECONFIG: '/b' }, home: '/h' })).toEqual(['/a']);
  expect(kubeconfigFiles({ env: { KUBECONFIG: ['/b', '', '/c', '/b'].join(delimiter) }, home: '/h' })).toEqual(['/b', '/c']);
  expect(kubeconfigFiles({ env: { KUBECONFIG: '' }, home: '/h' })).toEqual([join('/h', '.kube/config')]);
});

test.each([
  ['https://localhost:6443', true], ['https://LOCALHOST', true], ['https://127.1:6443', true], ['https://127.0.0.2', true], ['https://[::1]:6443', true],
  ['https://0.0.0.0:6443', true], ['https://kubernetes.docker.internal:6443', true], ['https://host.docker.internal', true],
  ['https://127.0.0.1.example.com', false], ['https://10.0.0.1', false], ['https://docker.internal.example.com', false], ['https://192.168.49.2:8443', false],
  ['', false], ['no url', false],
])('local or not: %s', (server, expected) => expect(isLocalCluster({ server })).toBe(expected));

const provider = 'minikube.sigs.k8s.io';
test.each<[what: string, Parameters<typeof isLocalCluster>[0], boolean]>([
  ['minikube in a container', { server: 'https://192.168.49.2:8443', provider }, true],
  ['minikube by a forwarded port', { server: 'https://127.0.0.1:32771', provider }, true],
  ['minikube in a machine: 172.16.0.0/12', { server: 'https://172.31.1.2:8443', provider }, true],
  ['minikube in a machine: 10.0.0.0/8', { server: 'https://10.0.2.15:8443', provider }, true],
  ['minikube with IPv6', { server: 'https://[fd00::2]:8443', provider }, true],
  ['minikube on a rented server (its ssh driver)', { server: 'https://203.0.113.7:8443', provider }, false],
  ['just beside 172.16.0.0/12', { server: 'https://172.32.0.1:8443', provider }, false],
  ['a name says nothing of its address', { server: 'https://10.example.com:8443', provider }, false],
  ['a private address alone', { server: 'https://192.168.49.2:8443' }, false],
  ['a tunnel to a server of another name', { server: 'https://127.0.0.1:6443', tlsServerName: 'prod.example.com' }, false],
  ['through a proxy', { server: 'https://localhost:6443', proxyUrl: 'socks5://localhost:1080' }, false],
  ['minikube\'s entry through a proxy', { server: 'https://192.168.49.2:8443', provider, proxyUrl: 'http://proxy:3128' }, false],
])('local or not: %s', (_, cluster, expected) => expect(isLocalCluster(cluster)).toBe(expected));
