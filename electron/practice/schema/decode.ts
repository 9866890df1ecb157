// A request's body as a value.
import { unsupportedMediaType } from '../api/api-error.ts';
import { scanJson } from './go-json.ts';
import { decodeProtobuf, ProtobufError } from './protobuf-body.ts';
import type { Schema } from './schema.ts';
import { parseYaml, YamlError } from './yaml-body.ts';

/** The body is not of its format. The message is the decoder's; the API server tells it within words of its own (read-object.ts). */
export class BodyError extends Error {}

export interface Decoded {
  readonly object: unknown;
  /** Keys that stand twice, as strict decoding tells them: `duplicate field "spec.x"`, or for YAML the converter's error with all of them. */
  readonly duplicates: readonly string[];
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function decodeJson(bytes: Uint8Array): Decoded {
  const scanned = scanJson(bytes);
  if (!scanned.ok) throw new BodyError(`couldn't get version/kind; json parse error: ${scanned.message}`);
  return { object: JSON.parse(decoder.decode(bytes)) as unknown, duplicates: scanned.duplicates.map((path) => `duplicate field "${path}"`) };
}

function decodeYaml(bytes: Uint8Array): Decoded {
  try {
    const { value, duplicates } = parseYaml(decoder.decode(bytes));
    return { object: value, duplicates };
  } catch (error) {
    if (error instanceof YamlError) throw new BodyError(error.message);
    throw error;
  }
}

function decodeProtobufBody(bytes: Uint8Array, schema: Schema): Decoded {
  try {
    return { object: decodeProtobuf(bytes, schema), duplicates: [] };
  } catch (error) {
    if (error instanceof ProtobufError) throw new BodyError(error.message);
    throw error;
  }
}

/** `application/json` of `application/json; charset=utf-8`. */
const mediaTypeOf = (contentType: string) => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/**
 * @param contentType '' counts as JSON.
 * @param schema by which protobuf is read; without it, protobuf is another format.
 * @throws BodyError with Go's words; ApiError 415 for another format.
 */
export function decodeBody(bytes: Uint8Array, contentType: string, schema?: Schema): Decoded {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === '' || mediaType === 'application/json') return decodeJson(bytes);
  if (mediaType === 'application/yaml') return decodeYaml(bytes);
  if (schema && mediaType === 'application/vnd.kubernetes.protobuf') return decodeProtobufBody(bytes, schema);
  throw unsupportedMediaType(
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}
