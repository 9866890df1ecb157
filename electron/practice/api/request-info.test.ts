import { expect, it } from 'vitest';
import { booleanParameter, parseResourcePath } from './request-info.ts';

const core = { group: '', version: 'v1', resource: 'pods', subresource: '', namespace: '', name: '', rest: '' };

it.each([
  ['/api/v1/pods', core],
  ['/api/v1/namespaces/a/pods', { ...core, namespace: 'a' }],
  ['/api/v1/namespaces/a/pods/b', { ...core, namespace: 'a', name: 'b' }],
  ['/api/v1/namespaces/a/pods/b/log', { ...core, namespace: 'a', name: 'b', subresource: 'log' }],
  ['/api/v1/namespaces/a/pods/http:b:8080/proxy/x/%20y/', { ...core, namespace: 'a', name: 'http:b:8080', subresource: 'proxy', rest: '/x/%20y/' }],
  ['/api/v1/namespaces/a/pods/b%2Fc', { ...core, namespace: 'a', name: 'b/c' }],
  ['/api/v1/namespaces', { ...core, resource: 'namespaces' }],
  ['/api/v1/namespaces/a', { ...core, resource: 'namespaces', name: 'a' }],
  ['/api/v1/namespaces/a/finalize', { ...core, resource: 'namespaces', name: 'a', subresource: 'finalize' }],
  ['/apis/apps/v1/namespaces/a/deployments/b', { ...core, group: 'apps', resource: 'deployments', namespace: 'a', name: 'b' }],
  ['/api/v1', undefined],
  ['/apis/apps/v1', undefined],
  ['/healthz', undefined],
  ['/api/v1/namespaces/a/pods/%zz', undefined],
])('%s', (path, info) => {
  expect(parseResourcePath(path)).toEqual(info);
});

it('takes for true what is not said to be false', () => {
  for (const text of ['watch=1', 'watch=true', 'watch=foo', 'watch=']) expect(booleanParameter(new URLSearchParams(text), 'watch'), text).toBe(true);
  for (const text of ['', 'watch=0', 'watch=false']) expect(booleanParameter(new URLSearchParams(text), 'watch'), text).toBe(false);
});
