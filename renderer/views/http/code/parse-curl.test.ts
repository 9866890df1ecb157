import { expect, test } from 'vitest';
import { readRequest } from '../request-draft.ts';
import { isCurl } from './is-curl.ts';
import { readCurl } from './parse-curl.ts';

/** What would be sent. */
function sent(line: string) {
  const read = readCurl(line);
  if (!read.ok) return read.problem.key;
  const request = readRequest(read.draft);
  return request.ok ? { ...request.request, host: read.host, ignored: read.ignored, hasExpansion: read.hasExpansion } : request.problem.key;
}

test.each<[string, object]>([
  ['curl http://localhost:8080/', { method: 'GET', scheme: 'http', path: '/', host: 'localhost:8080', body: { kind: 'none' }, followRedirects: false, verifyCertificate: true, ignored: [] }],
  ['$ curl localhost:8080', { method: 'GET', path: '/', host: 'localhost:8080' }],
  ['curl -k https://kim:p%40@example.com/a?b=c\\&d=e#f', { scheme: 'https', path: '/a?b=c&d=e', host: 'example.com', auth: { kind: 'basic', user: 'kim', password: 'p@' }, verifyCertificate: false }],
  ["curl -X POST -H 'Content-Type: application/json' -d '{\"a\":\"it'\\''s\"}' http://x/", { method: 'POST', headers: [['Content-Type', 'application/json']], body: { kind: 'json', text: '{"a":"it\'s"}' } }],
  ["curl -XPUT --data-raw 'plain words' -H 'Content-Type: text/plain' x/y", { method: 'PUT', path: '/y', body: { kind: 'text', text: 'plain words' } }],
  ['curl -d a=1 -d b=%20x http://x/', { method: 'POST', body: { kind: 'form', fields: [['a', '1'], ['b', ' x']] } }],
  ["curl --data-urlencode 'q=a b&c' --data-urlencode n=1 http://x/", { body: { kind: 'form', fields: [['q', 'a b&c'], ['n', '1']] } }],
  ["curl -G --data-urlencode 'q=a b' http://x/s?z=1", { method: 'GET', path: '/s?z=1&q=a%20b', body: { kind: 'none' } }],
  ["curl --json '{}' http://x/", { method: 'POST', headers: [['Accept', 'application/json']], body: { kind: 'json', text: '{}' } }],
  ["curl -F name=kim -F 'photo=@/tmp/a.png;type=image/png' --form-string 'at=@x' http://x/", { method: 'POST', body: { kind: 'multipart', parts: [{ name: 'name', value: 'kim' }, { name: 'photo', file: '/tmp/a.png' }, { name: 'at', value: '@x' }] } }],
  ['curl -T /tmp/f -X PUT http://x/', { method: 'PUT', body: { kind: 'file', file: '/tmp/f' } }],
  ['curl --data-binary @/tmp/f http://x/', { method: 'POST', body: { kind: 'file', file: '/tmp/f' } }],
  ['curl -u kim:pa:ss http://x/', { auth: { kind: 'basic', user: 'kim', password: 'pa:ss' } }],
  ["curl -H 'Authorization: Bearer abc' -H 'X-Two: 2' http://x/", { auth: { kind: 'bearer', token: 'abc' }, headers: [['X-Two', '2']] }],
  ["curl -H 'Authorization: Basic a2ltOu2VnA==' -u other:one http://x/", { auth: { kind: 'basic', user: 'kim', password: '한' }, headers: [] }],
  ['curl --oauth2-bearer abc http://x/', { auth: { kind: 'bearer', token: 'abc' } }],
  ["curl -H 'Authorization: Basic a2lt' http://x/", { auth: { kind: 'none' }, headers: [['Authorization', 'Basic a2lt']] }],
  ["curl -H 'X-Empty;' -H 'Host:' -A agent -e http://r/ -b 'a=1; b=2' http://x/", { headers: [['X-Empty', ''], ['User-Agent', 'agent'], ['Referer', 'http://r/'], ['Cookie', 'a=1; b=2']] }],
  ['curl -I -L -m 2.5 --url http://x/z', { method: 'HEAD', path: '/z', followRedirects: true, timeoutMilliseconds: 2500 }],
  ['curl -s -o /dev/null -x http://proxy:1 --connect-timeout 3 --http2 http://x/ | jq .', { path: '/', host: 'x', ignored: ['-o', '-x', '--connect-timeout', '--http2'] }],
  ['curl "http://x/$HOME/`id`" -H "A: $(date) ${B}"', { path: '/$HOME/`id`', headers: [['A', '$(date) ${B}']], hasExpansion: true }],
  ["curl -d 'it costs $' -H 'X: $HOME' http://x/\\$A", { path: '/$A', headers: [['X', '$HOME'], ['Content-Type', 'application/x-www-form-urlencoded']], body: { kind: 'text', text: 'it costs $' }, hasExpansion: false }],
  // Several in one word, and a value attached to the last.
  ['curl -sSL http://x/', { host: 'x', followRedirects: true, ignored: [] }],
  ['curl -kLXPOST http://x/', { host: 'x', method: 'POST', followRedirects: true, verifyCertificate: false }],
  ['curl -sLX DELETE http://x/y', { host: 'x', method: 'DELETE', path: '/y', followRedirects: true }],
  // The value of an option that means nothing here is no address, and what is another request is not read.
  ['curl --aws-sigv4 aws:amz --proto =https http://x/', { host: 'x', ignored: ['--aws-sigv4', '--proto'] }],
  ['curl http://a/ --next -d x http://b/', { host: 'a', method: 'GET', ignored: ['--next'] }],
  ['curl http://a/ http://b/', { host: 'a', ignored: ['http://b/'] }],
  // What is in a file is not known here: it is said, and never sent as its name.
  ['curl -H @h -b jar -d @/f -d b=1 -d c=2 http://x/', { headers: [], body: { kind: 'form', fields: [['b', '1'], ['c', '2']] }, ignored: ['-H @h', '-b jar', '-d @/f'] }],
  ["curl -F 'a=<f' -F 'j={\"x\":1};type=application/json' -F 'q=\"a;b\"' http://x/", { body: { kind: 'multipart', parts: [{ name: 'j', value: '{"x":1}' }, { name: 'q', value: 'a;b' }] }, ignored: ['-F a=<f', '-F j;type=application/json'] }],
  ["curl -X GET -d '{}' http://x/", { method: 'GET', body: { kind: 'none' }, ignored: ['-d'] }],
  // As Chrome and Firefox copy it for bash, and Chrome for cmd.exe.
  ["curl 'http://localhost:8080/api' \\\n  -H 'Accept: */*' \\\n  -H $'X-Odd: it\\'s \\u0041' \\\n  --data-raw $'{\"a\":\"\\u00e9\\n\"}' \\\n  --compressed", { path: '/api', headers: [['Accept', '*/*'], ['X-Odd', "it's A"], ['Accept-Encoding', 'gzip, deflate, br, zstd'], ['Content-Type', 'application/x-www-form-urlencoded']], body: { kind: 'json', text: '{"a":"é\n"}' } }],
  ["curl 'http://localhost:8080/f' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  -b 's=1' \\\n  --data-raw 'filter[a]=1&q=a+b%26c&e='", { headers: [['content-type', 'application/x-www-form-urlencoded'], ['Cookie', 's=1']], body: { kind: 'form', fields: [['filter[a]', '1'], ['q', 'a b&c'], ['e', '']] } }],
  ['curl ^"http://x/^" ^\r\n  -H ^"Content-Type: application/json^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":^\\^"100^% b^\n\nc^\\^"^}^"', { body: { kind: 'json', text: '{"a":"100% b\nc"}' } }],
  ['curl "http://x/" ^\n  --json "{\\"a\\":\\"b^c\\"}"', { body: { kind: 'json', text: '{"a":"b^c"}' } }],
  ['curl ^"http://localhost:8080/api?a=b^&c=d^" ^\r\n  -H ^"Accept: */*^"', { path: '/api?a=b&c=d', headers: [['Accept', '*/*']] }],
])('%s', (line, expected) => {
  expect(isCurl(line)).toBe(true);
  expect(sent(line)).toMatchObject(expected);
});

test.each([
  ['curl', 'http.curl.no-address'], ['curl -s', 'http.curl.no-address'], ['curl -H', 'http.curl.unreadable'], ['curl http://x/ && rm -rf /', 'http.curl.unreadable'], ['curl http://x/ > file', 'http.curl.unreadable'], ["curl 'http://x/ -d a", 'http.curl.unreadable'],
  ['curl -X PURGE http://x/', 'http.curl.method'], ['curl ftp://x/', 'http.path.scheme'], ["curl 'http://x/a b'", 'http.path.blank'],
])('%s is not read: %s', (line, key) => expect(sent(line)).toBe(key));

test.each(['curly http://x', '/curl x', 'http://x/?q=curl '])('%s is no line of curl', (text) => expect(isCurl(text)).toBe(false));
