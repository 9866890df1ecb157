// What is typed of a run: kept while the person looks at another screen.
import { readPlan, type Extent } from './repeat-draft.ts';

class RepeatForm {
  extent = $state<Extent>('requests');
  requests = $state('100');
  seconds = $state('10');
  concurrency = $state('10');
  perSecond = $state('');

  readonly read = $derived(
    readPlan({ extent: this.extent, requests: this.requests, seconds: this.seconds, concurrency: this.concurrency, perSecond: this.perSecond }),
  );
}

export const repeatForm = new RepeatForm();
