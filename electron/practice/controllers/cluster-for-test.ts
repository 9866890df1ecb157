// A store with its API and all kinds, and a clock that a test moves by hand, for the tests of this room.
import { createObjectsApi } from '../api/rest.ts';
import type { Clock } from '../clock.ts';
import { kindOf, kinds as servedKinds } from '../kinds/all-kinds.ts';
import type { KubeObject, Node, Pod } from '../objects.ts';
import { openSchema } from '../schema/open-schema.ts';
import { createStore } from '../store/store.ts';
import type { ControllerContext } from './controller-context.ts';

const MANAGER = { manager: 'test' };

export interface TestCluster extends ControllerContext {
  readonly faults: unknown[];
  /** Lets time pass, and what waits for it happen. */
  advance(milliseconds: number): Promise<void>;
  /** Until what was changed has been looked at by everybody. */
  settled(): Promise<void>;
  add(resource: string, namespace: string, object: Record<string, unknown> & { metadata: KubeObject['metadata'] }): KubeObject;
  pod(name: string, spec?: Record<string, unknown>, metadata?: KubeObject['metadata']): Pod;
  node(name: string, parts?: { spec?: Node['spec']; allocatable?: Record<string, string>; labels?: Record<string, string> }): Node;
  podNamed(name: string): Pod;
  eventsOf(name: string): KubeObject[];
}

function testClock(): { clock: Clock; pass(milliseconds: number): void } {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let elapsed = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const after = (milliseconds: number, call: () => void) => {
    const timer = { at: elapsed + milliseconds, call };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const clock: Clock = {
    speed: 1,
    now: () => new Date(now),
    elapsed: () => elapsed,
    after,
    sleep: (milliseconds) => new Promise((resolve) => void after(milliseconds, resolve)),
  };
  return {
    clock,
    pass(milliseconds) {
      now += milliseconds;
      elapsed += milliseconds;
      for (const timer of [...timers].filter(({ at }) => at <= elapsed)) {
        timers.delete(timer);
        timer.call();
      }
    },
  };
}

const settled = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** @param minor 34 unless said. With the namespace `default` and its account, unless a controller shall make them. */
export function testCluster(minor = 34, { bare = false } = {}): TestCluster {
  const { clock, pass } = testClock();
  const store = createStore();
  const kinds = servedKinds(minor);
  const api = createObjectsApi({ context: { store, clock, minor }, schema: openSchema(minor), kinds });
  const faults: unknown[] = [];
  const add: TestCluster['add'] = (resource, namespace, object) => {
    const kind = kindOf(kinds, resource);
    return api.create(kind, namespace, { apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version, kind: kind.kind, ...object }, MANAGER);
  };
  if (!bare) {
    add('namespaces', '', { metadata: { name: 'default' } });
    add('serviceaccounts', 'default', { metadata: { name: 'default' }, automountServiceAccountToken: false });
  }
  return {
    store,
    api,
    clock,
    minor,
    kinds,
    faults,
    report: (error) => faults.push(error),
    settled,
    async advance(milliseconds) {
      pass(milliseconds);
      await settled();
    },
    add,
    pod: (name, spec = {}, metadata = {}) =>
      add('pods', 'default', { metadata: { ...metadata, name }, spec: { containers: [{ name: 'c', image: 'web:1' }], ...spec } }) as Pod,
    node(name, { spec = {}, allocatable = {}, labels = {} } = {}) {
      const capacity = { cpu: '4', memory: '4Gi', pods: '110', ...allocatable };
      return add('nodes', '', { metadata: { name, labels }, spec, status: { capacity, conditions: [{ type: 'Ready', status: 'True' }] } }) as Node;
    },
    podNamed: (name) => store.get('pods', 'default', name) as Pod,
    eventsOf: (name) => store.list('events', '').filter((event) => (event['involvedObject'] as { name?: string }).name === name),
  };
}
