import { expect, test } from 'vitest';
import { severityOf } from './severity.ts';

test.each([
  ['{"level":"error","msg":"x"}', 'error'], ['{"msg":"x","level":30}', 'info'], ['{"level":10}', 'debug'], ['{"level":20}', 'debug'], ['{"level":40}', 'warning'],
  ['{"level":50}', 'error'], ['{"level":60}', 'error'], ['{"severity": "WARNING", "message": "x"}', 'warning'], ['{"@l":"Fatal"}', 'error'], ['{"log.level":"DEBUG"}', 'debug'],
  ['time="2026-01-01T00:00:00Z" level=warning msg="x"', 'warning'], ['ts=1 level=info msg=ok', 'info'], ['lvl=dbug msg=x', 'debug'],
  ['E0102 15:04:05.000000       1 file.go:12] boom', 'error'], ['W0102 15:04:05.000000       1 file.go:12] hm', 'warning'], ['I0102 15:04:05.000000       1 file.go:12] ok', 'info'],
  ['F0102 15:04:05.000000       1 file.go:12] gone', 'error'],
  ['[ERROR] it broke', 'error'], ['2026/01/01 10:00:00 [error] 7#7: *1 open() failed', 'error'], ['2026/01/01 10:00:00 [notice] 1#1: start', 'info'], ['<warn> x', 'warning'],
  ['2026-01-01 10:00:00.000  INFO 1 --- [           main] c.e.App : Started', 'info'], ['2026-01-01T10:00:00.000Z ERROR 1 --- [main] c.e.App : no', 'error'],
  ['10:00:00.123 [main] WARN  c.e.App - hm', 'warning'], ['WARN  hm', 'warning'], ['ERROR: no', 'error'], ['error: no such file', 'error'], ['npm ERR! code 1', undefined],
  ['DEBUG x', 'debug'], ['SEVERE: x', 'error'], ['warning: deprecated', 'warning'],
  ['\u001b[32mINFO\u001b[39m listening', 'info'], ['\u001b[31m[ERROR]\u001b[0m x', 'error'],
  ['Exception in thread "main" java.lang.Error', 'error'], ['java.lang.IllegalStateException: x', 'error'], ['Traceback (most recent call last):', 'error'], ['panic: runtime error', 'error'],
  ['TypeError: x is not a function', 'error'], ['Caused by: java.io.IOException: x', 'error'],
  ['10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 157', 'error'], ['10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 157', undefined],
  ['there were no errors', undefined], ['GET /info 200', undefined], ['user informed', undefined], ['0 errors, 0 warnings', undefined], ['', undefined], ['level 9 reached', undefined],
  ['the level=unknown thing', undefined], ['line 42', undefined],
])('%s', (line, severity) => expect(severityOf(line)).toBe(severity));

test('a line of any length is looked at in a moment', () => {
  for (const part of [' ', '[', '1 ', '-', '"level', 'Aa.', '\u001b[1m']) {
    const began = performance.now();
    severityOf(part.repeat(1_000_000 / part.length));
    expect(performance.now() - began).toBeLessThan(1_000);
  }
});
