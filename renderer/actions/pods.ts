// What can be done to a pod: one row an action. Its button, its key, its question and its progress line read the same row.
import type { Message } from '../../shared/contract/findings.ts';
import type { PodDetail, PodRow } from '../../shared/contract/pods.ts';
import type { WorkloadRow } from '../../shared/contract/workloads.ts';
import { engine } from '../state/engine.ts';
import { run } from '../state/running.svelte.ts';
import type { Running } from '../state/running.svelte.ts';
import { sayMessage } from '../state/say.ts';

/** What the engine offers for one pod, with its danger and its kubectl lines. */
export type Offer = PodDetail['offers'][number];
/** A pod, as the calls name it; with `workload` it is a workload or a Service of that name, of which only changes are offered. */
export interface PodTarget {
  readonly context: string;
  readonly pod: Pick<PodRow, 'namespace' | 'name' | 'uid'>;
  readonly workload?: Pick<WorkloadRow, 'apiVersion' | 'kind'>;
}

/** Under which name it is remembered what was done to it: a workload may be called as a pod is. */
export function runName({ pod, workload }: Pick<PodTarget, 'workload'> & { readonly pod: Pick<PodRow, 'name'> }): string {
  return workload ? `${workload.kind}/${pod.name}` : pod.name;
}

export interface PodAction {
  readonly id: Offer['action'];
  /** The letter that does it while the row of the open pod has the focus. */
  readonly key?: string;
  /** Drawn as one that takes something away. */
  readonly removes: boolean;
  readonly label: (offer: Offer) => Message;
  /** Plain words for what will happen, said before the button is pressed. */
  readonly describe: (offer: Offer) => Message;
  readonly begin: (target: PodTarget, offer: Offer, label: Message) => Running<unknown>;
}

const inputOf = ({ context, pod }: PodTarget) => ({ context, namespace: pod.namespace, name: pod.name, uid: pod.uid });
/** Which of the sentences fits: with another image, with a chosen policy, or as it is. */
const variant = ({ policy, image }: Offer) => (image !== undefined ? 'image' : policy !== undefined ? 'policy' : 'plain');
const recreate = (load: boolean): PodAction['begin'] => (target, { policy, image, container }, label) => {
  const wanted = {
    ...(policy === undefined ? {} : { policy }), ...(image === undefined ? {} : { image }), ...(container === undefined ? {} : { container }),
  };
  return run(label, (signal) => engine.pods.recreate({ ...inputOf(target), ...wanted, load }, { signal }), { cancellable: load });
};
const withParams = (offer: Offer, key: string): Message => ({
  key,
  // The owner's name is what is typed to confirm.
  params: { policy: offer.policy ?? '', image: offer.image ?? '', finalizer: offer.finalizer ?? '', owner: offer.confirm ?? '' },
});

export const podActions: readonly PodAction[] = [
  {
    id: 'load-and-recreate',
    removes: false,
    label: (offer) => withParams(offer, 'pods.action.load-and-recreate'),
    describe: (offer) => withParams(offer, 'pods.describe.load-and-recreate'),
    begin: recreate(true),
  },
  {
    id: 'load',
    removes: false,
    label: (offer) => withParams(offer, 'pods.action.load'),
    describe: (offer) => withParams(offer, 'pods.describe.load'),
    begin: (target, _, label) => run(label, (signal) => engine.pods.loadImages(inputOf(target), { signal }), { cancellable: true }),
  },
  {
    id: 'recreate',
    removes: false,
    label: (offer) => withParams(offer, `pods.action.recreate.${variant(offer)}`),
    describe: (offer) => withParams(offer, `pods.describe.recreate.${variant(offer)}`),
    begin: recreate(false),
  },
  {
    // Its words are the finding's own.
    id: 'change',
    removes: false,
    label: ({ fix }) => fix?.label ?? { key: 'pods.action.change', params: {} },
    describe: ({ describe, fix }) => describe ?? fix?.label ?? { key: 'pods.action.change', params: {} },
    begin: (target, { fix, container }, label) => {
      const { finding = '', key = '' } = fix ?? {};
      const { workload } = target;
      if (workload) return run(label, (signal) => engine.workloads.applyFix({ ...inputOf(target), ...workload, finding, key }, { signal }));
      const which = { finding, key, ...(container === undefined ? {} : { container }) };
      return run(label, (signal) => engine.pods.applyFix({ ...inputOf(target), ...which }, { signal }));
    },
  },
  {
    id: 'delete',
    key: 'd',
    removes: true,
    label: (offer) => withParams(offer, 'pods.action.delete'),
    describe: (offer) => withParams(offer, 'pods.describe.delete'),
    begin: (target, _, label) => run(label, (signal) => engine.pods.delete(inputOf(target), { signal })),
  },
  {
    id: 'restart',
    removes: false,
    label: (offer) => withParams(offer, 'pods.action.restart'),
    describe: (offer) => withParams(offer, 'offer.describe.restart'),
    begin: (target, _, label) => run(label, (signal) => engine.pods.restart(inputOf(target), { signal })),
  },
  {
    id: 'delete-owner',
    removes: true,
    label: (offer) => withParams(offer, 'pods.action.delete-owner'),
    describe: (offer) => withParams(offer, 'offer.describe.delete-owner'),
    begin: (target, { confirm = '' }, label) => run(label, (signal) => engine.pods.deleteOwner({ ...inputOf(target), confirm }, { signal })),
  },
  {
    id: 'force-delete',
    removes: true,
    label: (offer) => withParams(offer, 'pods.action.force-delete'),
    describe: (offer) => withParams(offer, 'pods.describe.force-delete'),
    begin: (target, { confirm = '' }, label) => run(label, (signal) => engine.pods.forceDelete({ ...inputOf(target), confirm }, { signal })),
  },
  {
    id: 'remove-finalizer',
    removes: true,
    label: (offer) => withParams(offer, 'pods.action.remove-finalizer'),
    describe: (offer) => withParams(offer, 'pods.describe.remove-finalizer'),
    begin: (target, { confirm = '', finalizer = '' }, label) =>
      run(label, (signal) => engine.pods.removeFinalizer({ ...inputOf(target), finalizer, confirm }, { signal })),
  },
];

/** The row of an offer. The table has one for each action of the contract. */
export function actionOf(offer: Offer): PodAction {
  const action = podActions.find(({ id }) => id === offer.action);
  if (!action) throw new Error(`No action for ${offer.action}`);
  return action;
}

/** The button's words. */
export function labelOf(offer: Offer): string {
  return sayMessage(actionOf(offer).label(offer));
}

/** What an offer will do, in the engine's words where they depend on the pod, else in the action's. */
export function describeOffer(offer: Offer, pod: string): Message {
  const { key, params } = offer.describe ?? actionOf(offer).describe(offer);
  return { key, params: { ...params, pod } };
}
