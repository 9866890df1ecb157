// Every reason for which something can fail, with its parameters. A code has one sentence in each language
// (renderer/messages, key `failure.CODE`); `cause` is the other side's own words and is always shown under it.
import { z } from 'zod';

const cause = z.string();
const failure = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ ...shape, cause });

export const failures = {
  // kubeconfig and cluster
  KUBECONFIG_MISSING: failure({ files: z.string() }),
  KUBECONFIG_INVALID: failure({ file: z.string() }),
  CONTEXT_NOT_FOUND: failure({ context: z.string() }),
  /** The context leads to another server than the change was made on. */
  CONTEXT_LEADS_ELSEWHERE: failure({ context: z.string(), server: z.string(), before: z.string() }),
  CREDENTIALS_FILE_MISSING: failure({ context: z.string(), file: z.string() }),
  CREDENTIALS_PLUGIN_FAILED: failure({ context: z.string(), command: z.string() }),
  CLUSTER_UNREACHABLE: failure({ context: z.string(), server: z.string() }),
  CLUSTER_NOT_TRUSTED: failure({ context: z.string(), server: z.string() }),
  CREDENTIALS_REFUSED: failure({ context: z.string() }),
  NOT_ALLOWED: failure({ verb: z.string(), resource: z.string(), namespace: z.string() }),
  CHANGES_LOCKED: failure({ context: z.string() }),
  API_ERROR: failure({ status: z.number(), reason: z.string() }),
  // the practice cluster
  PRACTICE_FAILED: failure({}),
  PRACTICE_ENDED: failure({}),
  // manifests and pods
  MANIFEST_NOT_YAML: failure({ line: z.number() }),
  /** A tab in the indentation, which YAML does not allow. */
  MANIFEST_TAB: failure({ line: z.number() }),
  MANIFEST_DUPLICATE_KEY: failure({ line: z.number(), path: z.string() }),
  /** In KiB. `text`: all that was given; `document`: one object. */
  MANIFEST_TOO_LARGE: failure({ line: z.number(), what: z.enum(['text', 'document']), size: z.number(), limit: z.number() }),
  /** Aliases that expand without end, or brackets within brackets: a YAML bomb. */
  MANIFEST_TOO_COMPLEX: failure({ line: z.number() }),
  MANIFEST_NO_KIND: failure({ line: z.number() }),
  MANIFEST_NAME_INVALID: failure({ line: z.number(), kind: z.string(), name: z.string(), limit: z.number(), why: z.enum(['length', 'letters']) }),
  MANIFEST_EMPTY: failure({}),
  MANIFEST_SEVERAL_DOCUMENTS: failure({ count: z.number() }),
  MANIFEST_NOT_A_POD: failure({ kind: z.string() }),
  MANIFEST_NO_NAME: failure({}),
  MANIFEST_OTHER_NAMESPACE: failure({ manifest: z.string(), namespace: z.string() }),
  MANIFEST_UNKNOWN_FIELD: failure({ path: z.string(), line: z.number(), suggestion: z.string() }),
  MANIFEST_REFUSED: failure({ path: z.string(), line: z.number() }),
  // objects of any kind
  KIND_UNKNOWN: failure({ apiVersion: z.string(), kind: z.string() }),
  OBJECT_GONE: failure({ kind: z.string(), name: z.string() }),
  OBJECT_REPLACED: failure({ kind: z.string(), name: z.string() }),
  OBJECT_EXISTS: failure({ kind: z.string(), name: z.string() }),
  /** `fields`: how many of the text's fields `managers` have set to something else. */
  OBJECT_CONFLICT: failure({ kind: z.string(), name: z.string(), managers: z.string(), fields: z.number() }),
  /** Somebody changed it since it was read. */
  OBJECT_CHANGED: failure({ kind: z.string(), name: z.string() }),
  /** A field that cannot be changed once the object is there. */
  OBJECT_IMMUTABLE: failure({ kind: z.string(), name: z.string(), path: z.string(), line: z.number() }),
  NAMESPACE_MISSING: failure({ namespace: z.string(), line: z.number() }),
  /** Some of the text's objects were written before one was refused, and could not be taken back: `left`. */
  APPLY_PARTLY: failure({ left: z.string() }),
  // workloads: what makes pods out of a template
  WORKLOAD_CHANGED: failure({ kind: z.string(), name: z.string() }),
  WORKLOAD_ENDING: failure({ kind: z.string(), name: z.string() }),
  WORKLOAD_PAUSED: failure({ kind: z.string(), name: z.string() }),
  WORKLOAD_RESTORED: failure({ kind: z.string(), name: z.string() }),
  WORKLOAD_NOT_RESTORED: failure({ kind: z.string(), name: z.string(), file: z.string() }),
  // the fixes of findings
  FINDING_GONE: failure({ pod: z.string(), finding: z.string() }),
  /** What the fix would change is not there: `path` in the object. */
  PLACE_MISSING: failure({ kind: z.string(), name: z.string(), path: z.string() }),
  /** A later part was refused; what was done before is as it was. */
  FIX_TAKEN_BACK: failure({ part: z.number(), parts: z.number() }),
  FIX_PARTLY: failure({ left: z.string() }),
  MANY_FAILED: failure({ count: z.number() }),
  POD_NOT_STUCK: failure({ pod: z.string() }),
  FINALIZER_GONE: failure({ pod: z.string(), finalizer: z.string() }),
  UNDO_CONFLICT: failure({ kind: z.string(), name: z.string() }),
  // files with manifests
  FILE_UNREADABLE: failure({ file: z.string() }),
  FILE_NOT_MANIFEST: failure({ file: z.string() }),
  FILE_TOO_LARGE: failure({ file: z.string(), bytes: z.number(), most: z.number() }),
  FILE_NOT_OPENED: failure({ file: z.string() }),
  FILE_CHANGED: failure({ file: z.string() }),
  FILE_NOT_WRITTEN: failure({ file: z.string() }),
  /** `container`: '' where the object should have just one. */
  CONTAINER_NOT_IN_FILE: failure({ file: z.string(), name: z.string(), container: z.string() }),
  FILE_FIX_UNCLEAR: failure({ file: z.string(), name: z.string() }),
  POD_EXISTS: failure({ pod: z.string(), namespace: z.string() }),
  POD_GONE: failure({ pod: z.string() }),
  POD_REPLACED: failure({ pod: z.string() }),
  POD_ENDING: failure({ pod: z.string() }),
  POD_CHANGED: failure({ pod: z.string() }),
  POD_HAS_OWNER: failure({ pod: z.string(), kind: z.string(), owner: z.string() }),
  POD_NOT_RUNNING: failure({ pod: z.string() }),
  POD_STILL_TERMINATING: failure({ pod: z.string(), seconds: z.number() }),
  RECREATE_RESTORED: failure({ pod: z.string() }),
  RECREATE_NOT_RESTORED: failure({ pod: z.string(), file: z.string() }),
  JOURNAL_NOT_WRITTEN: failure({ file: z.string() }),
  DRY_RUN_NOT_SUPPORTED: failure({ pod: z.string(), webhook: z.string() }),
  CONTAINER_NOT_FOUND: failure({ pod: z.string(), container: z.string() }),
  COMMAND_NOT_IN_IMAGE: failure({ command: z.string(), container: z.string() }),
  // logs and terminals
  LOG_PATTERN_INVALID: failure({ pattern: z.string() }),
  LOG_CLOSED: failure({ id: z.string() }),
  /** So many containers are followed at once. */
  LOG_TOO_MANY: failure({ limit: z.number() }),
  /** The oldest lines are dropped; they are counted from 1. */
  /** The runtime has thrown it away. */
  LOG_RUN_GONE: failure({ container: z.string() }),
  LOG_LINE_GONE: failure({ number: z.number() }),
  SHELL_NOT_IN_IMAGE: failure({ container: z.string() }),
  TERMINAL_GONE: failure({ id: z.string() }),
  TERMINAL_LOST: failure({ pod: z.string() }),
  END_OF_INPUT_NOT_SUPPORTED: failure({ context: z.string() }),
  DEBUG_NOT_SUPPORTED: failure({ context: z.string() }),
  /** A debug container stays in its pod, so one that could not start is not even asked for. */
  DEBUG_IMAGE_NOT_ON_NODE: failure({ image: z.string(), node: z.string() }),
  /** `reason`: the kubelet's word, such as CreateContainerError, '' where it said none in time. */
  DEBUG_NOT_STARTED: failure({ pod: z.string(), image: z.string(), reason: z.string() }),
  /** The program of a terminal that was closed runs on. */
  TERMINAL_LEFT_RUNNING: failure({ pod: z.string(), program: z.string() }),
  TERMINALS_FULL: failure({ most: z.number() }),
  // Docker and images
  DOCKER_ABSENT: failure({ endpoint: z.string() }),
  DOCKER_REFUSED: failure({ endpoint: z.string() }),
  DOCKER_STOPPED: failure({ endpoint: z.string() }),
  DOCKER_ERROR: failure({ status: z.number() }),
  IMAGE_NAME_INVALID: failure({ image: z.string(), reason: z.string() }),
  IMAGE_NOT_IN_DOCKER: failure({ image: z.string() }),
  IMAGE_IN_USE: failure({ image: z.string() }),
  FOLDER_UNREADABLE: failure({ folder: z.string() }),
  DOCKERFILE_MISSING: failure({ folder: z.string() }),
  BUILD_FAILED: failure({ image: z.string(), step: z.string() }),
  NODE_STORE_UNREACHABLE: failure({ node: z.string() }),
  LOAD_FAILED: failure({ image: z.string(), node: z.string() }),
  LOAD_NOT_VERIFIED: failure({ image: z.string(), node: z.string() }),
  NOTHING_TO_LOAD_INTO: failure({ image: z.string() }),
  PLATFORM_MISSING: failure({ image: z.string(), node: z.string(), architecture: z.string(), has: z.string() }),
  NODE_DISK_FULL: failure({ image: z.string(), node: z.string() }),
  IMAGE_HAS_NO_NAME: failure({ image: z.string() }),
  /** `file`: the archive that is kept of it, `none` where there is none. */
  IMAGE_NOT_RESTORED: failure({ image: z.string(), place: z.string(), file: z.string() }),
  IMAGE_NOT_REMOVED: failure({ image: z.string(), place: z.string() }),
  /** No copy can be made before a removal. `disk`: Podlab's own is full; `place`: the place's is; `discarded`: the node threw the layers away. */
  IMAGE_NOT_KEPT: failure({ image: z.string(), place: z.string(), why: z.enum(['disk', 'place', 'discarded']) }),
  BASE_IMAGE_UNAVAILABLE: failure({ image: z.string(), base: z.string() }),
  DOCKERFILE_INVALID: failure({ file: z.string(), line: z.number() }),
  IGNORE_FILE_INVALID: failure({ file: z.string() }),
  // the tools that make clusters
  TOOL_MISSING: failure({ tool: z.string() }),
  TOOL_FAILED: failure({ tool: z.string(), command: z.string() }),
  NOT_CONFIRMED: failure({ name: z.string() }),
  CLUSTER_NAME_INVALID: failure({ name: z.string() }),
  CLUSTER_EXISTS: failure({ tool: z.string(), name: z.string() }),
  CLUSTER_GONE: failure({ tool: z.string(), name: z.string() }),
  CLUSTER_NOT_TAKEN_BACK: failure({ tool: z.string(), name: z.string() }),
  KUBERNETES_VERSION_INVALID: failure({ version: z.string() }),
  // forwards and requests
  PORT_INVALID: failure({ port: z.string() }),
  /** Kubernetes forwards TCP only. */
  PORT_NOT_TCP: failure({ port: z.string(), protocol: z.string() }),
  PORT_NAME_UNKNOWN: failure({ port: z.string(), kind: z.string(), name: z.string() }),
  /** `free`: the next port that is, 0 where none near it is. `owner`: the program that has it, `forward` and `podlab` for this Podlab, '' where that is not known. */
  LOCAL_PORT_IN_USE: failure({ port: z.number(), free: z.number(), owner: z.string() }),
  LOCAL_PORT_NOT_ALLOWED: failure({ port: z.number() }),
  ADDRESS_INVALID: failure({ address: z.string() }),
  ADDRESS_NOT_HERE: failure({ address: z.string() }),
  FORWARD_GONE: failure({ id: z.string() }),
  /** `seconds`: how long a connection was held, 0 where none was. */
  NO_READY_POD: failure({ kind: z.string(), name: z.string(), seconds: z.number() }),
  SERVICE_WITHOUT_SELECTOR: failure({ service: z.string() }),
  SERVICE_EXTERNAL: failure({ service: z.string(), host: z.string() }),
  PORT_REFUSED_IN_POD: failure({ pod: z.string(), port: z.number() }),
  /** `listens`: the ports on which something in the pod does, such as `8080, 9090`; '' for none at all. */
  PORT_REFUSED_LISTENS: failure({ pod: z.string(), port: z.number(), listens: z.string() }),
  /** The client had said all and waited; the protocol cannot tell the pod so, and the pod said nothing. */
  HALF_CLOSE_UNSUPPORTED: failure({ pod: z.string(), port: z.number(), seconds: z.number() }),
  TUNNEL_FAILED: failure({ pod: z.string(), port: z.number() }),
  REQUEST_INVALID: failure({ field: z.string() }),
  /** A header that HTTP does not allow: a blank in its name, a line break in its value. */
  HEADER_INVALID: failure({ name: z.string() }),
  URL_SCHEME_UNKNOWN: failure({ scheme: z.string() }),
  REQUEST_TIMED_OUT: failure({ milliseconds: z.number() }),
  REQUEST_FAILED: failure({ url: z.string() }),
  /** `problem`: OpenSSL's word, such as CERT_HAS_EXPIRED. */
  CERTIFICATE_REFUSED: failure({ host: z.string(), problem: z.string() }),
  TLS_FAILED: failure({ host: z.string() }),
  TOO_MANY_REDIRECTS: failure({ count: z.number() }),
  /** `host`: where the answer leads, which is not the pod that was asked. */
  REDIRECT_ELSEWHERE: failure({ url: z.string() }),
  RESPONSE_NOT_HTTP: failure({ url: z.string() }),
  RESPONSE_HEADERS_TOO_LARGE: failure({ limit: z.number() }),
  RESPONSE_BROKE_OFF: failure({ received: z.number() }),
  RESPONSE_UNENDING: failure({ milliseconds: z.number() }),
  RESPONSE_NOT_DECODED: failure({ encoding: z.string() }),
  /** Neither curl nor wget nor a shell that could ask. */
  NO_HTTP_PROGRAM: failure({ pod: z.string(), container: z.string() }),
  /** What cannot be asked from inside with the program that is there. `what`: https, method, body. */
  NOT_FROM_INSIDE: failure({ program: z.string(), what: z.string() }),
  /** The other side stayed with HTTP: `status` says why. */
  NOT_UPGRADED: failure({ status: z.number() }),
  /** What was to stay open is no stream of events: `type` is what the answer says it is, '' for nothing. */
  NOT_EVENT_STREAM: failure({ status: z.number(), type: z.string() }),
  LIVE_GONE: failure({ id: z.string() }),
  /** A connection that was open broke. */
  LIVE_BROKE_OFF: failure({}),
  /** Of one message, in MiB. */
  LIVE_MESSAGE_TOO_LARGE: failure({ limit: z.number() }),
  /** More than is begun without asking: what the plan comes to, 0 where it does not bound that. */
  REPEAT_NOT_CONFIRMED: failure({ requests: z.number(), seconds: z.number() }),
  /** A file of saved requests or variables that says something else. `line`: 0 where it is the whole. */
  REQUEST_FILE_INVALID: failure({ file: z.string(), line: z.number() }),
  // files of a container
  /** None of these programs is in the image: `tools`, such as `sh`. */
  CONTAINER_HAS_NO_TOOLS: failure({ container: z.string(), tools: z.string() }),
  FILE_IN_CONTAINER_MISSING: failure({ path: z.string(), container: z.string() }),
  FILE_IN_CONTAINER_NOT_A_FOLDER: failure({ path: z.string() }),
  /** `kind`: what it is instead. */
  FILE_IN_CONTAINER_NOT_A_FILE: failure({ path: z.string(), kind: z.enum(['directory', 'link', 'other']) }),
  FILE_IN_CONTAINER_DENIED: failure({ path: z.string(), container: z.string() }),
  FILE_IN_CONTAINER_TOO_LARGE: failure({ path: z.string(), bytes: z.number(), limit: z.number() }),
  /** It tells no size, and more came than is read, or it did not end in that time. */
  FILE_IN_CONTAINER_ENDLESS: failure({ path: z.string(), limit: z.number(), seconds: z.number() }),
  FILE_IN_CONTAINER_EXISTS: failure({ path: z.string() }),
  /** Somebody changed it since Podlab read or wrote it. */
  FILE_IN_CONTAINER_CHANGED: failure({ path: z.string() }),
  FILE_IN_CONTAINER_READ_ONLY: failure({ path: z.string() }),
  FILE_IN_CONTAINER_NO_ROOM: failure({ path: z.string() }),
  FILE_IN_CONTAINER_NOT_READ: failure({ path: z.string(), container: z.string() }),
  FILE_IN_CONTAINER_NOT_WRITTEN: failure({ path: z.string(), container: z.string() }),
  /** What is overwritten could not be kept on this computer. */
  FILE_IN_CONTAINER_NOT_KEPT: failure({ path: z.string() }),
  UPLOAD_GONE: failure({ id: z.string() }),
  // activity
  NOTHING_TO_UNDO: failure({ id: z.string() }),
  NOTHING_TO_STOP: failure({ id: z.string() }),
  UNFINISHED_GONE: failure({ id: z.string() }),
} as const;

export type FailureCode = keyof typeof failures;
export type FailureParameters<Code extends FailureCode> = Omit<z.infer<(typeof failures)[Code]>, 'cause'>;

/** The plain data of a failure, as it crosses to the screen inside a state (a thrown one crosses as a typed error). */
export const failureData = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])), cause: z.string() });
export type FailureData = z.infer<typeof failureData>;

/** Thrown where the reason is known. Whatever else is thrown is a bug of ours and is shown as one. */
export class Failure<Code extends FailureCode = FailureCode> extends Error {
  override readonly name = 'Failure';
  readonly code: Code;
  readonly parameters: FailureParameters<Code>;
  /** The other side's own words. */
  readonly raw: string;
  /** @param cause the error or text that the other side gave; its text becomes `raw`. */
  constructor(code: Code, parameters: FailureParameters<Code>, cause: unknown) {
    const raw = causeText(cause);
    super(`${code}: ${raw}`, { cause });
    this.code = code;
    this.parameters = parameters;
    this.raw = raw;
  }

  /** The failure that a state holds as plain data, to be thrown. */
  static ofData({ code, params, cause }: FailureData): Failure {
    return new Failure<FailureCode>(code as FailureCode, params, cause);
  }

  /** Plain data for a state that is sent to the screen. */
  toData(): FailureData {
    return { code: this.code, params: this.parameters as FailureData['params'], cause: this.raw };
  }
}

/** The innermost text of an error: undici and Node wrap the socket's words in `cause`, or list them in an AggregateError. */
export function causeText(cause: unknown): string {
  if (cause instanceof Failure) return cause.raw;
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.map(causeText).join('; ');
  if (cause instanceof Error) {
    const inner = cause.cause === undefined ? '' : causeText(cause.cause);
    return inner && !cause.message.includes(inner) ? (cause.message ? `${cause.message}: ${inner}` : inner) : cause.message;
  }
  return typeof cause === 'string' ? cause : JSON.stringify(cause) ?? '';
}
