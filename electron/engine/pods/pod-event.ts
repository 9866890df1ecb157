// An event as the screens show it.
import type { PodEvent } from '../../../shared/contract/pods.ts';
import { eventCount, eventMessage, eventTime } from '../../../shared/kubernetes/events.ts';
import type { KubeEvent } from '../../../shared/kubernetes/objects.ts';

export function podEvent(event: KubeEvent): PodEvent {
  const at = eventTime(event);
  return {
    id: event.metadata.uid ?? '',
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: eventMessage(event),
    count: eventCount(event),
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    source: event.source?.component || event.reportingComponent || '',
  };
}
