// The types of the objects that are served, as data: from it come OpenAPI (v2, v3), the check for unknown fields, the keys by which lists
// are merged, and who owns which field. Facts of the API (names, types, list keys) stand in the tables beside this file.

export type TypeRef =
  | { readonly kind: 'number' | 'boolean' | 'quantity' | 'int-or-string' | 'time' | 'micro-time' | 'bytes' | 'any' }
  | { readonly kind: 'integer'; readonly bits: 32 | 64 }
  /** @property go The name of the Go type where it has one of its own, as errors say it: `PullPolicy`. */
  | { readonly kind: 'string'; readonly go?: string }
  /** Named, to be looked up with `Schema.type`. */
  | { readonly kind: 'object'; readonly type: string }
  | { readonly kind: 'list'; readonly of: TypeRef }
  | { readonly kind: 'map'; readonly of: TypeRef };

export interface Field {
  readonly name: string;
  readonly type: TypeRef;
  readonly required: boolean;
  /** A pointer in Go: its 0, false and "" differ from nothing and are kept. Said of plain values only. */
  readonly pointer: boolean;
  /**
   * How server-side apply looks at a list (x-kubernetes-list-type): map lists by these keys, sets by value, atomic ones as a whole.
   * Maps and objects: `granular` unless said.
   */
  readonly structure: { readonly kind: 'granular' | 'atomic' | 'set' } | { readonly kind: 'map'; readonly keys: readonly string[] };
  /** x-kubernetes-patch-strategy and x-kubernetes-patch-merge-key: how a strategic merge patch looks at it. */
  readonly patch?: { readonly strategy: readonly ('merge' | 'retainKeys' | 'replace')[]; readonly mergeKey?: string };
  /** What an absent key of a map list counts as (`protocol`: `TCP`). */
  readonly default?: unknown;
  /** Its number in the type's protobuf message (generated.proto); two for a field of an embedded message. */
  readonly proto?: readonly number[];
}

export interface ObjectType {
  /** `PodSpec`. */
  readonly name: string;
  /** `io.k8s.api.core.v1.PodSpec`. */
  readonly openApiName: string;
  /** Server-side apply owns it as a whole (x-kubernetes-map-type: atomic); fields of this type are atomic, and so are items of lists. */
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Schema {
  /** Of the Kubernetes whose types these are. */
  readonly minor: number;
  /** @throws Error for a name that is in no table: a fault of ours. */
  type(name: string): ObjectType;
  readonly types: ReadonlyMap<string, ObjectType>;
}
