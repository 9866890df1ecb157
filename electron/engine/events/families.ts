// What made what, as far as it was seen: an event names only what it is about, and that may be gone.
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { controllerOf } from '../cluster/owners.ts';

/** An object that is or was there. */
export interface Member {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  /** What makes it. */
  readonly controller?: { readonly kind: string; readonly name: string; readonly uid: string };
  /** Of a pod. */
  readonly node?: string;
}

/** Less than 1 kB each. */
const MOST = 20_000;

export interface Families {
  /** Keeps what the objects say of themselves. */
  see(objects: Iterable<Pod | KubeObject>, kind?: string): void;
  of(uid: string): Member | undefined;
  all(): Iterable<Member>;
}

/** @param most the ones not seen for longest go when there are more. */
export function createFamilies(most = MOST): Families {
  const known = new Map<string, Member>();
  return {
    see(objects, kind) {
      for (const object of objects) {
        const { uid = '', name = '', namespace = '', creationTimestamp } = object.metadata;
        const controller = controllerOf(object);
        const node = (object as Pod).spec?.nodeName;
        const before = known.get(uid);
        if (before && before.node === node && before.controller?.uid === controller?.uid) continue;
        known.delete(uid);
        known.set(uid, {
          kind: kind ?? object.kind ?? '', namespace, name, uid, createdAt: creationTimestamp ?? '',
          ...(controller && { controller: { kind: controller.kind, name: controller.name, uid: controller.uid } }),
          ...(node !== undefined && { node }),
        });
        if (known.size > most) known.delete(known.keys().next().value!);
      }
    },
    of: (uid) => known.get(uid),
    all: () => known.values(),
  };
}
