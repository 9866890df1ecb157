// Objects as the rules may rely on them: what has another type than Kubernetes gives it counts as absent, so that no rule has to ask of each field whether
// it is what it should be. A real API server never sends such a thing; a proxy, an aggregated API or a file may.
import { isRecord } from './containers.ts';
import type { KubeEvent, KubeNode, KubeObject, Pod } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;
/** What stands in a field; `time` is a text that can be read as one. Fields that are not named are left as they are. */
type Shape = 'text' | 'number' | 'flag' | 'time' | { readonly list: Shape } | { readonly map: Shape } | { readonly fields: Readonly<Record<string, Shape>>; readonly needs?: Fields };

const text = 'text', number = 'number', flag = 'flag', time = 'time';
const list = (of: Shape): Shape => ({ list: of });
const map = (of: Shape): Shape => ({ map: of });
/** `needs`: what stands in fields that every rule relies on, where they are absent. */
const fields = (of: Readonly<Record<string, Shape>>, needs?: Fields): Shape => ({ fields: of, ...(needs && { needs }) });

const metadata = fields({
  name: text, generateName: text, namespace: text, uid: text, resourceVersion: text, creationTimestamp: time, deletionTimestamp: time, deletionGracePeriodSeconds: number,
  labels: map(text), annotations: map(text), finalizers: list(text),
  ownerReferences: list(fields({ apiVersion: text, kind: text, name: text, uid: text, controller: flag }, { kind: '', name: '', uid: '' })),
  managedFields: list(fields({ manager: text, operation: text, time, subresource: text, fieldsV1: fields({}) })),
});

const object = fields({ apiVersion: text, kind: text, metadata }, { metadata: {} });

const container = fields({
  name: text, image: text, imagePullPolicy: text, restartPolicy: text, command: list(text), args: list(text),
  ports: list(fields({ containerPort: number, name: text, protocol: text, hostPort: number, hostIP: text }, { containerPort: 0 })),
  volumeMounts: list(fields({ name: text, mountPath: text, subPath: text, subPathExpr: text, readOnly: flag }, { name: '' })),
  volumeDevices: list(fields({ name: text, devicePath: text })), env: list(fields({ name: text, value: text, valueFrom: fields({}) })), envFrom: list(fields({ prefix: text })),
  resources: fields({ limits: fields({}), requests: fields({}) }), securityContext: fields({}), lifecycle: fields({}), livenessProbe: fields({}), readinessProbe: fields({}), startupProbe: fields({}),
}, { name: '' });

const state = fields({
  waiting: fields({ reason: text, message: text }), running: fields({ startedAt: time }),
  terminated: fields({ exitCode: number, signal: number, reason: text, message: text, startedAt: time, finishedAt: time }),
});
const status = fields({ name: text, ready: flag, started: flag, restartCount: number, image: text, imageID: text, containerID: text, state, lastState: state }, { name: '' });
const conditions = list(fields({ type: text, status: text, reason: text, message: text, lastTransitionTime: time }, { type: '', status: '' }));

const pod = fields({
  apiVersion: text, kind: text, metadata,
  spec: fields({
    nodeName: text, restartPolicy: text, serviceAccountName: text, terminationGracePeriodSeconds: number, activeDeadlineSeconds: number, hostNetwork: flag, schedulerName: text, priorityClassName: text,
    containers: list(container), initContainers: list(container), ephemeralContainers: list(container), volumes: list(fields({ name: text }, { name: '' })),
    imagePullSecrets: list(fields({ name: text })), nodeSelector: map(text), securityContext: fields({}), affinity: fields({}), readinessGates: list(fields({ conditionType: text })),
    tolerations: list(fields({ key: text, operator: text, value: text, effect: text, tolerationSeconds: number })), topologySpreadConstraints: list(fields({})),
    schedulingGates: list(fields({ name: text })),
  }),
  status: fields({
    phase: text, reason: text, message: text, startTime: time, podIP: text, hostIP: text, qosClass: text, nominatedNodeName: text, conditions,
    containerStatuses: list(status), initContainerStatuses: list(status), ephemeralContainerStatuses: list(status),
  }),
}, { metadata: {} });

const event = fields({
  metadata, type: text, reason: text, message: text, count: number, firstTimestamp: time, lastTimestamp: time, eventTime: time, reportingComponent: text,
  involvedObject: fields({ kind: text, namespace: text, name: text, uid: text, fieldPath: text }), series: fields({ count: number, lastObservedTime: time }), source: fields({ component: text, host: text }),
}, { metadata: {}, involvedObject: {} });

const node = fields({
  metadata,
  spec: fields({ providerID: text, unschedulable: flag, taints: list(fields({ key: text, value: text, effect: text, timeAdded: time })) }),
  status: fields({
    conditions, nodeInfo: fields({ architecture: text, operatingSystem: text, containerRuntimeVersion: text, kubeletVersion: text }), allocatable: map(text), capacity: map(text),
    images: list(fields({ names: list(text), sizeBytes: number })), addresses: list(fields({ type: text, address: text }, { type: '', address: '' })),
  }),
}, { metadata: {} });

/** Absent: it does not fit. */
const NOTHING = Symbol('nothing');

function fit(value: unknown, shape: Shape): unknown {
  if (shape === 'text') return typeof value === 'string' ? value : NOTHING;
  if (shape === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : NOTHING;
  if (shape === 'flag') return typeof value === 'boolean' ? value : NOTHING;
  if (shape === 'time') return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : NOTHING;
  if ('list' in shape) return Array.isArray(value) ? fitList(value, shape.list) : NOTHING;
  if (!isRecord(value)) return NOTHING;
  return 'map' in shape ? fitMap(value, shape.map) : fitFields(value, shape.fields, shape.needs);
}

function fitList(value: readonly unknown[], of: Shape): readonly unknown[] {
  let fitted: unknown[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const next = fit(value[index], of);
    if (next !== value[index]) fitted ??= value.slice(0, index);
    if (fitted && next !== NOTHING) fitted.push(next);
  }
  return fitted ?? value;
}

function fitMap(value: Fields, of: Shape): Fields {
  let fitted: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    if (fit(value[key], of) === value[key]) continue;
    fitted ??= { ...value };
    delete fitted[key];
  }
  return fitted ?? value;
}

function fitFields(value: Fields, shapes: Readonly<Record<string, Shape>>, needs?: Fields): Fields {
  let fitted: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    const each = value[name];
    // A Go server writes what is absent as null now and then.
    const next = shape === undefined ? each : each === null || each === undefined ? NOTHING : fit(each, shape);
    if (next === each) continue;
    fitted ??= { ...value };
    if (next === NOTHING) delete fitted[name];
    else fitted[name] = next;
  }
  for (const name in needs) {
    if ((fitted ?? value)[name] !== undefined) continue;
    fitted ??= { ...value };
    fitted[name] = needs[name];
  }
  return fitted ?? value;
}

/** Each object once, as what it is taken for: they are kept as they are until the cluster sends them anew. */
const knownAs = new Map<Shape, WeakMap<object, unknown>>([pod, event, node, object].map((shape) => [shape, new WeakMap()]));

function fitOnce(value: unknown, shape: Shape): unknown {
  if (!isRecord(value)) return NOTHING;
  const known = knownAs.get(shape);
  if (!known?.has(value)) known?.set(value, fit(value, shape));
  return known?.get(value);
}

/** Each list once, likewise: that of all pods is in every pod's world. */
const knownLists = new Map<Shape, WeakMap<object, readonly unknown[]>>([pod, event, node, object].map((shape) => [shape, new WeakMap()]));

const each = <Value>(values: readonly Value[], shape: Shape): readonly Value[] => {
  if (!Array.isArray(values)) return [];
  const known = knownLists.get(shape)?.get(values) as readonly Value[] | undefined;
  if (known) return known;
  const fitted = values.map((value) => fitOnce(value, shape));
  const result = fitted.every((value, index) => value === values[index]) ? values : (fitted.filter((value) => value !== NOTHING) as Value[]);
  knownLists.get(shape)?.set(values, result);
  return result;
};

/** The same pod, but for fields of a wrong type, which are left out; itself where there are none. */
export function wellFormedPod(value: Pod): Pod {
  const fitted = fitOnce(value, pod);
  return fitted === NOTHING ? { metadata: {} } : (fitted as Pod);
}

export const wellFormedPods = (values: readonly Pod[]): readonly Pod[] => each(values, pod);
export const wellFormedEvents = (values: readonly KubeEvent[]): readonly KubeEvent[] => each(values, event);
export const wellFormedNodes = (values: readonly KubeNode[]): readonly KubeNode[] => each(values, node);
/** Of other kinds only what all have; what else stands in them is for their readers to check. */
export const wellFormedObjects = (values: readonly KubeObject[]): readonly KubeObject[] => each(values, object);
