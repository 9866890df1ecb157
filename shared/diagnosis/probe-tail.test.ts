import { expect, test } from 'vitest';
import { probeAnswer } from './probe-tail.ts';

test.each([
  ['Liveness probe failed: HTTP probe failed with statuscode: 404', 'liveness', 'not_found', 404],
  ['Readiness probe failed: HTTP probe failed with statuscode: 401', 'readiness', 'login', 401],
  ['Readiness probe failed: HTTP probe failed with statuscode: 403', 'readiness', 'login', 403],
  ['Startup probe failed: HTTP probe failed with statuscode: 503', 'startup', 'server_error', 503],
  ['Readiness probe failed: HTTP probe failed with statuscode: 418', 'readiness', 'status', 418],
  ['Liveness probe failed: Get "http://10.1.0.9:9999/": dial tcp 10.1.0.9:9999: connect: connection refused', 'liveness', 'refused', 0],
  ['Readiness probe failed: dial tcp 10.1.0.9:9999: connect: connection refused', 'readiness', 'refused', 0],
  ['Liveness probe failed: Get "http://10.1.0.9:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 'liveness', 'timeout', 0],
  ['Liveness probe failed: dial tcp 10.1.0.9:8080: i/o timeout', 'liveness', 'timeout', 0],
  ['Liveness probe failed: command "sh -c sleep 5" timed out', 'liveness', 'timeout', 0],
  ['Readiness probe errored: strconv.Atoi: parsing "web": invalid syntax', 'readiness', 'port_name', 0],
  ['Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax', 'readiness', 'port_name', 0],
  ['Readiness probe failed: Get "https://10.1.0.9:8080/": http: server gave HTTP response to HTTPS client', 'readiness', 'wrong_scheme', 0],
  ['Readiness probe failed: Get "http://10.1.0.9:8080/": EOF', 'readiness', 'closed', 0],
  ['Readiness probe failed: Get "http://10.1.0.9:8080/": dial tcp 10.1.0.9:8080: connect: no route to host', 'readiness', 'other', 0],
  ['Liveness probe failed: OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown', 'liveness', 'no_program', 0],
  // containerd's words on 1.20: no answer, so the kubelet does nothing.
  ['Liveness probe errored: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "eaa963": OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown', 'liveness', 'no_program', 0],
  ['Liveness probe failed: cat: can\'t open \'/tmp/healthy\': No such file or directory\n', 'liveness', 'output', 0],
  // A command may say anything: it is only its output.
  ['Liveness probe failed: my check: connection refused', 'liveness', 'output', 0],
  ['Readiness probe failed: service unhealthy (responded with "NOT_SERVING")', 'readiness', 'grpc', 0],
  ['Liveness probe failed: ', 'liveness', 'none', 0],
])('%s', (message, check, tail, code) => {
  expect(probeAnswer(message)).toMatchObject({ check, tail, code });
});

test('what is no answer', () => {
  expect(probeAnswer('Container app failed liveness probe, will be restarted')).toBeUndefined();
  expect(probeAnswer('')).toBeUndefined();
});
