// The three kinds of patches. Results and errors of the first four tables are a real 1.20.2 API server's.
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../objects.ts';
import { openSchema } from '../open-schema.ts';
import type { FieldValidation } from '../read-object.ts';
import { patchObject, type PatchKind } from './patch-object.ts';

const schemas = { 20: openSchema(20), 34: openSchema(34) };
const kinds = {
  ConfigMap: { group: '', version: 'v1', kind: 'ConfigMap', type: 'ConfigMap' },
  Pod: { group: '', version: 'v1', kind: 'Pod', type: 'Pod' },
  ServiceAccount: { group: '', version: 'v1', kind: 'ServiceAccount', type: 'ServiceAccount' },
};

function patch(kind: PatchKind, current: KubeObject, text: string, minor: 20 | 34 = 20, validation?: FieldValidation) {
  const expected = { schema: schemas[minor], kind: kinds[current.kind as keyof typeof kinds], known: (_: string, name: string) => name === 'Pod' };
  return patchObject(kind, Buffer.from(text), current, expected, validation);
}

/** Code, reason and message, or what came out. */
function outcome<T>(call: () => T): unknown {
  try {
    return call();
  } catch (error) {
    const { code, reason = '-', message } = (error as { status: { code: number; reason?: string; message: string } }).status;
    return `${code} ${reason} ${message}`;
  }
}

const configMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'p', labels: { a: '1', b: '2' }, finalizers: ['x.io/a', 'x.io/b'] },
  data: { k: 'v', k2: 'v2' },
};
const rejected = '422 Invalid the server rejected our request due to an error in our request';
const patchConfigMap = (kind: PatchKind, text: string) =>
  outcome(() => {
    const { metadata, data } = patch(kind, configMap, text).object;
    return { labels: metadata.labels, annotations: metadata.annotations, finalizers: metadata.finalizers, data };
  });
const all = { labels: { a: '1', b: '2' }, annotations: undefined, finalizers: ['x.io/a', 'x.io/b'], data: { k: 'v', k2: 'v2' } };

describe('JSON patch', () => {
  it.each<[string, unknown]>([
    ['x', "400 BadRequest invalid character 'x' looking for beginning of value"],
    ['', '400 BadRequest unexpected end of JSON input'],
    ['{}', '400 BadRequest json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    ['"a"', '400 BadRequest json: cannot unmarshal string into Go value of type jsonpatch.Patch'],
    ['null', all],
    ['[]', all],
    ['[{"op":"foo","path":"/data/k"}]', rejected],
    ['[{"op":5,"path":"/data/k"}]', rejected],
    ['[{"path":"/data/x","value":"1"}]', rejected],
    ['[{"op":"add","value":"1"}]', rejected],
    ['[{"op":"remove","path":"/data/nope"}]', rejected],
    ['[{"op":"remove","path":"/nope/x"}]', rejected],
    ['[{"op":"remove","path":""}]', rejected],
    ['[{"op":"replace","path":"","value":{}}]', rejected],
    ['[{"op":"replace","path":"/data/nope","value":"x"}]', { ...all, data: { k: 'v', k2: 'v2', nope: 'x' } }],
    ['[{"op":"replace","path":"/data/k","value":"x"}]', { ...all, data: { k: 'x', k2: 'v2' } }],
    ['[{"op":"add","path":"/metadata/finalizers/-","value":"x.io/c"}]', { ...all, finalizers: ['x.io/a', 'x.io/b', 'x.io/c'] }],
    ['[{"op":"add","path":"/metadata/finalizers/0","value":"x.io/c"}]', { ...all, finalizers: ['x.io/c', 'x.io/a', 'x.io/b'] }],
    ['[{"op":"add","path":"/metadata/finalizers/2","value":"x.io/c"}]', { ...all, finalizers: ['x.io/a', 'x.io/b', 'x.io/c'] }],
    ['[{"op":"add","path":"/metadata/finalizers/-1","value":"x.io/c"}]', { ...all, finalizers: ['x.io/a', 'x.io/b', 'x.io/c'] }],
    ['[{"op":"add","path":"/metadata/finalizers/9","value":"x.io/c"}]', rejected],
    ['[{"op":"add","path":"/metadata/finalizers/x","value":"x.io/c"}]', rejected],
    ['[{"op":"remove","path":"/metadata/finalizers/-1"}]', { ...all, finalizers: ['x.io/a'] }],
    ['[{"op":"remove","path":"/metadata/finalizers/7"}]', rejected],
    ['[{"op":"test","path":"/data/k","value":"nope"}]', rejected],
    ['[{"op":"test","path":"/data/k","value":"v"},{"op":"replace","path":"/data/k","value":"w"}]', { ...all, data: { k: 'w', k2: 'v2' } }],
    ['[{"op":"test","path":"/data/nope","value":"v"}]', rejected],
    ['[{"op":"test","path":"/data/nope","value":null}]', all],
    ['[{"op":"move","from":"/data/k","path":"/data/z"}]', { ...all, data: { k2: 'v2', z: 'v' } }],
    ['[{"op":"move","from":"/data/nope","path":"/data/z"}]', rejected],
    ['[{"op":"move","from":"/data","path":"/data/x"}]', rejected],
    ['[{"op":"copy","from":"/data/k","path":"/data/z"}]', { ...all, data: { k: 'v', k2: 'v2', z: 'v' } }],
    ['[{"op":"copy","from":"/data/nope","path":"/data/z"}]', { ...all, data: { k: 'v', k2: 'v2', z: '' } }],
    ['[{"op":"add","path":"/data/x"}]', { ...all, data: { k: 'v', k2: 'v2', x: '' } }],
    ['[{"op":"add","path":"data/x","value":"1"}]', all],
    ['[{"op":"add","path":"/foo","value":"1"}]', all],
    ['[{"op":"add","path":"/metadata/labels/a~1b","value":"x"}]', { ...all, labels: { a: '1', b: '2', 'a/b': 'x' } }],
    ['[{"op":"add","path":"/metadata/annotations/x","value":"1"}]', rejected],
    ['[{"op":"replace","path":"/metadata/annotations","value":{"x":"1"}}]', { ...all, annotations: { x: '1' } }],
  ])('%s', (text, expected) => {
    expect(patchConfigMap('json', text)).toEqual(expected);
  });
  it('has at most 10 000 operations, and copies no more than it may', () => {
    const doubling = `[${Array.from({ length: 60 }, (_, index) => `{"op":"copy","from":"/data","path":"/data/${index}"}`).join(',')}]`;
    expect(patchConfigMap('json', doubling)).toBe(rejected);
    const many = `[${Array.from({ length: 10_001 }, () => '{"op":"test","path":"/data/k","value":"v"}').join(',')}]`;
    expect(patchConfigMap('json', many)).toMatch(/^413 .*maximum operations in a JSON patch is 10000, got 10001/);
  });
  it('leaves the object it is given as it was', () => {
    patch('json', configMap, '[{"op":"remove","path":"/data/k"},{"op":"add","path":"/metadata/labels/c","value":"3"}]');
    expect(configMap).toMatchObject({ data: { k: 'v' }, metadata: { labels: { a: '1', b: '2' } } });
  });
});

describe('merge patch', () => {
  it.each<[string, unknown]>([
    ['x', '500 - Invalid JSON Patch'],
    ['', '500 - Invalid JSON Patch'],
    ['null', '500 - Invalid JSON Patch'],
    ['5', '500 - Invalid JSON Patch'],
    [
      '[]',
      '422 Invalid  "" is invalid: patch: Invalid value: "[]": couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    ],
    ['{}', all],
    ['{"data":{"k":null,"n":"x"}}', { ...all, data: { k2: 'v2', n: 'x' } }],
    ['{"data":null}', { ...all, data: undefined }],
    ['{"metadata":{"finalizers":["z.io/z"]}}', { ...all, finalizers: ['z.io/z'] }],
    ['{"metadata":{"labels":{"a":null,"q":null}}}', { ...all, labels: { b: '2' } }],
    ['{"kind":null}', all],
    ['{"foo":1}', all],
    ['{"metadata":{"annotations":{"x":null,"y":"1"}}}', { ...all, annotations: { y: '1' } }],
  ])('%s', (text, expected) => {
    expect(patchConfigMap('merge', text)).toEqual(expected);
  });
  it('shows the whole object where it is none of its kind any more', () => {
    expect(patchConfigMap('merge', '{"kind":"Pod"}')).toMatch(
      /^422 Invalid {2}"" is invalid: patch: Invalid value: "\{\\"apiVersion\\":\\"v1\\",\\"kind\\":\\"Pod\\",.*\}": converting \(v1\.Pod\) to \(core\.ConfigMap\): unknown conversion$/,
    );
  });
});

describe('strategic merge patch', () => {
  it.each<[string, unknown]>([
    ['x', "400 BadRequest invalid character 'x' looking for beginning of value"],
    ['', '400 BadRequest EOF'],
    ['[]', '400 BadRequest json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['null', all],
    ['{"data":{"k":null,"n":"x"}}', { ...all, data: { k2: 'v2', n: 'x' } }],
    ['{"data":null}', { ...all, data: undefined }],
    ['{"metadata":{"finalizers":["z.io/z","x.io/a"]}}', { ...all, finalizers: ['z.io/z', 'x.io/a', 'x.io/b'] }],
    ['{"metadata":{"finalizers":[]}}', all],
    ['{"metadata":{"finalizers":null}}', { ...all, finalizers: undefined }],
    ['{"metadata":{"$deleteFromPrimitiveList/finalizers":["x.io/a"]}}', { ...all, finalizers: ['x.io/b'] }],
    ['{"metadata":{"$deleteFromPrimitiveList/finalizers":["x.io/a","nope"],"finalizers":["x.io/c"]}}', { ...all, finalizers: ['x.io/c', 'x.io/b'] }],
    ['{"metadata":{"$deleteFromPrimitiveList/nope":["x"]}}', all],
    [
      '{"metadata":{"$deleteFromPrimitiveList/finalizers":"x"}}',
      '422 Invalid  "" is invalid: patch: Invalid value: "map[metadata:map[$deleteFromPrimitiveList/finalizers:x]]": cannot restore slice from string',
    ],
    [
      '{"metadata":{"$setElementOrder/finalizers":["x.io/b","x.io/c","x.io/a"],"finalizers":["x.io/c"]}}',
      { ...all, finalizers: ['x.io/b', 'x.io/c', 'x.io/a'] },
    ],
    ['{"metadata":{"$setElementOrder/finalizers":["x.io/b","x.io/a"]}}', { ...all, finalizers: ['x.io/b', 'x.io/a'] }],
    ['{"metadata":{"$setElementOrder/finalizers":["x.io/b"]}}', all],
    [
      '{"metadata":{"$setElementOrder/finalizers":["x.io/b"],"finalizers":["x.io/c"]}}',
      "500 - The order in patch list:\n[x.io/c]\n doesn't match $setElementOrder list:\n[x.io/b]\n",
    ],
    ['{"metadata":{"$setElementOrder/finalizers":"x"}}', '500 - expected a []interface {}, but received a string'],
    ['{"metadata":{"finalizers":[5]}}', '500 - list element types are not identical: [[x.io/a x.io/b] [5]]'],
    ['{"data":{"$patch":"replace","only":"1"}}', { ...all, data: { only: '1' } }],
    ['{"data":{"$patch":"delete","x":"1"}}', { ...all, data: undefined }],
    ['{"data":{"$patch":"merge","x":"1"}}', '500 - unknown patch type: merge in map: map[$patch:merge x:1]'],
    ['{"data":{"$patch":5}}', '500 - unknown patch type: %!s(int64=5) in map: map[$patch:5]'],
    ['{"$patch":"replace","metadata":{"name":"p"}}', { labels: undefined, annotations: undefined, finalizers: undefined, data: undefined }],
    ['{"data":{"$retainKeys":["k"],"k":"z"}}', { ...all, data: { k: 'z' } }],
    ['{"data":{"$retainKeys":["k"],"z":"z"}}', '400 BadRequest invalid patch format of retainKeys'],
    ['{"data":{"$retainKeys":"k"}}', '400 BadRequest invalid patch format of retainKeys'],
    ['{"metadata":{"annotations":{"a":null,"b":"1"}}}', { ...all, annotations: { a: '', b: '1' } }],
    ['{"data":{"k":5}}', '422 Invalid  "" is invalid: patch: Invalid value: "map[data:map[k:5]]": cannot convert int64 to string'],
    ['{"data":[]}', '422 Invalid  "" is invalid: patch: Invalid value: "map[data:[]]": cannot restore map from slice'],
    ['{"metadata":"x"}', '422 Invalid  "" is invalid: patch: Invalid value: "map[metadata:x]": cannot restore struct from: string'],
    ['{"metadata":{"finalizers":"x"}}', '422 Invalid  "" is invalid: patch: Invalid value: "map[metadata:map[finalizers:x]]": cannot restore slice from string'],
  ])('%s', (text, expected) => {
    expect(patchConfigMap('strategic', text)).toEqual(expected);
  });
});

describe('strategic merge patch of a pod', () => {
  const a = {
    name: 'a',
    image: 'one',
    args: ['x', 'y'],
    ports: [
      { containerPort: 80, protocol: 'TCP' },
      { containerPort: 81, name: 'n', protocol: 'TCP' },
    ],
    env: [
      { name: 'X', value: '1' },
      { name: 'Y', value: '2' },
    ],
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
  };
  const b = { name: 'b', image: 'two' };
  const spec = {
    containers: [a, b],
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'w', configMap: { name: 'c', defaultMode: 420 } },
    ],
    tolerations: [{ key: 'k', operator: 'Exists' }],
    nodeSelector: { n: '1' },
    hostAliases: [{ ip: '1.1.1.1', hostnames: ['h'] }],
  };
  const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
  const patchPod = (text: string, minor: 20 | 34 = 20) => outcome(() => patch('strategic', pod, `{"spec":${text}}`, minor).object['spec']);
  const c = { name: 'c', image: 'three' };

  it.each<[string, unknown]>([
    ['{"containers":[{"name":"a","image":"new"}]}', { containers: [{ ...a, image: 'new' }, b] }],
    ['{"containers":[{"name":"c","image":"three"}]}', { containers: [c, a, b] }],
    ['{"containers":[{"name":"a","$patch":"delete"}]}', { containers: [b] }],
    ['{"containers":[{"$patch":"replace"},{"name":"c","image":"three"}]}', { containers: [c] }],
    ['{"containers":[{"name":"c","image":"three"},{"$patch":"replace"}]}', { containers: [c] }],
    ['{"containers":[{"image":"x"}]}', '500 - map: map[image:x] does not contain declared merge key: name'],
    ['{"containers":[{"$patch":"delete"}]}', '500 - map: map[$patch:delete] does not contain declared merge key: name'],
    ['{"containers":[{"$patch":"merge"},{"name":"a","image":"q"}]}', '500 - merging lists cannot yet be specified in the patch'],
    ['{"containers":[{"name":"a","$patch":"foo"}]}', '500 - unknown patch type: foo in map: map[$patch:foo name:a]'],
    ['{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}', { containers: [b, a] }],
    [
      '{"$setElementOrder/containers":[{"name":"b"},{"name":"c"},{"name":"a"}],"containers":[{"name":"c","image":"three"}]}',
      { containers: [b, c, a] },
    ],
    ['{"$setElementOrder/containers":[{"name":"b"}]}', {}],
    ['{"$setElementOrder/containers":[{"name":"c"},{"name":"a"}],"containers":[{"name":"c","image":"three"}]}', { containers: [c, a, b] }],
    ['{"$setElementOrder/containers":[{"name":"b"}],"containers":[{"name":"a","$patch":"delete"}]}', { containers: [b] }],
    [
      '{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"c","image":"three"}]}',
      "500 - The order in patch list:\n[map[image:three name:c]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ],
    ['{"$setElementOrder/containers":["b"],"containers":[{"name":"a"}]}', '500 - expected a map[string]interface {}, but received a string'],
    [
      '{"containers":[{"name":"a","env":[{"name":"Y","value":"9"},{"name":"Z","value":"3"}]}]}',
      { containers: [{ ...a, env: [{ name: 'X', value: '1' }, { name: 'Y', value: '9' }, { name: 'Z', value: '3' }] }, b] },
    ],
    [
      '{"containers":[{"name":"a","env":[{"name":"X","value":null,"valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]}]}',
      { containers: [{ ...a, env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, { name: 'Y', value: '2' }] }, b] },
    ],
    [
      '{"containers":[{"name":"a","env":[{"name":"X","$patch":"delete"}],"$setElementOrder/env":[{"name":"Y"}]}]}',
      { containers: [{ ...a, env: [{ name: 'Y', value: '2' }] }, b] },
    ],
    ['{"containers":[{"name":"a","env":null}]}', { containers: [{ ...a, env: undefined }, b] }],
    ['{"containers":[{"name":"a","args":["q"]}]}', { containers: [{ ...a, args: ['q'] }, b] }],
    [
      '{"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"UDP"}]}]}',
      { containers: [{ ...a, ports: [{ containerPort: 80, protocol: 'UDP' }, a.ports[1]] }, b] },
    ],
    ['{"containers":[{"name":"a","ports":[{"containerPort":82}]}]}', { containers: [{ ...a, ports: [{ containerPort: 82 }, ...a.ports] }, b] }],
    ['{"containers":[{"name":"a","image":"new"},{"name":"a","workingDir":"/x"}]}', { containers: [{ ...a, image: 'new', workingDir: '/x' }, b] }],
    ['{"volumes":[{"name":"w","emptyDir":{},"$retainKeys":["name","emptyDir"]}]}', { volumes: [spec.volumes[0], { name: 'w', emptyDir: {} }] }],
    ['{"volumes":[{"name":"n","$retainKeys":["name","emptyDir"],"emptyDir":{}}]}', { volumes: [{ name: 'n', emptyDir: {} }, ...spec.volumes] }],
    ['{"tolerations":[{"key":"z","operator":"Exists"}]}', { tolerations: [{ key: 'z', operator: 'Exists' }] }],
    ['{"tolerations":null}', { tolerations: undefined }],
    ['{"nodeSelector":{"$patch":"replace","m":"2"}}', { nodeSelector: { m: '2' } }],
    ['{"hostAliases":[{"ip":"1.1.1.1","hostnames":["q"]},{"ip":"2.2.2.2","hostnames":["r"]}]}', { hostAliases: [{ ip: '1.1.1.1', hostnames: ['q'] }, { ip: '2.2.2.2', hostnames: ['r'] }] }],
    [
      '{"containers":{"name":"a"}}',
      '422 Invalid  "" is invalid: patch: Invalid value: "map[spec:map[containers:map[name:a]]]": cannot restore slice from map',
    ],
    [
      '{"containers":[{"name":"a","ports":[{"containerPort":"80"}]}]}',
      '422 Invalid  "" is invalid: patch: Invalid value: "map[spec:map[containers:[map[name:a ports:[map[containerPort:80]]]]]]": unrecognized type: int32',
    ],
  ])('%s', (text, expected) => {
    expect(patchPod(text)).toEqual(typeof expected === 'string' ? expected : { ...spec, ...(expected as object) });
  });
  it('leaves the object it is given as it was', () => {
    const before = structuredClone(pod);
    patchPod('{"containers":[{"name":"a","env":[{"name":"X","$patch":"delete"}]}],"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}');
    expect(pod).toEqual(before);
  });
  it('takes directives and nulls for what is not there out of new parts, since 1.26', () => {
    expect(patchPod('{"containers":[{"name":"d","image":"i","env":[{"name":"E","$patch":"delete"}]}],"affinity":{"$patch":"delete"}}', 34)).toEqual({
      ...spec,
      containers: [{ name: 'd', image: 'i' }, a, b],
    });
  });
});

describe('validation of patches', () => {
  const strict = (kind: PatchKind, text: string) => outcome(() => patch(kind, configMap, text, 34, 'Strict'));
  it('tells unknown and doubled fields', () => {
    expect(patch('merge', configMap, '{"foo":1,"data":{"k":"1","k":"2"}}', 34).warnings).toEqual(['duplicate field "data.k"', 'unknown field "foo"']);
    expect(patch('strategic', configMap, '{"metadata":{"foo":1}}', 34, 'Ignore').warnings).toEqual([]);
  });
  it('refuses them under Strict', () => {
    expect(strict('strategic', '{"metadata":{"foo":1}}')).toBe(
      '422 Invalid  "" is invalid: patch: Invalid value: "map[metadata:map[foo:1]]": strict decoding error: unknown field "metadata.foo"',
    );
    expect(strict('json', '[{"op":"add","path":"/foo","value":1}]')).toMatch(/strict decoding error: unknown field "foo"$/);
  });
  it('says that a merge patch is none', () => {
    expect(strict('merge', 'x')).toBe("400 BadRequest error decoding patch: invalid character 'x' looking for beginning of value");
    expect(strict('merge', '[]')).toBe('400 BadRequest error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
    expect(strict('merge', 'null')).toBe('400 BadRequest Invalid JSON Patch');
  });
});
