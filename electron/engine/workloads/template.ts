// A workload's pod template, and the patches that change it.
import { createPatch, createTests, type Operation } from 'rfc6902';
import type { Edit, PathStep, PullPolicy } from '../../../shared/contract/findings.ts';
import { isRecord, podSpecPath } from '../../../shared/kubernetes/containers.ts';
import { inTemplate as editsInTemplate, valueAt, withEdits } from '../../../shared/kubernetes/edits.ts';
import type { Container, KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import type { Workload } from './root-owner.ts';

export interface TemplateChange {
  /** Set on all containers, or on `containers`. */
  readonly policy?: PullPolicy | undefined;
  /** Set on `container`, or on the only one. */
  readonly image?: string | undefined;
  readonly container?: string | undefined;
  /** The names of those that get the policy. */
  readonly containers?: readonly string[] | undefined;
  /** Any fields instead, by their paths in a pod. */
  readonly edits?: readonly Edit[] | undefined;
}
/** A strategic merge patch, or a JSON patch. */
export type TemplatePatch = Patch | readonly Operation[];
type PodSpec = NonNullable<Pod['spec']>;
type Patch = Readonly<Record<string, unknown>>;

/** The pod spec in the template. */
export function templateSpec(workload: KubeObject): PodSpec {
  const value = podSpecPath(workload.kind).reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), workload);
  return isRecord(value) ? value : {};
}

/**
 * The strategic merge patch that changes the template's containers (by name: `patchMergeKey` of PodSpec.containers), or for edits the JSON patch that makes
 * them; without what is so already, and undefined where all is.
 * @throws RangeError where `image` is given and it is not clear for which container, and where an edit has no place
 */
export function templatePatch(workload: Workload, change: TemplateChange): TemplatePatch | undefined {
  if (change.edits) return patchTo(workload, withEdits(workload, editsInTemplate(workload.kind, change.edits)));
  const spec = templateSpec(workload);
  const changed = (list: readonly Container[] | undefined) => (list ?? []).flatMap((container) => containerPatch(container, spec, change));
  const containers = changed(spec.containers);
  const initContainers = changed(spec.initContainers);
  if (containers.length + initContainers.length === 0) return undefined;
  return inTemplate(workload, {
    spec: { ...(initContainers.length > 0 ? { initContainers } : {}), ...(containers.length > 0 ? { containers } : {}) },
  });
}

/** The JSON patch that leads from one to the other, after tests of what it changes; undefined where they are the same. */
export function patchTo(before: KubeObject, after: KubeObject): Operation[] | undefined {
  const patch = createPatch(before, after);
  return patch.length === 0 ? undefined : [...createTests(before, patch), ...patch];
}

function containerPatch({ name, image, imagePullPolicy }: Container, spec: PodSpec, change: TemplateChange): Patch[] {
  const policy = (change.containers ? change.containers.includes(name) : true) ? change.policy : undefined;
  const newImage = change.image !== undefined && name === imageTarget(spec, change) ? change.image : undefined;
  const part = {
    ...(newImage !== undefined && newImage !== image ? { image: newImage } : {}),
    ...(policy !== undefined && policy !== imagePullPolicy ? { imagePullPolicy: policy } : {}),
  };
  return Object.keys(part).length > 0 ? [{ name, ...part }] : [];
}

function imageTarget({ containers = [], initContainers = [] }: PodSpec, { container }: TemplateChange): string {
  if (container === undefined && containers.length !== 1) throw new RangeError('an image needs the name of its container in a template with several');
  const names = [...containers, ...initContainers].map(({ name }) => name);
  const target = container ?? names[0] ?? '';
  if (!names.includes(target)) throw new RangeError(`the template has no app or init container "${target}"`);
  return target;
}

/** What `kubectl rollout restart` sends (k8s.io/kubectl/pkg/polymorphichelpers/objectrestarter.go): an annotation that makes the template another one. */
export function restartPatch(workload: Workload, now: Date): Patch {
  return inTemplate(workload, { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': now.toISOString() } } });
}

function inTemplate({ kind }: Workload, template: Patch): Patch {
  return { spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template } };
}

/** Whether the controller replaces the pods by itself when the template changes. */
export function rollsOut(workload: Workload): boolean {
  const { updateStrategy } = (workload['spec'] ?? {}) as { updateStrategy?: { type?: string } };
  return workload.kind === 'Deployment' || ((workload.kind === 'StatefulSet' || workload.kind === 'DaemonSet') && updateStrategy?.type !== 'OnDelete');
}

/** A rollout that stands still until somebody lets it go on: `kubectl rollout pause`. */
export function isPaused(workload: Workload): boolean {
  return workload.kind === 'Deployment' && (workload['spec'] as { paused?: boolean } | undefined)?.paused === true;
}

/** Whether the Job has come to its end, in any way or in that one: then it makes no pod any more (conditions Complete and Failed). */
export function isFinished(job: KubeObject, ...how: readonly ('Complete' | 'Failed')[]): boolean {
  const { conditions = [] } = (job['status'] ?? {}) as { conditions?: readonly { type?: string; status?: string }[] };
  const ends: readonly string[] = how.length > 0 ? how : ['Complete', 'Failed'];
  return conditions.some(({ type = '', status }) => ends.includes(type) && status === 'True');
}

/** Whether the pod has another image or pull policy than the template, or another value at one of the paths. */
export function isOutdated(pod: Pod, workload: Workload, paths: readonly (readonly PathStep[])[] = []): boolean {
  const inOwner = editsInTemplate(workload.kind, paths.map((path) => ({ path: [...path] })));
  if (paths.some((path, index) => createPatch(valueAt(pod, path), valueAt(workload, inOwner[index]!.path)).length > 0)) return true;
  const spec = templateSpec(workload);
  const differs = (now: readonly Container[] = [], wanted: readonly Container[] = []) =>
    wanted.some(({ name, image, imagePullPolicy }) => {
      const one = now.find((each) => each.name === name);
      return one?.image !== image || one?.imagePullPolicy !== imagePullPolicy;
    });
  return differs(pod.spec?.containers, spec.containers) || differs(pod.spec?.initContainers, spec.initContainers);
}

/** Which tool writes the workload from a source elsewhere, and will write it again: by its own marks. */
export function sourceOf({ metadata: { labels = {}, annotations = {} } }: KubeObject): 'Helm' | 'Argo CD' | 'Flux' | undefined {
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  if (keys.some((key) => key.startsWith('argocd.argoproj.io/'))) return 'Argo CD';
  if (keys.some((key) => /^(kustomize|helm)\.toolkit\.fluxcd\.io\//.test(key))) return 'Flux';
  return labels['app.kubernetes.io/managed-by'] === 'Helm' || 'meta.helm.sh/release-name' in annotations ? 'Helm' : undefined;
}
