// The manifest that makes a Job anew. A Job's template is immutable (validation.ValidateJobSpecUpdate), so a changed one is another Job.
import { inTemplate, withEdits } from '../../../shared/kubernetes/edits.ts';
import type { TemplateChange } from './template.ts';
import { templatePatch } from './template.ts';
import type { Workload } from './root-owner.ts';

const DROPPED = [
  'uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation', 'finalizers',
];
/** What the server writes into the template and, from it, into the selector (batch/job strategy, generateSelector); the prefixed ones since 1.27. */
const GENERATED = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

type Labels = Readonly<Record<string, string>>;
interface JobSpec {
  readonly manualSelector?: boolean;
  readonly selector?: unknown;
  readonly template?: { readonly metadata?: { readonly labels?: Labels; readonly [field: string]: unknown }; readonly spec?: unknown };
  readonly [field: string]: unknown;
}

/**
 * The cleaned Job, for creation: without its status and identity and without the labels and the selector that were generated for it, unless the
 * person chose the selector (`manualSelector`). Its owner, a CronJob, stays its owner.
 * @throws RangeError as templatePatch
 */
export function jobManifest(job: Workload, change: TemplateChange = {}): Workload {
  const { status: _, metadata, ...rest } = job;
  const { selector, template = {}, ...spec } = (job['spec'] ?? {}) as JobSpec;
  const isManual = spec.manualSelector === true;
  const { labels, ...templateMetadata } = template.metadata ?? {};
  const cleaned: Workload = {
    ...rest,
    metadata: {
      ...Object.fromEntries(Object.entries(metadata).filter(([key]) => !DROPPED.includes(key) && key !== 'labels')),
      ...withLabels(metadata.labels, isManual),
    },
    spec: {
      ...spec,
      ...(isManual && selector !== undefined ? { selector } : {}),
      template: { ...template, metadata: { ...dropTimestamp(templateMetadata), ...withLabels(labels, isManual) } },
    },
  };
  if (change.edits) return withEdits(cleaned, inTemplate('Job', change.edits));
  const patch = templatePatch(cleaned, change) as Readonly<Record<string, unknown>> | undefined;
  return patch ? merged(cleaned, patch) : cleaned;
}

function withLabels(labels: Labels | undefined, isManual: boolean): { labels?: Labels } {
  if (!labels) return {};
  const kept = isManual ? labels : Object.fromEntries(Object.entries(labels).filter(([key]) => !GENERATED.includes(key)));
  return Object.keys(kept).length > 0 ? { labels: kept } : {};
}

/** Servers write `creationTimestamp: null` into every template. */
function dropTimestamp(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([key, value]) => key !== 'creationTimestamp' || value !== null));
}

interface Named { readonly name: string }
/** The patch of templatePatch, applied here: it changes fields of containers that are there, and nothing else. */
function merged(job: Workload, patch: Readonly<Record<string, unknown>>): Workload {
  const spec = job['spec'] as { template: { spec: Record<string, Named[] | undefined> } };
  const changes = (patch['spec'] as { template: { spec: Record<string, Named[]> } }).template.spec;
  const lists = Object.entries(changes).map(([list, changed]) => [
    list, spec.template.spec[list]?.map((container) => ({ ...container, ...changed.find(({ name }) => name === container.name) })),
  ]);
  return { ...job, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, ...Object.fromEntries(lists) } } } };
}
