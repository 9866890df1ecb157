import { expect, test } from 'vitest';
import type { TargetChoice } from '../../../shared/contract/forwards.ts';
import { firstPort, grouped, keyOf, otherPorts, portList, tcpPorts } from './target-choices.ts';

const choice = (kind: TargetChoice['kind'], name: string, ports: TargetChoice['ports'] = [], namespace = 'default'): TargetChoice =>
  ({ kind, namespace, name, status: '', readyPods: 1, ports });
const dns = [
  { port: 53, name: 'dns', protocol: 'UDP' },
  { port: 53, name: 'dns-tcp', protocol: 'TCP' },
  { port: 9153, name: '', protocol: 'TCP' },
];

test('the groups stand in the order of their kinds, and none is empty; in each the names are in order', () => {
  const groups = grouped([choice('Service', 'b'), choice('Pod', 'z'), choice('Service', 'a', [], 'two'), choice('Service', 'a', [], 'one')]);
  expect(groups.map(({ kind, choices }) => [kind, choices.map((each) => `${each.namespace}/${each.name}`)])).toEqual([
    ['Pod', ['default/z']],
    ['Service', ['one/a', 'two/a', 'default/b']],
  ]);
});

test('a Deployment and a Service of one name are two choices, as are two Services of one name in two namespaces', () => {
  const all = [choice('Deployment', 'web'), choice('Service', 'web'), choice('Service', 'web', [], 'other')];
  expect(new Set(all.map(keyOf)).size).toBe(3);
});

test('what is not TCP is listed apart, even with the same number', () => {
  const target = choice('Service', 'kube-dns', dns);
  expect(otherPorts(target)).toEqual(['53/UDP']);
  expect(portList(tcpPorts(target))).toBe('53 (dns-tcp), 9153');
  expect(firstPort(target)).toBe('53');
});

test('without a TCP port the field stays empty', () => {
  expect(firstPort(choice('Pod', 'a', [{ port: 514, name: 'syslog', protocol: 'UDP' }]))).toBe('');
  expect(firstPort(undefined)).toBe('');
});
