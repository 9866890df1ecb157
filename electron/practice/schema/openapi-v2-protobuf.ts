// The OpenAPI v2 document as gnostic's openapi_v2.Document message, which kubectl asks for before 1.27 and whose JSON form it cannot read.
// Field numbers: https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto. Written by hand for what the document has.
import protobuf from 'protobufjs/minimal.js';
import { stringify } from 'yaml';
import type { Json } from './openapi-types.ts';

type Write = (writer: protobuf.Writer) => void;

const lengthDelimited = (field: number) => field * 8 + 2;

function text(writer: protobuf.Writer, field: number, value: unknown): void {
  if (typeof value === 'string') writer.uint32(lengthDelimited(field)).string(value);
}

function texts(writer: protobuf.Writer, field: number, values: unknown): void {
  for (const value of (values ?? []) as string[]) text(writer, field, value);
}

function flag(writer: protobuf.Writer, field: number, value: unknown): void {
  if (value === true) writer.uint32(field * 8).bool(true);
}

function message(writer: protobuf.Writer, field: number, write: Write): void {
  writer.uint32(lengthDelimited(field)).fork();
  write(writer);
  writer.ldelim();
}

/** NamedX { name = 1; value = 2 }, once for every property. */
function namedMessages(writer: protobuf.Writer, field: number, values: unknown, write: (writer: protobuf.Writer, value: Json) => void): void {
  for (const [name, value] of Object.entries((values ?? {}) as Record<string, Json>)) {
    message(writer, field, (inner) => {
      text(inner, 1, name);
      message(inner, 2, (deepest) => write(deepest, value));
    });
  }
}

/** NamedAny { name = 1; value = 2: Any { yaml = 2 } }: the fields `x-...`. */
function extensions(writer: protobuf.Writer, field: number, object: Json): void {
  const own = Object.fromEntries(Object.entries(object).filter(([name]) => name.startsWith('x-')));
  namedMessages(writer, field, own, (inner, value) => text(inner, 2, stringify(value)));
}

function schema(writer: protobuf.Writer, value: Json): void {
  text(writer, 1, value['$ref']);
  text(writer, 2, value['format']);
  text(writer, 4, value['description']);
  texts(writer, 19, value['required']);
  const additional = value['additionalProperties'];
  if (additional !== undefined) message(writer, 21, (item) => message(item, 1, (inner) => schema(inner, additional as Json)));
  if (value['type'] !== undefined) message(writer, 22, (item) => text(item, 1, value['type']));
  const items = value['items'];
  if (items !== undefined) message(writer, 23, (item) => message(item, 1, (inner) => schema(inner, items as Json)));
  const properties = value['properties'];
  if (properties !== undefined) message(writer, 25, (inner) => namedMessages(inner, 1, properties, schema));
  extensions(writer, 31, value);
}

/** ParametersItem { parameter = 1: Parameter { body_parameter = 1; non_body_parameter = 2 { query = 3; path = 4 } } } */
function parameter(writer: protobuf.Writer, value: Json): void {
  message(writer, 1, (oneOf) => {
    if (value['in'] === 'body') {
      message(oneOf, 1, (body) => {
        text(body, 2, value['name']);
        text(body, 3, 'body');
        flag(body, 4, value['required']);
        message(body, 5, (inner) => schema(inner, value['schema'] as Json));
      });
      return;
    }
    const isPath = value['in'] === 'path';
    message(oneOf, 2, (other) =>
      message(other, isPath ? 4 : 3, (inner) => {
        flag(inner, 1, value['required']);
        text(inner, 2, value['in']);
        text(inner, 4, value['name']);
        text(inner, isPath ? 5 : 6, value['type']);
      }),
    );
  });
}

/** ResponseValue { response = 1: Response { description = 1; schema = 2: SchemaItem { schema = 1 } } } */
function response(writer: protobuf.Writer, value: Json): void {
  message(writer, 1, (inner) => {
    text(inner, 1, value['description']);
    const answer = value['schema'];
    if (answer !== undefined) message(inner, 2, (item) => message(item, 1, (deepest) => schema(deepest, answer as Json)));
  });
}

function operation(writer: protobuf.Writer, value: Json): void {
  texts(writer, 1, value['tags']);
  text(writer, 5, value['operationId']);
  texts(writer, 6, value['produces']);
  texts(writer, 7, value['consumes']);
  for (const item of value['parameters'] as Json[]) message(writer, 8, (inner) => parameter(inner, item));
  message(writer, 9, (inner) => namedMessages(inner, 1, value['responses'], response));
  texts(writer, 10, value['schemes']);
  extensions(writer, 13, value);
}

const methods = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;

function pathItem(writer: protobuf.Writer, value: Json): void {
  for (const [method, field] of Object.entries(methods)) {
    const found = value[method];
    if (found !== undefined) message(writer, field, (inner) => operation(inner, found as Json));
  }
  for (const item of value['parameters'] as Json[]) message(writer, 9, (inner) => parameter(inner, item));
}

/** SecurityDefinitionsItem { api_key_security = 2: { type = 1; name = 2; in = 3; description = 4 } } */
function security(writer: protobuf.Writer, value: Json): void {
  message(writer, 2, (inner) => {
    for (const [index, name] of ['type', 'name', 'in', 'description'].entries()) text(inner, index + 1, value[name]);
  });
}

/** @param document as openApiV2 makes it. */
export function openApiV2Protobuf(document: Json): Buffer {
  const writer = protobuf.Writer.create();
  const info = document['info'] as Json;
  text(writer, 1, document['swagger']);
  message(writer, 2, (inner) => {
    text(inner, 1, info['title']);
    text(inner, 2, info['version']);
  });
  message(writer, 8, (inner) => namedMessages(inner, 2, document['paths'], pathItem));
  message(writer, 9, (inner) => namedMessages(inner, 1, document['definitions'], schema));
  for (const requirement of document['security'] as Json[]) {
    message(writer, 12, (inner) => namedMessages(inner, 1, requirement, (item, values) => texts(item, 1, values)));
  }
  message(writer, 13, (inner) => namedMessages(inner, 1, document['securityDefinitions'], security));
  return Buffer.from(writer.finish());
}
