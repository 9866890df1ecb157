// The files that every image of the practice has: what a small Linux has, as far as someone who looks around sees it.
import { programFile } from './files.ts';

const inBin = 'sh ash cat chmod cp date echo env false grep hostname kill ls mkdir mv netstat printf ps pwd rm sed sleep sort touch true uname'.split(' ');
const inUsrBin =
  'basename cut dirname find free head id nproc printenv seq sort tail tee test timeout tr uniq uptime wc wget which whoami yes'.split(' ');

export const baseFiles: ReadonlyMap<string, string> = new Map([
  ...inBin.map((name): [string, string] => [`/bin/${name}`, programFile(name)]),
  ...inUsrBin.map((name): [string, string] => [`/usr/bin/${name}`, programFile(name)]),
  ['/usr/bin/[', programFile('test')],
  ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n'],
  ['/etc/group', 'root:x:0:root\nnobody:x:65534:\n'],
  ['/etc/alpine-release', '3.20.3\n'],
  [
    '/etc/os-release',
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\nHOME_URL="https://alpinelinux.org/"\n',
  ],
]);
