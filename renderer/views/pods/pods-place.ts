// What is open on the Pods screen: #/pods/NAMESPACE/NAME is a pod, #/pods/NAMESPACE/KIND/NAME a workload or a Service.

export interface PodsPlace {
  readonly pod?: { readonly namespace: string; readonly name: string };
  readonly workload?: { readonly namespace: string; readonly kind: string; readonly name: string };
}

/** @param parts what follows the screen's name in the address. */
export function podsPlace([namespace, second, third]: readonly string[]): PodsPlace {
  if (namespace === undefined || second === undefined) return {};
  return third === undefined ? { pod: { namespace, name: second } } : { workload: { namespace, kind: second, name: third } };
}
