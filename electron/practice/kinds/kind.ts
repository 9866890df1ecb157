// What the API server knows of one kind beyond storing it: names, defaults, rules, the columns that `kubectl get` shows.
// One file a kind; a kind without rules of its own needs the names alone.
import type { FieldError } from '../api/api-error.ts';
import type { NameRule } from '../api/name-rules.ts';
import type { Clock } from '../clock.ts';
import type { KubeObject } from '../objects.ts';
import type { Store } from '../store/store.ts';

/** What a rule may look at beside the object itself. */
export interface KindContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Of the Kubernetes that this cluster is: 20 or later. */
  readonly minor: number;
}

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly format?: 'name';
  readonly description: string;
  /** 0: always; 1: with -o wide. */
  readonly priority: 0 | 1;
}

export interface Kind {
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** How its name has to look, `subdomain` unless said. The API checks metadata (name, labels, finalizers, owners, what may not change) itself. */
  readonly nameRule?: NameRule;
  readonly verbs: readonly string[];
  /** `status`, `log`, `exec`, ...: with the kind that it takes (`Pod`, `PodExecOptions`, `Eviction`) and its verbs. */
  readonly subresources: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[];
  /** The name of its type in the schema. */
  readonly type: string;
  /** Fills in what was left out, as the API server does when it decodes. Changes the object given, which nobody else has yet. */
  setDefaults?(object: KubeObject, context: KindContext): void;
  /** Takes away what a client may not set (status on create, ...), then admission. Changes the object given. @throws ApiError */
  prepareForCreate?(object: KubeObject, context: KindContext): void;
  /** Keeps what an update may not change silently (status, when the main resource is written). Changes the object given. */
  prepareForUpdate?(object: KubeObject, old: KubeObject, context: KindContext): void;
  validate?(object: KubeObject, context: KindContext): FieldError[];
  validateUpdate?(object: KubeObject, old: KubeObject, context: KindContext): FieldError[];
  /** Seconds that a deletion leaves it, or 0 for at once. @param asked DeleteOptions.gracePeriodSeconds */
  grace?(object: KubeObject, asked: number | undefined): number;
  readonly columns: readonly Column[];
  cells(object: KubeObject, context: KindContext): readonly (string | number)[];
  /** Beside metadata.name and metadata.namespace. */
  readonly fieldSelectors?: Readonly<Record<string, (object: KubeObject) => string>>;
}

/** As the store and messages name it: `pods`, `leases.coordination.k8s.io`. */
export const storeName = ({ resource, group }: Pick<Kind, 'resource' | 'group'>): string => (group ? `${resource}.${group}` : resource);
