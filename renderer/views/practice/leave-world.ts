// From the computer's own clusters to the practice cluster, or back: what a person began or opened in one is not shown in the other.
import { tick } from 'svelte';
import { confirmation } from '../../actions/confirm.svelte.ts';
import { forgetPodRuns } from '../../state/pod-runs.svelte.ts';
import { go, route } from '../../state/route.svelte.ts';
import { clusterWork } from '../cluster/cluster-work.svelte.ts';
import { removalWork } from '../images/removal-work.svelte.ts';
import { buildWork } from '../builds/build-work.svelte.ts';
import { httpForm } from '../http/http-form.svelte.ts';
import { loadWork } from '../images/work.svelte.ts';
import { createDraft } from '../pods/create-draft.svelte.ts';
import { runDraft } from '../run/run-draft.svelte.ts';

/** @param focus where the keyboard goes on when what had the focus is no longer there. */
export function leaveWorld(focus: () => void): void {
  confirmation.answer(false);
  forgetPodRuns();
  buildWork.forget();
  loadWork.forget();
  removalWork.forget();
  createDraft.forget();
  runDraft.forget();
  clusterWork.forget();
  httpForm.forget();
  // An open pod, or a forward: in the new world another one may have its name.
  if (route().parts.length > 0) go(route().screen);
  void tick().then(() => document.activeElement === document.body && focus());
}
