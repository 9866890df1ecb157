// The query of a list or a watch: apimachinery, pkg/apis/meta/internalversion/validation, and which combinations are allowed.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { ApiError, badRequest, invalid, type FieldError } from './api-error.ts';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';
import { booleanParameter } from './request-info.ts';

export interface ListOptions {
  /** Nothing: not asked for. 0: any. */
  readonly resourceVersion: number | undefined;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  readonly limit: number;
  readonly continue: string;
  readonly timeoutSeconds: number | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  /** Whether the objects are chosen by more than their namespace. */
  readonly selective: boolean;
  matches(object: KubeObject): boolean;
}

/** @throws ApiError BadRequest, Invalid */
export function parseListOptions(query: URLSearchParams, kind: Kind, minor: number, watch: boolean): ListOptions {
  const limit = integer(query, 'limit') ?? 0;
  const timeoutSeconds = integer(query, 'timeoutSeconds');
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const matchesLabels = labels ? parseLabelSelector(labels, minor) : undefined;
  const matchesFields = fields ? parseFieldSelector(fields, kind) : undefined;
  const asked = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  // Streaming lists: a feature gate that was on by default in 1.32 and is again since 1.34.
  const streaming = minor >= 27 && query.has('sendInitialEvents');
  const sendInitialEvents = streaming ? booleanParameter(query, 'sendInitialEvents') : undefined;

  const errors = [
    ...(streaming ? checkInitialEvents(match, watch, minor === 32 || minor >= 34) : []),
    ...(match && !streaming ? checkMatch(match, asked, token, watch) : []),
  ];
  if (errors.length > 0) throw invalid('ListOptions.meta.k8s.io', '', errors);
  return {
    resourceVersion: parseResourceVersion(asked),
    match: match as ListOptions['match'],
    limit,
    continue: token,
    timeoutSeconds,
    allowWatchBookmarks: booleanParameter(query, 'allowWatchBookmarks'),
    sendInitialEvents,
    selective: matchesLabels !== undefined || matchesFields !== undefined,
    matches: (object) => (matchesLabels?.(object.metadata.labels ?? {}) ?? true) && (matchesFields?.(object) ?? true),
  };
}

/** @throws ApiError InternalError, as the real server calls it. */
export function parseResourceVersion(text: string): number | undefined {
  if (text === '') return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  const why = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  const shown = JSON.stringify(text);
  throw new ApiError(500, '', `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: ${why}`);
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${Number.isNaN(value) ? 'invalid syntax' : 'value out of range'}`);
}

const forbiddenField = (field: string, words: string): FieldError => ({ field, reason: 'FieldValueForbidden', detail: `Forbidden: ${words}` });

function checkMatch(match: string, asked: string, token: string, watch: boolean): FieldError[] {
  const field = 'resourceVersionMatch';
  if (watch) return [forbiddenField(field, 'resourceVersionMatch is forbidden for watch')];
  const errors: FieldError[] = [];
  if (asked === '') errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (token) errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    const detail = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`;
    errors.push({ field, reason: 'FieldValueNotSupported', detail });
  }
  if (match === 'Exact' && asked === '0') errors.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  return errors;
}

function checkInitialEvents(match: string, watch: boolean, enabled: boolean): FieldError[] {
  const field = 'sendInitialEvents';
  if (!watch) return [forbiddenField(field, 'sendInitialEvents is forbidden for list')];
  if (!enabled) return [forbiddenField(field, 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled')];
  if (match === 'NotOlderThan') return [];
  const words = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  if (match === '') return [forbiddenField('resourceVersionMatch', words)];
  return [{ field: 'resourceVersionMatch', reason: 'FieldValueNotSupported', detail: `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"` }];
}
