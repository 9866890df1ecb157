// The command lines are run here as they are run in a container: a shell's printf into nc or bash, against a server of this computer.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asked } from './hop.ts';
import { answerOf, choose, commandOf, MOST_BODY_BYTES, probe, programs, type Printed, type Program } from './inside-programs.ts';

const run = promisify(execFile);
let server: Server;
let port = 0;
const seen: { method: string; url: string; headers: string[]; body: Buffer }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.rawHeaders, body: Buffer.concat(chunks) });
      if (request.url === '/missing') response.statusCode = 404;
      response.setHeader('X-Answer', 'yes').write('first ');
      response.end('second');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

const asked = (change: Partial<Asked> = {}): Asked => ({ origin: new URL(`http://localhost:${port}`), path: '/a?b=c', method: 'GET', headers: [], body: undefined, ...change });
const limits = { seconds: 5, verifyCertificate: true };
const at = { pod: 'web', port: 8080, milliseconds: 5000 };

async function ran(program: Program, what: Asked, body?: Buffer): Promise<Printed> {
  const [file, ...rest] = commandOf(program, what, body, limits);
  return run(file!, rest, { encoding: 'buffer' }).then(
    ({ stdout, stderr }) => ({ stdout, stderr: stderr.toString(), exitCode: 0 }),
    (error: { stdout: Buffer; stderr: Buffer; code: number }) => ({ stdout: error.stdout, stderr: error.stderr.toString(), exitCode: error.code }),
  );
}
const answer = async (program: Program, what: Asked, body?: Buffer) => answerOf(program, await ran(program, what, body), what, at).toString('latin1');

/** Those of this computer; curl and bash are on each that builds Podlab. */
const here = (await run(probe[0]!, probe.slice(1))).stdout.trim().split('\n').toSorted((a, b) => programs.indexOf(a as Program) - programs.indexOf(b as Program)) as Program[];
test('curl and bash are here to be run', () => expect(here).toEqual(expect.arrayContaining(['curl', 'bash'])));

test.each(here.filter((program) => program !== 'wget' || !here.includes('gnu-wget')))('%s asks, and the answer is as it came over the connection', async (program) => {
  const text = await answer(program, asked({ headers: [['X-Own', "it's; $HOME"]] }));
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text).toMatch(/X-Answer: yes\r\n/);
  expect(text.replace(/\r\n[0-9a-f]+\r\n/g, '')).toContain('first second');
  expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/a?b=c', headers: expect.arrayContaining(['X-Own', "it's; $HOME"]) });
});

test.each(here.filter((program) => !program.endsWith('wget')))('%s sends any method, and a body with all that a shell would read', async (program) => {
  const body = Buffer.from('{"a":"$(date) `x` \\\\ \'q\' %s 가"}\r\n');
  const what = asked({ method: 'PATCH', headers: [['Content-Type', 'application/json']], body: { pieces: [body], length: body.length, contentType: '' } });
  expect(await answer(program, what, body)).toMatch(/^HTTP\/1\.1 200 /);
  expect(seen.at(-1)).toMatchObject({ method: 'PATCH', body });
});

test('bash sends every byte', async () => {
  const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  expect(await answer('bash', asked({ method: 'POST', body: { pieces: [body], length: 256, contentType: '' } }), body)).toMatch(/^HTTP\/1\.1 200 /);
  expect(seen.at(-1)?.body).toEqual(body);
});

test.each(here.filter((program) => !program.endsWith('wget')))('%s on a port where nothing listens: refused', async (program) => {
  const nowhere = asked({ origin: new URL('http://localhost:1') });
  await expect(answer(program, nowhere)).rejects.toMatchObject({ code: 'PORT_REFUSED_IN_POD', parameters: { pod: 'web', port: 8080 } });
});

test.each([
  ['busybox', '  HTTP/1.1 200 OK\n  X-Answer: yes\n  Transfer-Encoding: chunked\n', 'body', 0, 'HTTP/1.1 200 OK\r\nX-Answer: yes\r\nContent-Length: 4\r\n\r\nbody'],
  ['busybox of an error', 'Connecting to localhost:8080 (127.0.0.1:8080)\nwget: server returned error: HTTP/1.1 404 Not Found\n', '', 1, 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
])('wget of %s tells the headers beside the body', (_, stderr, stdout, exitCode, expected) => {
  expect(answerOf('wget', { stdout: Buffer.from(stdout), stderr, exitCode }, asked(), at).toString()).toBe(expected);
});

test('curl: what came before the answer is not the answer, and chunks that it has undone are there again', () => {
  const printed = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello';
  expect(answerOf('curl', { stdout: Buffer.from(printed), stderr: '', exitCode: 0 }, asked(), at).toString()).toBe(
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
});

test('curl: a chunked answer that broke off does not end', () => {
  const printed = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello';
  const stderr = 'curl: (18) transfer closed with outstanding read data remaining';
  expect(answerOf('curl', { stdout: Buffer.from(printed), stderr, exitCode: 18 }, asked(), at).toString()).toBe('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
});

test.each([
  ['curl', 28, 'curl: (28) Operation timed out after 5001 milliseconds', 'REQUEST_TIMED_OUT'],
  ['curl', 60, 'curl: (60) SSL certificate problem: self signed certificate', 'CERTIFICATE_REFUSED'],
  ['curl', 35, 'curl: (35) wrong version number', 'TLS_FAILED'],
  ['curl', 1, 'curl: (1) Received HTTP/0.9 when not allowed', 'RESPONSE_NOT_HTTP'],
  ['curl', 52, 'curl: (52) Empty reply from server', 'REQUEST_FAILED'],
  ['wget', 1, "wget: can't connect to remote host (127.0.0.1): Connection refused", 'PORT_REFUSED_IN_POD'],
  ['wget', 1, 'wget: bad address', 'REQUEST_FAILED'],
  ['nc', 1, '', 'REQUEST_FAILED'],
  ['bash', 1, 'bash: connect: Connection refused', 'PORT_REFUSED_IN_POD'],
] as const)('%s that ends with %i and says "%s" is %s', (program, exitCode, stderr, code) => {
  const told = () => answerOf(program, { stdout: Buffer.alloc(0), stderr, exitCode }, asked(), at);
  expect(told).toThrow(expect.objectContaining({ code, raw: stderr || 'nc ended with exit code 1' }));
});

const text = Buffer.from('x');
const binary = Buffer.from([0xff, 0]);
const large = Buffer.alloc(MOST_BODY_BYTES, 'x');
test.each([
  ['the best', ['curl', 'bash', 'nc', 'wget'], 'GET', 'http', undefined, 'curl'],
  ['bytes that are no text', ['curl', 'bash'], 'POST', 'http', binary, 'bash'],
  ['https', ['bash', 'nc', 'wget'], 'GET', 'https', undefined, 'wget'],
  ['https', ['bash', 'nc'], 'GET', 'https', undefined, { program: 'bash', cannot: 'https' }],
  ['PUT', ['wget'], 'PUT', 'http', text, { program: 'wget', cannot: 'method' }],
  ['POST', ['wget'], 'POST', 'http', text, 'wget'],
  ['a GET with a body', ['wget'], 'GET', 'http', text, { program: 'wget', cannot: 'body' }],
  ['a large body of letters', ['nc'], 'POST', 'http', large, 'nc'],
  ['a large body of bytes', ['nc'], 'POST', 'http', Buffer.alloc(MOST_BODY_BYTES, 0xff), { program: 'nc', cannot: 'body' }],
] as const)('%s, of %o', (_, found, method, scheme, body, expected) => {
  expect(choose(found, asked({ method, origin: new URL(`${scheme}://localhost:1`) }), body)).toEqual(expected);
});

test('busybox wget is not given what it would carry to wherever it is led; GNU wget is led nowhere, and its error has a body', async () => {
  const secret = asked({ headers: [['Authorization', 'Bearer t']] });
  expect(choose(['wget'], secret, undefined)).toEqual({ program: 'wget', cannot: 'secret' });
  expect(choose(['gnu-wget', 'wget'], secret, undefined)).toBe('gnu-wget');
  expect(commandOf('gnu-wget', secret, undefined, limits)).toEqual(expect.arrayContaining(['--max-redirect=0', '--content-on-error', '--no-proxy']));
});
