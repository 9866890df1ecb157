// What every part of one node's kubelet is given.
import type { ObjectsApi } from '../api/objects-api.ts';
import type { Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import type { BackOff } from './back-off.ts';
import type { EventRecorder } from './events.ts';
import type { ImageManager } from './image-manager.ts';

export interface KubeletContext {
  readonly store: Store;
  readonly api: ObjectsApi;
  readonly clock: Clock;
  readonly minor: number;
  readonly runtime: Runtime;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly recorder: EventRecorder;
  readonly images: ImageManager;
  /** Of containers that crash, by pod UID and container. */
  readonly restarts: BackOff;
  readonly podKind: Kind;
  /** Queues the beginning of a sync. */
  readonly turn: (call: () => void) => void;
}
