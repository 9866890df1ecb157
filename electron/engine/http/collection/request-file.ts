// One request as the text of a file that people read, write and compare: only what is not usual stands in it.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { httpAuth, httpMethod, type HttpBody, type HttpRequest } from '../../../../shared/contract/http.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import type { SavedRequest } from '../../../../shared/contract/requests.ts';
import { openDocument, readYaml, setValue, writeYaml } from './read-yaml.ts';

export type RequestText = Pick<SavedRequest, 'request' | 'checks'> & {
  /** Absent where the file says none. */
  readonly name?: string | undefined;
};

type Pairs = [string, string][];
/** `Accept: text/plain`, in a list as `{ name, value }` where one name is there several times. */
const pairs = z.union([
  z.literal('').transform((): Pairs => []),
  z.array(z.object({ name: z.string(), value: z.string() })).transform((list): Pairs => list.map(({ name, value }) => [name, value])),
  z.record(z.string(), z.string()).transform((map): Pairs => Object.entries(map)),
]);
const body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('json'), text: z.string() }),
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('form'), fields: pairs }),
  z.object({ kind: z.literal('multipart'), parts: z.array(z.object({ name: z.string(), value: z.string().optional(), file: z.string().optional() })) }),
  z.object({ kind: z.literal('file'), file: z.string() }),
]);
const yesOrNo = z.enum(['true', 'false', 'yes', 'no']).transform((word) => word === 'true' || word === 'yes');
const seconds = z.string().regex(/^\d+(\.\d+)?$/, 'expected a number of seconds').transform((text) => Math.round(Number(text) * 1000));
/** All that a file may say of a request, each with what is usual. */
const fileText = z.object({
  name: z.string().optional(),
  method: z.string().default('GET').transform((text) => text.toUpperCase()).pipe(httpMethod),
  scheme: z.enum(['http', 'https']).default('http'),
  path: z.string().default('/'),
  headers: pairs.default([]),
  body: body.default({ kind: 'none' }),
  auth: httpAuth.default({ kind: 'none' }),
  timeoutSeconds: seconds.default(30_000),
  followRedirects: yesOrNo.default(true),
  verifyCertificate: yesOrNo.default(true),
});

/** @param file for the failure. @throws Failure REQUEST_FILE_INVALID */
export function readRequestText(file: string, text: string): RequestText {
  const { value, lineOf } = readYaml(file, text);
  // Nothing after a key is as if the key were not there.
  const { success, data, error } = fileText.safeParse(Object.fromEntries(Object.entries(value).filter(([, each]) => each !== '')));
  if (!success) {
    const [{ path, message }] = error.issues as [z.core.$ZodIssue];
    throw new Failure('REQUEST_FILE_INVALID', { file, line: lineOf(path) }, path.length > 0 ? `${path.join('.')}: ${message}` : message);
  }
  const { name, timeoutSeconds, ...request } = data;
  return { name, request: { ...request, timeoutMilliseconds: timeoutSeconds }, checks: checksIn(file, text) };
}

/** Their numbers are numbers. */
function checksIn(file: string, text: string): unknown[] {
  const checks: unknown = (openDocument(text).toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null)?.['checks'] ?? [];
  if (!Array.isArray(checks)) throw new Failure('REQUEST_FILE_INVALID', { file, line: 0 }, 'checks: expected a list');
  return checks;
}

/**
 * The text with this request in it. What `before` says already, its comments and the keys that Podlab does not know stay as they are.
 * @param before '' for a new file. @param checks those of `before` where it is left out. @throws Failure REQUEST_FILE_INVALID: `before` is none
 */
export function writeRequestText(file: string, before: string, { name, request, checks }: { name: string; request: HttpRequest; checks?: readonly unknown[] | undefined }): string {
  const old = readRequestText(file, before);
  const document = openDocument(before);
  const usual = keysOf(readRequestText(file, '').request);
  const [was, is] = [keysOf(old.request), keysOf(request)];
  // What every request has stands in the file even where it is usual.
  const always = ['method', 'path'];
  if (old.name !== name) setValue(document, 'name', name);
  for (const [key, value] of Object.entries(is)) {
    const isThere = document.has(key);
    if (isThere ? isDeepStrictEqual(value, was[key]) : !always.includes(key) && isDeepStrictEqual(value, usual[key])) continue;
    if (isDeepStrictEqual(value, usual[key]) && !always.includes(key)) document.delete(key);
    else setValue(document, key, value);
  }
  if (checks && !isDeepStrictEqual(checks, old.checks)) {
    if (checks.length > 0) setValue(document, 'checks', checks);
    else document.delete('checks');
  }
  return writeYaml(document);
}

/** As the file has them. */
function keysOf({ timeoutMilliseconds, ...request }: HttpRequest): Record<string, unknown> {
  const { method, scheme, path, headers, auth, followRedirects, verifyCertificate } = request;
  return {
    method, scheme, path, headers: pairsText(headers), body: bodyText(request.body), auth, timeoutSeconds: timeoutMilliseconds / 1000, followRedirects, verifyCertificate,
  };
}

function bodyText(text: HttpBody): unknown {
  return text.kind === 'form' ? { kind: text.kind, fields: pairsText(text.fields) } : text;
}

/** A map where it gives the same pairs in the same order: names that are whole numbers come first in an object. */
function pairsText(list: Pairs): unknown {
  const map = Object.fromEntries(list.filter(([name]) => name !== '__proto__'));
  return isDeepStrictEqual(Object.entries(map), list) ? map : list.map(([name, value]) => ({ name, value }));
}
