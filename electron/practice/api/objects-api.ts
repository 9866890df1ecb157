// Reading and writing objects under the API server's rules, without HTTP: what its handlers call, and what the kubelet, the scheduler and
// the controllers of the practice cluster call, which the real ones do over HTTP.
import type { KubeObject } from '../objects.ts';
import type { Kind } from '../kinds/kind.ts';

export interface WriteOptions {
  /** The field manager that managedFields names. */
  readonly manager: string;
  /** Everything is checked and nothing stored (`dryRun=All`). */
  readonly dryRun?: boolean;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly dryRun?: boolean;
}

export interface ObjectsApi {
  /** @param object as it was sent, decoded. @throws ApiError NotFound (namespace), AlreadyExists, Invalid, Forbidden, BadRequest */
  create(kind: Kind, namespace: string, object: KubeObject, options: WriteOptions): KubeObject;
  /**
   * Writes what `change` makes of the present object; the answer has to differ for anything to happen. A resourceVersion in it that is not the
   * present one is a Conflict. @param subresource '' or `status`, ... @throws ApiError NotFound, Conflict, Invalid
   */
  update(kind: Kind, subresource: string, namespace: string, name: string, change: (current: KubeObject) => KubeObject, options: WriteOptions): KubeObject;
  /** Begins or finishes a deletion: what is returned is the object on its way, or its last form. @throws ApiError NotFound, Conflict */
  delete(kind: Kind, namespace: string, name: string, options: DeleteOptions): { object: KubeObject; gone: boolean };
}
