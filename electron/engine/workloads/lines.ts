// The lines that kubectl would need for what is done to a workload; each works when pasted.
import { createPatch } from 'rfc6902';
import { into, kubectl } from '../activity/shell-line.ts';
import { jobManifest } from './job-manifest.ts';
import type { Plan } from './plan.ts';
import type { Workload } from './root-owner.ts';
import { rollsOut, type TemplateChange, type TemplatePatch } from './template.ts';

interface At {
  readonly context: string;
  readonly namespace: string;
}

/** @param pods the names of those that are deleted where the plan deletes pods */
export function planLines(at: At, plan: Plan, pods: readonly string[], change: TemplateChange): string[] {
  const { workload, patch, job, deletesPods } = plan;
  return [
    ...(patch ? [patchLine(at, workload, patch)] : []),
    ...(job ? replaceJobLines(at, job, change) : []),
    ...(deletesPods && pods.length > 0 ? [kubectl(at, 'delete', 'pod', ...pods)] : []),
    ...(patch && rollsOut(workload) ? [rolloutStatusLine(at, workload)] : []),
  ];
}

/** `kubectl patch`, the request itself but for its resource version. */
function patchLine(at: At, { kind, metadata }: Workload, patch: TemplatePatch): string {
  return kubectl(at, 'patch', kind.toLowerCase(), metadata.name ?? '', `--type=${Array.isArray(patch) ? 'json' : 'strategic'}`, '-p', JSON.stringify(patch));
}

/** The lines of a rollout restart (F2). */
export function restartLines(at: At, workload: Workload): string[] {
  return [kubectl(at, 'rollout', 'restart', nameOf(workload)), ...(rollsOut(workload) ? [rolloutStatusLine(at, workload)] : [])];
}

const rolloutStatusLine = (at: At, workload: Workload) => kubectl(at, 'rollout', 'status', nameOf(workload), '--timeout=60s');
const nameOf = ({ kind, metadata }: Workload) => `${kind.toLowerCase()}/${metadata.name ?? ''}`;

/** kubectl has no verb for it: the changed manifest goes into a file, out of a patch that is only tried, and that takes the Job's place. */
function replaceJobLines(at: At, job: Workload, change: TemplateChange): string[] {
  const wanted = jobManifest(job, change);
  const name = job.metadata.name ?? '';
  const part = ({ metadata, spec }: { metadata: Workload['metadata']; spec?: unknown }) => ({ metadata: { labels: metadata.labels ?? {} }, spec });
  // The identity and the status are left out by `replace --force` itself.
  const patch = JSON.stringify(createPatch(part({ metadata: job.metadata, spec: job['spec'] }), part({ metadata: wanted.metadata, spec: wanted['spec'] })));
  const file = `${name}.recreate.yaml`;
  return [
    into(kubectl(at, 'patch', 'job', name, '--type=json', '-p', patch, '--dry-run=client', '-o', 'yaml'), file),
    kubectl(at, 'replace', '--force', '-f', file),
  ];
}
