// Nodes: kubernetes, pkg/printers/internalversion/printers.go (printNode).
import type { FieldError } from '../api/api-error.ts';
import { labelKeyFault } from '../api/name-rules.ts';
import type { KubeObject, Node } from '../objects.ts';
import { ageColumn, ageOf, column, nameColumn, nameOf, wideColumn } from './columns.ts';
import { each, forbiddenField, invalidValue, notSupported, required, when } from './field-errors.ts';
import type { Kind } from './kind.ts';

const ROLE = 'node-role.kubernetes.io/';

function statusOf({ spec, status }: Node): string {
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready');
  const words = [ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesOf({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE)) return key.length > ROLE.length ? [key.slice(ROLE.length)] : [];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return [...new Set(roles)].sort().join(',') || '<none>';
}

const addressOf = ({ status }: Node, type: string) => (status.addresses ?? []).find((address) => address.type === type)?.address || '<none>';

function keyErrors(field: string, key: string): FieldError[] {
  const fault = labelKeyFault(key);
  return fault ? [invalidValue(field, key, fault)] : [];
}

export const nodeKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [
    { name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    { name: 'status', kind: 'Node', verbs: ['get', 'patch', 'update'] },
  ],
  type: 'Node',
  setDefaults(object) {
    const node = object as Node;
    node.spec ??= {};
    node.status ??= {};
    // What is allocatable is the whole, unless something is kept back.
    if (node.status.capacity) node.status.allocatable ??= { ...node.status.capacity };
  },
  // A kubelet registers its node with its status.
  validate(object) {
    return each((object as Node).spec.taints, ({ key, effect }, index) => {
      const field = `metadata.taints[${index}]`;
      const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
      return [
        ...keyErrors(`${field}.key`, key),
        ...when(!effects.includes(effect), () => (effect ? notSupported(`${field}.effect`, effect, effects) : required(`${field}.effect`))),
      ];
    });
  },
  validateUpdate(object, old) {
    const before = (old as Node).spec;
    const now = (object as Node).spec;
    const changed = before.providerID && before.providerID !== now.providerID;
    return when(Boolean(changed), () => forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  },
  columns: [
    nameColumn,
    column('Status', 'Whether its kubelet is ready, and whether pods may be placed there.'),
    column('Roles', 'What its labels say it is for.'),
    ageColumn,
    column('Version', 'Of its kubelet.'),
    wideColumn('Internal-IP', 'Its address within the cluster.'),
    wideColumn('External-IP', 'Its address from outside.'),
    wideColumn('OS-Image', 'Its operating system.'),
    wideColumn('Kernel-Version', 'Its kernel.'),
    wideColumn('Container-Runtime', 'What runs its containers.'),
  ],
  cells(object, context) {
    const node = object as Node;
    const info = node.status.nodeInfo ?? {};
    return [
      nameOf(node),
      statusOf(node),
      rolesOf(node),
      ageOf(node, context),
      info['kubeletVersion'] ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      info['osImage'] || '<unknown>',
      info['kernelVersion'] || '<unknown>',
      info['containerRuntimeVersion'] || '<unknown>',
    ];
  },
  fieldSelectors: { 'spec.unschedulable': (object: KubeObject) => String((object as Node).spec.unschedulable ?? false) },
};
