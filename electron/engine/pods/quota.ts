// A quota that is full only because the old pod still counts: its refusal of the new one beside it says nothing about the time after.
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { podUse, quantity } from '../../../shared/kubernetes/pod-use.ts';

export interface QuotaRefusal {
  readonly quota: string;
  /** By resource: what was asked for, what is used, what is allowed. */
  readonly resources: Readonly<Record<string, { readonly requested: number; readonly used: number; readonly limited: number }>>;
}

/**
 * "exceeded quota: NAME, requested: pods=1, used: pods=1, limited: pods=1" (checkRequest in k8s.io/apiserver/pkg/admission/plugin/resourcequota): only
 * the resources that are too many are named.
 */
export function quotaOf(error: unknown): QuotaRefusal | undefined {
  if (!(error instanceof ApiError) || error.status !== 403) return undefined;
  const [, quota, requested, used, limited] = /exceeded quota: (\S+), requested: (\S+), used: (\S+), limited: (\S+)$/.exec(error.message.trim()) ?? [];
  if (quota === undefined) return undefined;
  const [asked, has, may] = [requested, used, limited].map(amounts) as [Amounts, Amounts, Amounts];
  return { quota, resources: Object.fromEntries(Object.keys(asked).map((name) => [name, { requested: asked[name] ?? 0, used: has[name] ?? 0, limited: may[name] ?? 0 }])) };
}

/** Whether the new pod fits once the old one's own use is taken off. */
export function fitsWithout(old: Pod, { resources }: QuotaRefusal): boolean {
  const freed = podUse(old);
  return Object.entries(resources).every(([name, { requested, used, limited }]) => requested + used - (freed[name] ?? 0) <= limited);
}

type Amounts = Readonly<Record<string, number>>;

const amounts = (text = ''): Amounts => Object.fromEntries(text.split(',').map((each) => each.split('=')).map(([name = '', amount = '']) => [name, quantity(amount)]));
