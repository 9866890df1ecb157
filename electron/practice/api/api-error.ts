// What the API answers when it does not do what was asked: a Status object.
// https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#status-v1-meta ; words as in apimachinery, pkg/api/errors/errors.go

export interface StatusCause {
  /** FieldValueRequired, FieldValueInvalid, FieldValueNotSupported, FieldValueDuplicate, FieldValueForbidden, FieldManagerConflict, ... */
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export class ApiError extends Error {
  readonly status: Status;
  /** @param reason '' for an error that the real server has no reason for, as for a panic or an error of Go's library. */
  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'ApiError';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    };
  }
}

/** `pods`, or `deployments.apps`: how messages name a resource. */
export interface GroupResource {
  readonly group: string;
  readonly name: string;
}
const qualified = ({ group, name }: GroupResource) => (group ? `${name}.${group}` : name);
const details = (resource: GroupResource, name?: string): StatusDetails => ({
  ...(name === undefined ? {} : { name }),
  ...(resource.group ? { group: resource.group } : {}),
  kind: resource.name,
});

export const notFound = (resource: GroupResource, name: string) =>
  new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, details(resource, name));

/** For a path that nothing serves. */
export const noSuchPath = () => new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (resource: GroupResource, name: string) =>
  new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, details(resource, name));

export const conflict = (resource: GroupResource, name: string, why: string) =>
  new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, details(resource, name));

export const modified = (resource: GroupResource, name: string) =>
  conflict(resource, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message);

export const forbidden = (resource: GroupResource, name: string, why: string) =>
  new ApiError(403, 'Forbidden', `${qualified(resource)}${name ? ` "${name}"` : ''} is forbidden: ${why}`, details(resource, name));

export const expired = (message: string) => new ApiError(410, 'Expired', message);

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const methodNotAllowed = (message = 'the server does not allow this method on the requested resource') =>
  new ApiError(405, 'MethodNotAllowed', message, {});

export const tooLarge = (message: string) => new ApiError(413, 'RequestEntityTooLarge', message);

export const unsupportedMediaType = (message: string) => new ApiError(415, 'UnsupportedMediaType', message);

/** One thing that is wrong with an object, as apimachinery's field.Error. */
export interface FieldError {
  /** `spec.containers[0].image` */
  field: string;
  reason: 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueNotSupported' | 'FieldValueDuplicate' | 'FieldValueForbidden' | 'FieldValueTooLong' | 'FieldValueNotFound';
  /** After the field and a colon: `Required value: must specify at least one container`. */
  detail: string;
}

/** @param kind with its group for other groups: `Pod`, `Deployment.apps`. One error is told alone, several in brackets, as Go's aggregate prints them. */
export function invalid(kind: string, name: string, errors: readonly FieldError[]): ApiError {
  const lines = [...new Set(errors.map(({ field, detail }) => `${field}: ${detail}`))];
  const [simple = kind, ...rest] = kind.split('.');
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`}`, {
    ...(name ? { name } : {}),
    ...(rest.length > 0 ? { group: rest.join('.') } : {}),
    ...(simple ? { kind: simple } : {}),
    causes: errors.map(({ field, reason, detail }) => ({ reason, message: detail, field })),
  });
}
