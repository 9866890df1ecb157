import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { baseFiles } from '../base-files.ts';
import { realClock } from '../../clock.ts';
import { execute } from '../execution.ts';
import { createFiles, programFile } from '../files.ts';
import { createMachine } from '../machine.ts';
import { createNetwork } from '../network.ts';
import type { Machine } from '../program.ts';
import { programs } from '../programs/table.ts';

function machine(): Machine {
  const network = createNetwork();
  network.addHost('10.0.0.2');
  const image = new Map([...baseFiles, ['/usr/bin/curl', programFile('curl')], ['/usr/local/bin/http-server', programFile('http-server')]]);
  const files = createFiles(image, new Map([['/etc/hostname', 'box\n']]), new Date());
  return createMachine({ hostname: 'box', ip: '10.0.0.2', files, network, clock: realClock(50), programs });
}

const env = new Map([
  ['PATH', '/usr/local/bin:/usr/bin:/bin'],
  ['HOME', '/root'],
]);

async function run(script: string, input?: string, on = machine()): Promise<{ out: string; err: string; code: number }> {
  const execution = execute(on, { argv: ['sh', '-c', script], env, cwd: '/', tty: false, input: input !== undefined });
  if (input !== undefined) execution.stdin.end(input);
  const [out, err, code] = await Promise.all([text(execution.stdout), text(execution.stderr), execution.exit]);
  return { out, err, code };
}

describe('the shell', () => {
  it.each([
    ['words and quotes', `echo a  b 'c  d' "e  f" g\\ h`, 'a b c  d e  f g h\n'],
    ['variables', 'X=1; Y="$X 2"; echo $Y "${Y}3" \'$Y\'', '1 2 1 23 $Y\n'],
    ['splitting', 'X="a  b"; for w in $X; do echo "[$w]"; done; for w in "$X"; do echo "[$w]"; done', '[a]\n[b]\n[a  b]\n'],
    ['defaults', 'A=; echo ${A:-d} ${A-d}. ${B-d} ${A:+x}. ${C:=c} $C', 'd . d . c c\n'],
    ['trimming', 'P=/a/b.txt; echo ${P##*/} ${P%.*} ${P#/} ${#P}', 'b.txt /a/b a/b.txt 8\n'],
    ['substitution', 'echo "$(echo a; echo b)" `echo c`', 'a\nb c\n'],
    ['nested quotes in a substitution', 'echo "x $(echo "y  z" | tr y w) $(( 2 * (3 + 4) ))"', 'x w  z 14\n'],
    ['status', 'false; echo $?; true && echo yes || echo no; ! true; echo $?', '1\nyes\n1\n'],
    ['if', 'if [ 1 -gt 2 ]; then echo a; elif test -f /etc/passwd; then echo b; else echo c; fi', 'b\n'],
    ['while', 'i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); [ $i = 2 ] && break; done', '0\n1\n'],
    ['until and continue', 'i=0; until [ $i -ge 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done', '1\n3\n'],
    ['case', 'case abc in a) echo 1;; b*|a*c) echo 2;; *) echo 3;; esac', '2\n'],
    ['pipes', 'seq 5 | sort -r | head -n 2 | wc -l', '2\n'],
    ['a reader that leaves', 'yes | head -n 1', 'y\n'],
    ['a loop that reads', "printf 'a 1\\nb 2\\n' | while read k v; do echo $v $k; done", '1 a\n2 b\n'],
    ['files', 'echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; cat /tmp/f | wc -l', 'a\nb\n2\n'],
    ['both streams', '{ echo out; echo err >&2; } 2>&1 | sort; ls /nope 2>/dev/null; echo $?', 'err\nout\n1\n'],
    ['a group and a subshell', 'X=1; (X=2; echo $X); { X=3; }; echo $X', '2\n3\n'],
    ['functions', 'f() { echo "$1-$#"; return 3; }; f a b; echo $?', 'a-2\n3\n'],
    ['a here-document', 'X=1\ncat <<END\nx $X\nEND\ncat <<\'END\'\nx $X\nEND', 'x 1\nx $X\n'],
    ['background', 'sleep 1 & p=$!; wait $p; echo $?; (exit 4) & wait $!; echo $?', '0\n4\n'],
    ['names of files', 'cd /tmp; touch a.txt b.txt; echo *.txt "*.txt" *.nope', 'a.txt b.txt *.txt *.nope\n'],
    ['exit trap', "trap 'echo bye' EXIT; echo hi; exit 3", 'hi\nbye\n'],
    ['the environment', 'X=1 printenv X; Y=2; printenv Y; export Y; printenv Y', '1\n2\n'],
    ['set -e', 'set -e; if false; then :; fi; false || true; echo a; false; echo b', 'a\n'],
    ['exec', 'exec echo $$', '1\n'],
    ['eval and positional parameters', 'set -- a "b c"; for x in "$@"; do echo "<$x>"; done; eval "echo \\$2"', '<a>\n<b c>\nb c\n'],
    ['comments', 'echo a # b\n# c\necho d#e', 'a\nd#e\n'],
    ['redirect of the whole shell', 'exec > /tmp/log; echo a; cat /tmp/log >&2', ''],
  ])('%s', async (_name, script, out) => {
    expect((await run(script)).out).toBe(out);
  });

  it.each([
    ['nope', 127, 'sh: nope: not found\n'],
    ['/etc/hostname', 126, 'sh: /etc/hostname: Permission denied\n'],
    ['cat < /nope', 1, "sh: can't open /nope: no such file\n"],
    ['echo x > /no/x', 1, "sh: can't create /no/x: nonexistent directory\n"],
    ['if true', 2, 'sh: syntax error: unexpected end of file (expecting "then")\n'],
    ['echo )', 2, 'sh: syntax error: unexpected ")"\n'],
    ['cd /nope', 2, "sh: cd: can't cd to /nope: No such file or directory\n"],
    ['cat /nope', 1, "cat: can't open '/nope': No such file or directory\n"],
    ['ls /nope', 1, 'ls: /nope: No such file or directory\n'],
    ['echo ${X:?is needed}', 2, 'sh: X: is needed\n'],
    ['exit 300', 44, ''],
    ['kill -TERM $$; sleep 100', 143, ''],
  ])('%s ends with %i', async (script, code, err) => {
    const on = machine();
    // Beside a first process, so that signals have their usual effect.
    execute(on, { argv: ['sleep', '1000'], env, cwd: '/', tty: false, input: false });
    expect(await run(script, undefined, on)).toMatchObject({ code, err });
    on.end();
  });

  it('reads its script from the input, and commands read on from there', async () => {
    const execution = execute(machine(), { argv: ['sh'], env, cwd: '/', tty: false, input: true });
    execution.stdin.end('echo a\nread x\nvalue\necho $x\n');
    expect([await text(execution.stdout), await execution.exit]).toEqual(['a\nvalue\n', 0]);
  });

  it('holds no more than a pipe of what nobody reads', async () => {
    const on = machine();
    const execution = execute(on, { argv: ['yes'], env, cwd: '/', tty: false, input: false });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { readableLength } = execution.stdout;
    expect(readableLength).toBeGreaterThan(8192);
    expect(readableLength).toBeLessThan(256 * 1024);
    on.end();
    expect(await execution.exit).toBe(137);
  });

  it('lets others run while it runs in circles', async () => {
    const on = machine();
    const busy = execute(on, { argv: ['sh', '-c', 'while true; do :; done'], env, cwd: '/', tty: false, input: false });
    expect(await run('echo still here', undefined, on)).toMatchObject({ out: 'still here\n' });
    busy.kill();
    expect(await busy.exit).toBe(137);
  });

  it('ends what would take more memory than it may', async () => {
    expect(await run('x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; while true; do x=$x$x; done')).toMatchObject({ code: 2, err: 'sh: out of memory\n' });
    expect((await run('cat /dev/zero > /tmp/zero')).code).toBe(1);
  });
});

describe('in a terminal', () => {
  it('has a prompt, echoes, edits the line and survives Ctrl-C', async () => {
    const on = machine();
    execute(on, { argv: ['sleep', '1000'], env, cwd: '/', tty: false, input: false });
    const execution = execute(on, { argv: ['sh'], env, cwd: '/', tty: true, input: true });
    let seen = '';
    execution.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const shows = async (words: string) => {
      await expect.poll(() => seen, { timeout: 3000 }).toContain(words);
      seen = seen.slice(seen.indexOf(words) + words.length);
    };
    await shows('/ # ');
    execution.stdin.write('echo hx\u007Fi\r');
    await shows('echo hx\b \bi\r\nhi\r\n/ # ');
    execution.stdin.write('sleep 10000\r');
    await shows('sleep 10000\r\n');
    await expect.poll(() => [...on.processes.values()].some(({ argv }) => argv[1] === '10000')).toBe(true);
    execution.stdin.write('\u0003');
    await shows('^C');
    await shows('/ # ');
    execution.stdin.write('echo $?\r');
    await shows('130\r\n/ # ');
    execution.stdin.write('while true; do :; done\r');
    await shows('done\r\n');
    execution.stdin.write('\u0003');
    await shows('^C\r\n/ # ');
    execution.stdin.write('half a li\u0003');
    await shows('^C\r\n/ # ');
    execution.stdin.write('if true\rthen echo yes; fi\r');
    await shows('> ');
    await shows('\r\nyes\r\n/ # ');
    execution.stdin.write('\u0004');
    expect(await execution.exit).toBe(0);
    on.end();
  });
});

describe('curl and wget', () => {
  const serving = 'http-server --port 8080 > /tmp/log & while ! netstat | grep -q 8080; do sleep 1; done; ';

  it.each([
    ['curl -s localhost:8080/api/hello', '{"message":"Hello, world!","pod":"box"}\n', '', 0],
    ["curl -s -o /dev/null -w '%{http_code}\\n' http://box:8080/nope", '404\n', '', 0],
    ['curl -sf 127.0.0.1:8080/nope', '', '', 22],
    ['curl -sS -f 127.0.0.1:8080/nope', '', 'curl: (22) The requested URL returned error: 404\n', 22],
    ['curl localhost:9999', '', "curl: (7) Failed to connect to localhost port 9999 after 0 ms: Couldn't connect to server\n", 7],
    ['curl -s -X POST -d a=b localhost:8080/echo | grep -o \'"body":"[^"]*"\'', '"body":"a=b"\n', '', 0],
    ['curl -s -I localhost:8080/health | head -n 1', 'HTTP/1.1 200 OK\r\n', '', 0],
    ['curl nowhere', '', 'curl: (6) Could not resolve host: nowhere\n', 6],
    ['curl --nonsense x', '', "curl: option --nonsense: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n", 2],
    ['wget -qO- localhost:8080/api/hello', '{"message":"Hello, world!","pod":"box"}\n', '', 0],
    ['wget -q -O - localhost:9999', '', "wget: can't connect to remote host (127.0.0.1): Connection refused\n", 1],
    ['wget -qO- localhost:8080/nope', '', 'wget: server returned error: HTTP/1.1 404 Not Found\n', 1],
    ['wget -qO- nowhere', '', "wget: bad address 'nowhere'\n", 1],
  ])('%s', async (line, out, err, code) => {
    const on = machine();
    expect(await run(serving + line, undefined, on)).toEqual({ out, err, code });
    on.end();
  });

  it('gives up after the time it was given', async () => {
    const on = machine();
    const { err, code } = await run(`${serving}curl -s -S -m 1 'localhost:8080/slow?ms=600000'`, undefined, on);
    expect(code).toBe(28);
    expect(err).toMatch(/^curl: \(28\) Operation timed out after \d+ milliseconds with 0 bytes received\n$/);
    on.end();
  });
});

it('has a program for every file that is one', () => {
  const names = [...baseFiles.values()].flatMap((content) => /practice program (\S+)/.exec(content)?.[1] ?? []);
  expect(names.filter((name) => !programs.has(name))).toEqual([]);
});
