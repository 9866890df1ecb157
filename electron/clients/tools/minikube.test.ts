// The argument lists are asserted, not tried: minikube cannot make a cluster where its images cannot be had.
import { expect, test } from 'vitest';
import { minikube, profileAddresses } from './minikube.ts';

test('create: the profile, the nodes where more than one, the version where chosen, and the docker driver', () => {
  expect(minikube.create({ name: 'dev', nodes: 1 })).toEqual({ args: ['start', '-p', 'dev', '--driver', 'docker'] });
  expect(minikube.create({ name: 'dev', nodes: 2, version: '1.33.4' })).toEqual({ args: ['start', '-p', 'dev', '--nodes', '2', '--kubernetes-version', 'v1.33.4', '--driver', 'docker'] });
});

test('the rest: a profile keeps its driver when it starts again', () => {
  expect(minikube.start?.('dev')).toEqual({ args: ['start', '-p', 'dev'] });
  expect(minikube.stop?.('dev')).toEqual({ args: ['stop', '-p', 'dev'] });
  expect(minikube.remove('dev')).toEqual({ args: ['delete', '-p', 'dev'] });
  expect(minikube.list(false)).toEqual({ args: ['profile', 'list', '-o', 'json', '--light'] });
  expect(minikube.list(true)).toEqual({ args: ['profile', 'list', '-o', 'json'] });
  expect(minikube.contextOf('dev')).toBe('dev');
});

test('reads what it prints', () => {
  expect(minikube.readVersion('v1.37.0\n')).toBe('1.37.0');
  const two = { Name: 'two', Status: 'OK', Config: { Name: 'two', Driver: 'docker', Nodes: [{ Name: '', ControlPlane: true }, { Name: 'm02', ControlPlane: false }] }, Active: false };
  const vm = { Name: 'vm', Status: 'Stopped', Config: { Name: 'vm', Driver: 'kvm2', Nodes: [{ Name: '' }] } };
  const quick = { Name: 'quick', Status: 'Skipped', Config: { Name: 'quick', Driver: 'vfkit', Nodes: [{ Name: '' }] } };
  expect(minikube.readList(JSON.stringify({ invalid: [{ Name: 'bad', Status: '', Config: null }], valid: [two, vm, quick] }))).toEqual([
    { name: 'two', state: 'running', nodes: ['two', 'two-m02'], inDocker: true },
    { name: 'vm', state: 'stopped', nodes: ['vm'], inDocker: false },
    { name: 'quick', state: 'unknown', nodes: ['quick'], inDocker: false },
    { name: 'bad', state: 'unknown', nodes: [], inDocker: false },
  ]);
  expect(minikube.readList('{"invalid":[],"valid":[]}')).toEqual([]);
  expect(() => minikube.readList('* Profile "x" not found')).toThrow('JSON');
  expect(() => minikube.readList('{"valid":[{"name":1}]}')).toThrow('Name');
});

test('the addresses of a profile', () => {
  const printed = JSON.stringify({ invalid: [{ Name: 'bad', Config: null }], valid: [{ Name: 'vm', Config: { Nodes: [{ Name: '', IP: '192.168.39.7' }, { Name: 'm02', IP: '' }] } }] });
  expect(['vm', 'bad', 'none'].map((name) => profileAddresses(printed, name))).toEqual([['192.168.39.7'], [], undefined]);
  expect(() => profileAddresses('* none', 'vm')).toThrow('JSON');
});

test.each([['minikube', true], ['my.dev', true], ['A1', true], ['a', false], ['', false], ['-p', false], ['a-', false], ['a b', false], ['a_b', false], ['delete', false], ['Stop', false], ['a'.repeat(64), false]])('name %j: %s', (name, good) => {
  expect(minikube.isName(name)).toBe(good);
});
