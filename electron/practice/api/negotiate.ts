// In which form an answer is wanted: apiserver, pkg/endpoints/handlers/negotiation. JSON and YAML are spoken; protobuf is not, which a client
// that asks for it beside JSON does not mind.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
import { ApiError } from './api-error.ts';

export interface Form {
  readonly media: 'json' | 'yaml';
  /** The object as it is, a table for people, or its metadata alone. */
  readonly as: 'object' | 'table' | 'metadata';
  /** Of meta.k8s.io, for the last two. */
  readonly version: 'v1' | 'v1beta1';
}

export interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The clauses of an Accept header, the most wanted first. */
export function parseAccept(header: string | undefined): Clause[] {
  return (header ?? '')
    .split(',')
    .map((text) => {
      const [type = '', ...rest] = text.split(';').map((part) => part.trim());
      const parameters = new Map(rest.map((part) => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]));
      return { type: type.toLowerCase(), parameters };
    })
    .filter(({ type }) => type !== '')
    .sort((a, b) => weight(b) - weight(a));
}

const weight = ({ parameters }: Clause): number => Number(parameters.get('q') ?? 1) || 0;

const MEDIA = new Map<string, Form['media']>([
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['*/*', 'json'],
  ['application/*', 'json'],
]);
const AS = new Map<string, Form['as']>([
  ['Table', 'table'],
  ['PartialObjectMetadata', 'metadata'],
  ['PartialObjectMetadataList', 'metadata'],
]);

/** @throws ApiError NotAcceptable */
export function negotiate(header: string | undefined): Form {
  const clauses = parseAccept(header);
  if (clauses.length === 0) return { media: 'json', as: 'object', version: 'v1' };
  for (const { type, parameters } of clauses) {
    const media = MEDIA.get(type);
    if (!media) continue;
    const wanted = parameters.get('as');
    if (wanted === undefined) return { media, as: 'object', version: 'v1' };
    const as = AS.get(wanted);
    const version = parameters.get('v');
    if (as && parameters.get('g') === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1')) return { media, as, version };
  }
  throw notAcceptable(clauses);
}

export function notAcceptable(clauses: readonly Clause[]): ApiError {
  // What is nothing of the API's is turned away before its handlers, with the router's words.
  const known = clauses.some(({ type }) => MEDIA.has(type) || type === 'application/vnd.kubernetes.protobuf');
  return known
    ? new ApiError(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml')
    : new ApiError(406, 'NotAcceptable', '406: Not Acceptable', {});
}
