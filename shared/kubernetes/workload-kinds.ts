// The kinds that make pods out of a template, as Kubernetes itself has them. A custom resource may make its pods in any way.

const GROUP_OF = { Deployment: 'apps', StatefulSet: 'apps', DaemonSet: 'apps', ReplicaSet: 'apps', Job: 'batch', CronJob: 'batch' } as const;
export type WorkloadKind = keyof typeof GROUP_OF;
export const WORKLOAD_KINDS = Object.keys(GROUP_OF) as readonly WorkloadKind[];

/** Whether an object, or a reference to one, is of such a kind: by its group, whatever the version. */
export function isWorkloadKind({ apiVersion = '', kind }: { readonly apiVersion?: string | undefined; readonly kind?: string | undefined }): boolean {
  const group = kind !== undefined && Object.hasOwn(GROUP_OF, kind) ? GROUP_OF[kind as WorkloadKind] : undefined;
  return group !== undefined && apiGroup(apiVersion) === group;
}

/** '' for the core group. */
export function apiGroup(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
