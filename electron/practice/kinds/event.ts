// Events: kubernetes, pkg/printers/internalversion/printers.go (printEvent) and pkg/apis/core/validation/events.go. They are one store with two
// faces: v1, and events.k8s.io/v1, where three fields have other names.
import type { FieldError } from '../api/api-error.ts';
import type { KubeObject, ObjectReference } from '../objects.ts';
import { column, nameOf, wideColumn } from './columns.ts';
import { invalidValue } from './field-errors.ts';
import { since } from './human-duration.ts';
import type { Kind, KindContext } from './kind.ts';

export interface CoreEvent extends KubeObject {
  involvedObject: ObjectReference;
  reason?: string;
  message?: string;
  source?: { component?: string; host?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  count?: number;
  type?: string;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string };
  action?: string;
  related?: ObjectReference;
  reportingComponent?: string;
  reportingInstance?: string;
}

function cells(object: KubeObject, { clock }: KindContext): (string | number)[] {
  const event = object as CoreEvent;
  const now = clock.now();
  const { involvedObject: about, series, source = {} } = event;
  const first = event.firstTimestamp ? since(event.firstTimestamp, now) : since(event.eventTime, now);
  const last = series ? since(series.lastObservedTime, now) : event.lastTimestamp ? since(event.lastTimestamp, now) : first;
  const count = series ? (series.count ?? 0) : event.count || 1;
  const component = source.component || event.reportingComponent || '';
  const host = source.host || event.reportingInstance || '';
  const kind = (about.kind ?? '').toLowerCase();
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    about.name ? `${kind}/${about.name}` : kind,
    about.fieldPath ?? '',
    host ? `${component}, ${host}` : component,
    (event.message ?? '').trim(),
    first,
    count,
    nameOf(event),
  ];
}

/** An event is kept where its object is; what has no namespace has its events in `default`. */
function validate(object: KubeObject): FieldError[] {
  const { involvedObject, metadata } = object as CoreEvent;
  const namespace = involvedObject.namespace ?? '';
  const where = metadata.namespace ?? '';
  if (namespace === '') {
    const fine = where === 'default' || where === 'kube-system';
    return fine ? [] : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
  }
  return namespace === where ? [] : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

export const eventKind: Kind = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  type: 'Event',
  setDefaults(object) {
    const event = object as CoreEvent;
    event.involvedObject ??= {};
    event.source ??= {};
    // Written even when nothing is in them.
    event.firstTimestamp ??= null;
    event.lastTimestamp ??= null;
    event.eventTime ??= null;
    event.reportingComponent ??= '';
    event.reportingInstance ??= '';
  },
  validate,
  columns: [
    column('Last Seen', 'When it happened last.'),
    column('Type', 'Normal or Warning.'),
    column('Reason', 'One word for what happened.'),
    column('Object', 'What it happened to.'),
    wideColumn('Subobject', 'Which part of that object.'),
    wideColumn('Source', 'Who tells it.'),
    column('Message', 'What happened, for people.'),
    wideColumn('First Seen', 'When it happened first.'),
    wideColumn('Count', 'How often it happened.'),
    { ...wideColumn('Name', 'The name of the event.'), format: 'name' },
  ],
  cells,
  fieldSelectors: {
    'involvedObject.kind': (object) => (object as CoreEvent).involvedObject.kind ?? '',
    'involvedObject.namespace': (object) => (object as CoreEvent).involvedObject.namespace ?? '',
    'involvedObject.name': (object) => (object as CoreEvent).involvedObject.name ?? '',
    'involvedObject.uid': (object) => (object as CoreEvent).involvedObject.uid ?? '',
    'involvedObject.apiVersion': (object) => (object as CoreEvent).involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (object) => (object as CoreEvent).involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (object) => (object as CoreEvent).involvedObject.fieldPath ?? '',
    reason: (object) => (object as CoreEvent).reason ?? '',
    reportingComponent: (object) => (object as CoreEvent).reportingComponent ?? '',
    source: (object) => (object as CoreEvent).source?.component || (object as CoreEvent).reportingComponent || '',
    type: (object) => (object as CoreEvent).type ?? '',
  },
};
