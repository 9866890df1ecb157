// Bodies as protobuf, written here by messages of the same numbers as Kubernetes' generated.proto.
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { openSchema } from './open-schema.ts';
import { decodeProtobuf } from './protobuf-body.ts';

const definition = `
syntax = "proto2";
message Unknown { optional TypeMeta typeMeta = 1; optional bytes raw = 2; }
message TypeMeta { optional string apiVersion = 1; optional string kind = 2; }
message ObjectMeta { optional string name = 1; optional string generateName = 2; optional int64 generation = 7; optional Time creationTimestamp = 8; optional int64 deletionGracePeriodSeconds = 10; map<string, string> labels = 11; repeated string finalizers = 14; }
message Time { optional int64 seconds = 1; optional int32 nanos = 2; }
message ConfigMap { optional ObjectMeta metadata = 1; map<string, string> data = 2; map<string, bytes> binaryData = 3; optional bool immutable = 4; }
message Pod { optional ObjectMeta metadata = 1; optional PodSpec spec = 2; }
message PodSpec { repeated Volume volumes = 1; repeated Container containers = 2; optional int64 terminationGracePeriodSeconds = 4; optional PodSecurityContext securityContext = 14; }
message PodSecurityContext { repeated int64 supplementalGroups = 4 [packed = true]; }
message Volume { optional string name = 1; optional VolumeSource volumeSource = 2; }
message VolumeSource { optional EmptyDir emptyDir = 2; optional ConfigMapSource configMap = 19; }
message EmptyDir { optional string medium = 1; optional Quantity sizeLimit = 2; }
message ConfigMapSource { optional LocalObjectReference localObjectReference = 1; optional int32 defaultMode = 3; }
message LocalObjectReference { optional string name = 1; }
message Quantity { optional string string = 1; }
message Container { optional string name = 1; optional string image = 2; repeated Port ports = 6; optional Resources resources = 8; optional Probe livenessProbe = 10; optional string later = 900; }
message Port { optional int32 containerPort = 3; }
message Resources { map<string, Quantity> limits = 1; }
message Probe { optional Handler handler = 1; optional int32 periodSeconds = 4; }
message Handler { optional HTTPGet httpGet = 2; }
message HTTPGet { optional string path = 1; optional IntOrString port = 2; }
message IntOrString { optional int64 type = 1; optional int32 intVal = 2; optional string strVal = 3; }
`;
const { root } = protobuf.parse(definition, { keepCase: true });
const encode = (type: string, value: object) => root.lookupType(type).encode(root.lookupType(type).fromObject(value)).finish();
const body = (kind: string, value: object, apiVersion = 'v1') =>
  Buffer.concat([Buffer.from('k8s\0'), encode('Unknown', { typeMeta: { apiVersion, kind }, raw: encode(kind, value) })]);
const schema = openSchema(34);

describe('decodeProtobuf', () => {
  it('reads maps, times, lists and pointers', () => {
    const value = {
      metadata: { name: 'a', generation: 7, creationTimestamp: { seconds: 1_700_000_000 }, labels: { x: '1', y: '' }, finalizers: ['f', 'g'] },
      data: { k: 'v' },
      binaryData: { b: Buffer.from('hi') },
      immutable: false,
    };
    expect(decodeProtobuf(body('ConfigMap', value), schema)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', generation: 7, creationTimestamp: '2023-11-14T22:13:20Z', labels: { x: '1', y: '' }, finalizers: ['f', 'g'] },
      data: { k: 'v' },
      binaryData: { b: 'aGk=' },
      immutable: false,
    });
    expect(decodeProtobuf(body('ConfigMap', { metadata: { creationTimestamp: {} } }), schema)['metadata']).toEqual({ creationTimestamp: null });
  });
  it('reads embedded messages into the object that they are in', () => {
    const spec = {
      volumes: [
        { name: 'v', volumeSource: { emptyDir: { sizeLimit: { string: '1Gi' } } } },
        { name: 'w', volumeSource: { configMap: { localObjectReference: { name: 'c' }, defaultMode: 420 } } },
      ],
      containers: [
        {
          name: 'c',
          ports: [{ containerPort: 8080 }],
          resources: { limits: { cpu: { string: '1' } } },
          livenessProbe: { handler: { httpGet: { path: '/', port: { type: 1, strVal: 'http' } } }, periodSeconds: 5 },
          later: 'unknown here',
        },
      ],
      securityContext: { supplementalGroups: [1, 2] },
    };
    expect(decodeProtobuf(body('Pod', { spec }), schema)['spec']).toEqual({
      volumes: [
        { name: 'v', emptyDir: { sizeLimit: '1Gi' } },
        { name: 'w', configMap: { name: 'c', defaultMode: 420 } },
      ],
      containers: [
        {
          name: 'c',
          ports: [{ containerPort: 8080 }],
          resources: { limits: { cpu: '1' } },
          livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
        },
      ],
      securityContext: { supplementalGroups: [1, 2] },
    });
  });
  it('tells the version and the kind of what it does not know', () => {
    expect(decodeProtobuf(body('Time', { seconds: 1 }, 'foo/v1'), schema)).toEqual({ apiVersion: 'foo/v1', kind: 'Time' });
  });
  it('refuses what is none', () => {
    expect(() => decodeProtobuf(Buffer.from('abc'), schema)).toThrow('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
    const whole = body('ConfigMap', { metadata: { name: 'a-name' } });
    for (let length = whole.length - 8; length < whole.length; length++) {
      expect(() => decodeProtobuf(whole.subarray(0, length), schema)).toThrow('unexpected EOF');
    }
  });
});
