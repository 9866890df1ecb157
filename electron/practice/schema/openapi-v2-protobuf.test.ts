// The protobuf form read back with gnostic's message definition. Its field numbers were proven against the document of a real 1.20.2 server.
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { openApiV2Protobuf } from './openapi-v2-protobuf.ts';

const definition = `
syntax = "proto3";
package openapi.v2;
message Document { string swagger = 1; Info info = 2; Paths paths = 8; Definitions definitions = 9; repeated SecurityRequirement security = 12; SecurityDefinitions security_definitions = 13; }
message Info { string title = 1; string version = 2; }
message Paths { repeated NamedPathItem path = 2; }
message NamedPathItem { string name = 1; PathItem value = 2; }
message PathItem { Operation get = 2; Operation put = 3; Operation post = 4; Operation delete = 5; Operation options = 6; Operation head = 7; Operation patch = 8; repeated ParametersItem parameters = 9; }
message Operation { repeated string tags = 1; string description = 3; string operation_id = 5; repeated string produces = 6; repeated string consumes = 7; repeated ParametersItem parameters = 8; Responses responses = 9; repeated string schemes = 10; repeated NamedAny vendor_extension = 13; }
message ParametersItem { Parameter parameter = 1; }
message Parameter { BodyParameter body_parameter = 1; NonBodyParameter non_body_parameter = 2; }
message BodyParameter { string description = 1; string name = 2; string in = 3; bool required = 4; Schema schema = 5; }
message NonBodyParameter { Sub query = 3; PathSub path = 4; }
message Sub { bool required = 1; string in = 2; string description = 3; string name = 4; string type = 6; }
message PathSub { bool required = 1; string in = 2; string description = 3; string name = 4; string type = 5; }
message Responses { repeated NamedResponseValue response_code = 1; }
message NamedResponseValue { string name = 1; ResponseValue value = 2; }
message ResponseValue { Response response = 1; }
message Response { string description = 1; SchemaItem schema = 2; }
message SchemaItem { Schema schema = 1; }
message Definitions { repeated NamedSchema additional_properties = 1; }
message NamedSchema { string name = 1; Schema value = 2; }
message Schema { string _ref = 1; string format = 2; string description = 4; repeated string required = 19; AdditionalPropertiesItem additional_properties = 21; TypeItem type = 22; ItemsItem items = 23; Properties properties = 25; repeated NamedAny vendor_extension = 31; }
message AdditionalPropertiesItem { Schema schema = 1; }
message TypeItem { repeated string value = 1; }
message ItemsItem { repeated Schema schema = 1; }
message Properties { repeated NamedSchema additional_properties = 1; }
message NamedAny { string name = 1; Any value = 2; }
message Any { string yaml = 2; }
message SecurityRequirement { repeated NamedStringArray additional_properties = 1; }
message NamedStringArray { string name = 1; StringArray value = 2; }
message StringArray { repeated string value = 1; }
message SecurityDefinitions { repeated NamedSecurity additional_properties = 1; }
message NamedSecurity { string name = 1; Security value = 2; }
message Security { ApiKey api_key_security = 2; }
message ApiKey { string type = 1; string name = 2; string in = 3; string description = 4; }
`;
const type = protobuf.parse(definition, { keepCase: true }).root.lookupType('openapi.v2.Document');
const read = (bytes: Uint8Array) => type.toObject(type.decode(bytes), { arrays: false });

describe('openApiV2Protobuf', () => {
  it('says what the document says', () => {
    const ref = { $ref: '#/definitions/Pod' };
    const bytes = openApiV2Protobuf({
      swagger: '2.0',
      info: { title: 'Kubernetes', version: 'v1.34.0' },
      paths: {
        '/pods/{name}': {
          patch: {
            tags: ['core_v1'],
            operationId: 'patchPod',
            consumes: ['a/b'],
            produces: ['c/d'],
            schemes: ['https'],
            parameters: [
              { name: 'body', in: 'body', required: true, schema: ref },
              { name: 'dryRun', in: 'query', type: 'string' },
            ],
            responses: { 200: { description: 'OK', schema: ref } },
            'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind: 'Pod' },
          },
          parameters: [{ name: 'name', in: 'path', required: true, type: 'string' }],
        },
      },
      definitions: {
        Pod: {
          type: 'object',
          required: ['names'],
          properties: {
            names: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-map-keys': ['a', 'b'] },
            labels: { type: 'object', additionalProperties: { type: 'integer', format: 'int32' } },
          },
        },
      },
      securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
      security: [{ BearerToken: [] }],
    });
    const schema = { _ref: '#/definitions/Pod' };
    expect(read(bytes)).toEqual({
      swagger: '2.0',
      info: { title: 'Kubernetes', version: 'v1.34.0' },
      paths: {
        path: [
          {
            name: '/pods/{name}',
            value: {
              patch: {
                tags: ['core_v1'],
                operation_id: 'patchPod',
                consumes: ['a/b'],
                produces: ['c/d'],
                schemes: ['https'],
                parameters: [
                  { parameter: { body_parameter: { name: 'body', in: 'body', required: true, schema } } },
                  { parameter: { non_body_parameter: { query: { in: 'query', name: 'dryRun', type: 'string' } } } },
                ],
                responses: { response_code: [{ name: '200', value: { response: { description: 'OK', schema: { schema } } } }] },
                vendor_extension: [{ name: 'x-kubernetes-group-version-kind', value: { yaml: 'group: ""\nversion: v1\nkind: Pod\n' } }],
              },
              parameters: [{ parameter: { non_body_parameter: { path: { required: true, in: 'path', name: 'name', type: 'string' } } } }],
            },
          },
        ],
      },
      definitions: {
        additional_properties: [
          {
            name: 'Pod',
            value: {
              type: { value: ['object'] },
              required: ['names'],
              properties: {
                additional_properties: [
                  {
                    name: 'names',
                    value: {
                      type: { value: ['array'] },
                      items: { schema: [{ type: { value: ['string'] } }] },
                      vendor_extension: [{ name: 'x-kubernetes-list-map-keys', value: { yaml: '- a\n- b\n' } }],
                    },
                  },
                  { name: 'labels', value: { type: { value: ['object'] }, additional_properties: { schema: { type: { value: ['integer'] }, format: 'int32' } } } },
                ],
              },
            },
          },
        ],
      },
      security: [{ additional_properties: [{ name: 'BearerToken', value: {} }] }],
      security_definitions: {
        additional_properties: [{ name: 'BearerToken', value: { api_key_security: { type: 'apiKey', name: 'authorization', in: 'header' } } }],
      },
    });
  });
});
