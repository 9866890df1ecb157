import { expect, test } from 'vitest';
import { hasSocketTable, listenersOf } from './listeners.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, state = '0A', remote = '00000000:0000') => `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 291234 1 0000000000000000 100 0 0 10 0`;
const far6 = '00000000000000000000000000000000:0000';

test.each<[what: string, rows: string[], expected: string[]]>([
  ['this pod only', [line('0100007F:1F90')], ['127.0.0.1 8080']],
  ['all addresses', [line('00000000:0050')], ['0.0.0.0 80']],
  ['one address', [line('0501F40A:0BB8')], ['10.244.1.5 3000']],
  ['all addresses, IPv6', [line('00000000000000000000000000000000:1F90', '0A', far6)], [':: 8080']],
  ['this pod only, IPv6', [line('00000000000000000000000001000000:1F90', '0A', far6)], ['::1 8080']],
  ['IPv4 in an IPv6 socket', [line('0000000000000000FFFF00000100007F:1F90', '0A', far6)], ['127.0.0.1 8080']],
  ['an IPv6 address with a hole', [line('B80D0120000000000000000001000000:01BB', '0A', far6)], ['2001:db8::1 443']],
  ['a link-local address', [line('000080FE00000000FF005450B6AD1DFE:0050', '0A', far6)], ['fe80::5054:ff:fe1d:adb6 80']],
  ['a connection is no listener', [line('0100007F:1F90', '01', '0100007F:D431'), line('0100007F:1F90', '06')], []],
  ['the same once, by port', [line('00000000:1F90'), line('00000000:0050'), line('00000000:1F90')], ['0.0.0.0 80', '0.0.0.0 8080']],
  ['nothing that a shell might say', ['cat: /proc/net/tcp6: No such file or directory', 'a: b'], []],
])('%s', (_, rows, expected) => {
  expect(listenersOf([head, ...rows].join('\n')).map(({ address, port }) => `${address} ${port}`)).toEqual(expected);
});

test('an empty table is a table, and no table is none', () => {
  expect([hasSocketTable(head), hasSocketTable(''), hasSocketTable('cat: /proc/net/tcp: No such file or directory')]).toEqual([true, false, false]);
});
