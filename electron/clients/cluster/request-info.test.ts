import { expect, test } from 'vitest';
import { requestInfo } from './request-info.ts';

test.each([
  ['GET', '/api/v1/pods', false, { verb: 'list', resource: 'pods', namespace: '' }],
  ['GET', '/api/v1/pods?limit=1', true, { verb: 'watch', resource: 'pods', namespace: '' }],
  ['GET', '/api/v1/namespaces', false, { verb: 'list', resource: 'namespaces', namespace: '' }],
  ['GET', '/api/v1/namespaces/dev', false, { verb: 'get', resource: 'namespaces', namespace: '' }],
  ['GET', '/api/v1/namespaces/dev/pods/web', false, { verb: 'get', resource: 'pods', namespace: 'dev' }],
  ['GET', '/api/v1/namespaces/dev/pods/web/exec', false, { verb: 'get', resource: 'pods/exec', namespace: 'dev' }],
  ['DELETE', '/apis/apps/v1/namespaces/dev/deployments/web', false, { verb: 'delete', resource: 'deployments', namespace: 'dev' }],
  ['PATCH', '/api/v1/nodes/one', false, { verb: 'patch', resource: 'nodes', namespace: '' }],
  ['GET', '/version', false, { verb: 'get', resource: '', namespace: '' }],
])('%s %s', (method, path, watch, expected) => expect(requestInfo(method, path, watch)).toEqual(expected));
