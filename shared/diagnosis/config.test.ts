import { expect, test } from 'vitest';
import type { Fix } from '../contract/findings.ts';
import { nearKey } from './config-key.ts';
import { wantedKeys } from './config-uses.ts';
import { diagnose } from './diagnose.ts';
import { configObject, startPod, startWorld, waits } from './sample-start.ts';
import type { Started } from './sample-start.ts';
import type { World } from './world.ts';

const refused = (message: string, container: NonNullable<Started['container']> = {}, rest: Partial<World> = {}, started: Started = {}): World =>
  startWorld({ container, status: waits('CreateContainerConfigError', message), ...started }, rest);
const fromMap = { env: [{ name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } }] };
const fromSecret = { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } }] };
const noMap = 'configmap "settings" not found';
const noKey = 'couldn\'t find key color in ConfigMap shop/settings';
const root = 'container has runAsNonRoot and image will run as root (pod: "p_shop(u1)", container: app)';
const named = 'container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root (pod: "p_shop(u1)", container: app)';
const rootSet = 'container\'s runAsUser breaks non-root policy (pod: "p_shop(u1)", container: app)';

const word = (fix: Fix) => `${fix.recommended ? '* ' : ''}${'key' in fix ? fix.key : fix.action} ${fix.danger}`;
const brief = (world: World) => diagnose(world).map((f) => [f.id, f.severity, f.confidence, f.message.key.split('.').at(-1), f.explanation?.key.split('.').at(-1), ...f.fixes.map(word)]);
const optional = 'F20.optional y';

const cases: Readonly<Record<string, readonly [World, unknown[]]>> = {
  'no ConfigMap, as the cluster says too': [refused(noMap, fromMap, { related: { 'ConfigMap/settings': 'missing' } }),
    ['CFG-01', 'error', 'proven', 'sentence', 'explanation', '* F10.create-configmap g', optional]],
  'no ConfigMap; nobody has looked': [refused(noMap, fromMap), ['CFG-01', 'error', 'strong', 'sentence', 'explanation', '* F10.create-configmap g', optional]],
  'no ConfigMap here, one elsewhere': [refused(noMap, { envFrom: [{ configMapRef: { name: 'settings' } }] }, { related: { 'ConfigMap/settings': 'missing' }, elsewhere: { 'ConfigMap/settings': ['default', 'dev'] } }),
    ['CFG-01', 'error', 'proven', 'sentence', 'explanation-elsewhere', '* F10.create-configmap g', optional]],
  'the ConfigMap has come': [refused(noMap, fromMap, { related: configObject('ConfigMap', 'settings', { color: 'red' }) }),
    ['CFG-01', 'warning', 'proven', 'sentence-arrived', 'explanation-arrived', '* recreate y']],
  'no ConfigMap, of an owner that nobody could read': [refused(noMap, fromMap, { owners: 'unknown' }, { metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true }] } }),
    ['CFG-01', 'error', 'strong', 'sentence', 'explanation', '* F10.create-configmap g']],
  'no Secret': [refused('secret "login" not found', fromSecret, { related: { 'Secret/login': 'missing' } }),
    ['CFG-02', 'error', 'proven', 'sentence', 'explanation', '* F10.create-secret g', optional]],
  'no such key, one that is almost the same': [refused(noKey, fromMap, { related: configObject('ConfigMap', 'settings', { COLOUR: 'red' }) }),
    ['CFG-03', 'error', 'proven', 'sentence', 'explanation-near', '* F20.use-key y', 'F10.add-key g', optional]],
  'no such key, and none like it': [refused(noKey, fromMap, { related: configObject('ConfigMap', 'settings', { size: '1' }) }),
    ['CFG-03', 'error', 'proven', 'sentence', 'explanation', '* F10.add-key g', optional]],
  'no such key; nobody has looked': [refused(noKey, fromMap), ['CFG-03', 'error', 'strong', 'sentence-unread', 'explanation', optional]],
  'no such key in what may not be changed': [refused(noKey, fromMap, { related: configObject('ConfigMap', 'settings', { size: '1' }, { immutable: true }) }),
    ['CFG-03', 'error', 'proven', 'sentence', 'explanation', optional]],
  'the key has come': [refused(noKey, fromMap, { related: configObject('ConfigMap', 'settings', { color: 'red' }) }),
    ['CFG-03', 'warning', 'proven', 'sentence-arrived', 'explanation-arrived', '* recreate y']],
  'no such key in a Secret': [refused('couldn\'t find key password in Secret shop/login', fromSecret, { related: configObject('Secret', 'login', { user: '' }) }),
    ['CFG-03', 'error', 'proven', 'sentence', 'explanation', '* F10.add-secret-key g', optional]],
  'root is forbidden, the image runs as root': [refused(root, { securityContext: { runAsNonRoot: true } }), ['CFG-04', 'error', 'strong', 'sentence', 'explanation', '* F20.run-as-user y']],
  'root is forbidden, the image names its user': [refused(named), ['CFG-04', 'error', 'strong', 'sentence-named', 'explanation-named', '* F20.run-as-user y']],
  'root is forbidden and set': [refused(rootSet), ['CFG-04', 'error', 'strong', 'sentence-set', 'explanation-set', '* F20.run-as-user y']],
  'a variable in a path that the container does not have': [refused('missing value for NOPE', { volumeMounts: [{ name: 'v', mountPath: '/v' }, { name: 'v', mountPath: '/w', subPathExpr: '$(NOPE)/x' }] }),
    ['CFG-05', 'error', 'strong', 'sentence-variable', 'explanation-variable', '* F20.write-sub-path y']],
  'a path that leaves the volume': [refused('unable to provision SubPath `../x`: must not contain \'..\'', { volumeMounts: [{ name: 'v', mountPath: '/v', subPathExpr: '$(P)' }] }),
    ['CFG-05', 'error', 'strong', 'sentence-sub-path', 'explanation-sub-path', '* F20.write-sub-path y']],
  'an absolute path in a volume': [refused('error SubPath `/abs` must not be an absolute path'), ['CFG-05', 'error', 'strong', 'sentence-sub-path', 'explanation-sub-path']],
  'a part of the volume that cannot be made': [refused('failed to prepare subPath for volumeMount "v" of container "app"'), ['CFG-05', 'error', 'strong', 'sentence-sub-path-failed', 'explanation-sub-path-failed']],
  'the node is not ready to say': [refused('services have not yet been read at least once, cannot construct envvars'), ['CFG-05', 'warning', 'strong', 'sentence-soon', 'explanation-soon']],
  'what nobody knows': [refused('the moon is in the wrong place'), ['CFG-05', 'error', 'proven', 'sentence', 'explanation']],
  'words that only resemble': [refused('configmap "a" not found in the cache'), ['CFG-05', 'error', 'proven', 'sentence', 'explanation']],
};

test.each(Object.entries(cases))('%s', (_name, [world, expected]) => {
  expect(brief(world)).toEqual([expected]);
});

test('the same words for another reason are another family\'s', () => {
  expect(brief(startWorld({ container: fromMap, status: waits('ContainerCreating', noMap) })).filter(([id]) => String(id).startsWith('CFG'))).toEqual([]);
});

test('a new object has every key that the pod asks for, of every container and volume', () => {
  const pod = startPod({
    container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }, { name: 'O', valueFrom: { configMapKeyRef: { name: 'other', key: 'o' } } }] },
    spec: {
      nodeName: 'node-1', containers: [{ name: 'app', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }, { name: 'b', env: [{ name: 'B', valueFrom: { configMapKeyRef: { name: 'settings', key: 'b' } } }] }],
      volumes: [{ name: 'v', configMap: { name: 'settings', items: [{ key: 'c', path: 'c' }] } }, { name: 'w', projected: { sources: [{ configMap: { name: 'settings', items: [{ key: 'd', path: 'd' }] } }] } }],
    },
  });
  expect(wantedKeys(pod, 'ConfigMap', 'settings')).toEqual(['a', 'b', 'c', 'd']);
  const [finding] = diagnose({ ...refused(noMap), pod: { ...pod, status: startPod({ status: waits('CreateContainerConfigError', noMap) }).status! } });
  expect(finding?.fixes).toMatchObject([
    { key: 'F10.create-configmap', manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' }, data: { a: '', b: '', c: '', d: '' } } },
    { parts: [{ on: 'pod', edits: [
      { path: ['spec', 'containers', { name: 'app' }, 'env', { name: 'A' }, 'valueFrom', 'configMapKeyRef', 'optional'], value: true },
      { path: ['spec', 'containers', { name: 'b' }, 'env', { name: 'B' }, 'valueFrom', 'configMapKeyRef', 'optional'], value: true },
    ] }] },
  ]);
});

test('a key is added to a ConfigMap beside all that it has, to a Secret by a line that names only the key', () => {
  const [map] = diagnose(refused(noKey, fromMap, { related: configObject('ConfigMap', 'settings', { size: '1' }) }));
  expect(map?.fixes[0]).toMatchObject({ manifest: { data: { size: '1', color: '' } } });
  const [secret] = diagnose(refused('couldn\'t find key password in Secret shop/login', fromSecret, { related: configObject('Secret', 'login', { user: '' }) }));
  expect(secret?.fixes[0]).toMatchObject({ lines: ['kubectl -n shop patch secret login --type merge -p \'{"stringData":{"password":"THE-VALUE"}}\''] });
});

test.each([['color', ['COLOUR'], 'COLOUR'], ['db-host', ['DB_HOST', 'DB_PORT'], 'DB_HOST'], ['port', ['host'], undefined], ['user', ['password'], undefined], ['a', [], undefined]])(
  'the key %s was meant to be', (wanted, keys, expected) => {
    expect(nearKey(wanted, keys)).toBe(expected);
  });

test('fields of another shape count as absent', () => {
  const odd = { env: 'x', envFrom: [null, 7, { configMapRef: 'y' }], volumeMounts: {}, securityContext: 3 } as unknown as NonNullable<Started['container']>;
  for (const message of [noMap, noKey, root, 'missing value for X', '']) {
    expect(diagnose(refused(message, odd, {}, { spec: { nodeName: 'node-1', containers: [{ name: 'app', ...odd }], volumes: 'v' as never } }))).toHaveLength(1);
  }
});
