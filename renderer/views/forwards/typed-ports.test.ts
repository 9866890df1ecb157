import { expect, test } from 'vitest';
import { freePortOf, notAPort, readLocalPort, readPodPort, wrongField } from './typed-ports.ts';

test.each([
  ['8080', 8080],
  [' 1 ', 1],
  ['65535', 65535],
  ['', 0],
  ['  ', 0],
  ['0', 0],
  ['65536', undefined],
  ['70000', undefined],
  ['80a', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['http', undefined],
])('%j is the local port %s', (text, port) => {
  expect(readLocalPort(text)).toBe(port);
});

test.each([
  ['8080', '8080'],
  [' 080 ', '80'],
  ['http', 'http'],
  ['my-http2', 'my-http2'],
  ['80a', '80a'],
  ['', undefined],
  ['0', undefined],
  ['65536', undefined],
  ['99999999999', undefined],
  ['-1', undefined],
  ['80 81', undefined],
  ['8080:80', undefined],
  ['8.5', undefined],
])('%j is the pod port %s', (text, port) => {
  expect(readPodPort(text)).toBe(port);
});

test('a free port is offered only where the engine names one', () => {
  expect(freePortOf({ code: 'LOCAL_PORT_IN_USE', params: { port: 80, free: 81, owner: '' }, cause: '' })).toBe(81);
  expect(freePortOf({ code: 'LOCAL_PORT_IN_USE', params: { port: 80, free: 0, owner: '' }, cause: '' })).toBeUndefined();
  expect(freePortOf({ code: 'LOCAL_PORT_NOT_ALLOWED', params: { port: 80, free: 81 }, cause: '' })).toBeUndefined();
  expect(freePortOf(undefined)).toBeUndefined();
});

const of = (code: string) => ({ code, params: {}, cause: '' });

test('the field that has to be put right', () => {
  expect(wrongField(notAPort('70000'), '70000')).toBe('local-port');
  expect(wrongField(notAPort('70000'), '')).toBe('pod-port');
  expect(wrongField(notAPort(''), '')).toBe('pod-port');
  // The same number is a fault in one of the fields only: 80 is a port of this computer.
  expect(wrongField(notAPort('80'), '80')).toBe('pod-port');
  expect(wrongField(of('LOCAL_PORT_IN_USE'), '80')).toBe('local-port');
  expect(wrongField(of('PORT_NOT_TCP'), '80')).toBe('pod-port');
  expect(wrongField(of('ADDRESS_NOT_HERE'), '80')).toBe('address');
  expect(wrongField(of('SERVICE_EXTERNAL'), '80')).toBe('target');
  expect(wrongField(of('CLUSTER_UNREACHABLE'), '80')).toBeUndefined();
});
