// Ports as a person types them. The engine checks again; here is only what can be said before anything is asked.
import type { FailureData } from '../../../shared/contract/failures.ts';
import { parsePort } from '../pods/parse-port.ts';

/** The number for a port of this computer: 0, or nothing at all, is any free one. Undefined for what is no port. */
export function readLocalPort(text: string): number | undefined {
  return parsePort(text, 0);
}

/**
 * A port in the pod, as it is asked for: a number from 1 to 65535, or a name, which has at least one letter and no blanks or dots (an IANA service
 * name, as Kubernetes wants it). Undefined for anything else.
 */
export function readPodPort(text: string): string | undefined {
  const number = parsePort(text, undefined);
  if (number !== undefined) return number === 0 ? undefined : String(number);
  const name = text.trim();
  return /^[a-z0-9-]*[a-z][a-z0-9-]*$/i.test(name) ? name : undefined;
}

/** The failure that says so of a text that is no port. */
export function notAPort(text: string): FailureData {
  return { code: 'PORT_INVALID', params: { port: text.trim() }, cause: '' };
}

/** The port that is free where the wanted one is not: the engine names it. Undefined where there is none. */
export function freePortOf(failure: FailureData | undefined): number | undefined {
  return failure?.code === 'LOCAL_PORT_IN_USE' ? Number(failure.params['free']) || undefined : undefined;
}

export type ForwardField = 'target' | 'local-port' | 'pod-port' | 'address';

/** The field that has to be put right. Undefined where none of them is to blame. */
export function wrongField({ code }: FailureData, localPort: string): ForwardField | undefined {
  switch (code) {
    case 'LOCAL_PORT_IN_USE':
    case 'LOCAL_PORT_NOT_ALLOWED':
      return 'local-port';
    case 'PORT_INVALID':
      return readLocalPort(localPort) === undefined ? 'local-port' : 'pod-port';
    case 'PORT_NOT_TCP':
    case 'PORT_NAME_UNKNOWN':
      return 'pod-port';
    case 'ADDRESS_INVALID':
    case 'ADDRESS_NOT_HERE':
      return 'address';
    case 'SERVICE_EXTERNAL':
    case 'SERVICE_WITHOUT_SELECTOR':
    case 'OBJECT_GONE':
    case 'POD_GONE':
      return 'target';
    default:
      return undefined;
  }
}
