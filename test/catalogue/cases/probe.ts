// PRB: checks that fail a program that works. The kubelet asks, so its words are the same with both runtimes, but for what a command in the container says.
import { both, podOf } from '../start-pods.ts';
import { cgi, sh } from '../crash-pods.ts';
import type { LiveCase } from '../live-case.ts';

const port = 'ports: [{containerPort: 8080}]';
/** Every second, and the first failure counts. */
const fast = 'periodSeconds: 1, failureThreshold: 1';
const http = (path: string, at: number | string = 8080) => `httpGet: {path: ${path}, port: ${at}}, ${fast}`;
const slow = sh('sleep 15; exec httpd -f -p 8080 -h /www');

export const cases: readonly LiveCase[] = [
  {
    id: 'PRB-01', what: 'too few tries', on: both, params: { tail: 'refused', state: 'killed' }, fix: 'F12.tries',
    manifest: () => podOf(`${slow}, startupProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, failureThreshold: 3}`),
  },
  {
    id: 'PRB-01', what: 'the wrong port', params: { tail: 'refused', port: '9999', right: 8080 }, fix: 'F12.port',
    manifest: () => podOf(`${port}, startupProbe: {${http('/', 9999)}}`),
  },
  {
    id: 'PRB-02', what: 'the wrong port', on: both, inCi: true, params: { tail: 'refused', port: '9999', right: 8080 }, fix: 'F12.port',
    manifest: () => podOf(`${port}, livenessProbe: {${http('/', 9999)}}`),
  },
  {
    id: 'PRB-02', what: 'slow to start', params: { tail: 'refused' }, fix: 'F12.startup',
    manifest: () => podOf(`${slow}, ${port}, livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, failureThreshold: 3}`),
  },
  {
    id: 'PRB-02', what: 'a page that is not there', params: { tail: 'not_found', code: 404, path: '/nope' }, fix: 'F12.remove',
    manifest: () => podOf(`livenessProbe: {${http('/nope')}}`),
  },
  {
    id: 'PRB-02', what: 'a login', params: { tail: 'login', code: 401 }, fix: 'F12.remove',
    manifest: () => podOf(`${sh('echo "/:user:pass" > /www/httpd.conf; exec httpd -f -p 8080 -h /www -c /www/httpd.conf')}, livenessProbe: {${http('/')}, initialDelaySeconds: 3}`),
  },
  {
    id: 'PRB-02', what: 'an error of the app', params: { tail: 'server_error', code: 500 }, fix: 'F12.remove',
    manifest: () => podOf(`${cgi(String.raw`printf "Status: 500 Oops\r\nContent-type: text/plain\r\n\r\noops"`)}, livenessProbe: {${http('/cgi-bin/x')}, initialDelaySeconds: 3}`),
  },
  {
    id: 'PRB-02', what: 'a slow answer', params: { tail: 'timeout', timeout: 1 }, fix: 'F12.timeout',
    manifest: () => podOf(`${cgi(String.raw`sleep 2; printf "Content-type: text/plain\r\n\r\nok"`)}, livenessProbe: {${http('/cgi-bin/x')}, initialDelaySeconds: 3}`),
  },
  {
    id: 'PRB-02', what: 'a command that fails', params: { tail: 'output', command: 'cat /tmp/healthy' }, fix: 'F12.remove',
    manifest: () => podOf(`livenessProbe: {exec: {command: [cat, /tmp/healthy]}, ${fast}}`),
  },
  {
    // With containerd the probe "errored" instead of "failed": the kubelet of 1.20 takes that for no answer, and the pod stays Ready and is never killed.
    id: 'PRB-02', what: 'a command that is not there', params: { tail: 'no_program', command: 'nope' }, fix: 'F12.remove',
    manifest: () => podOf(`livenessProbe: {exec: {command: [nope]}, ${fast}}`),
  },
  {
    id: 'PRB-03', what: 'a page that is not there', params: { tail: 'not_found', code: 404 }, fix: 'F12.remove',
    manifest: () => podOf(`readinessProbe: {${http('/nope')}}`),
  },
  {
    id: 'PRB-03', what: 'the wrong port, as its program listens on another', params: { tail: 'refused', known: 'other_port', right: 8080 }, fix: 'F12.port',
    manifest: () => podOf(`readinessProbe: {tcpSocket: {port: 9999}, ${fast}}`),
  },
  {
    id: 'PRB-03', what: 'a port name that is not declared', on: both, params: { tail: 'port_name', port: 'web', right: 8080 }, fix: 'F12.port',
    manifest: () => podOf(`${port}, readinessProbe: {${http('/', 'web')}}`),
  },
  {
    id: 'PRB-03', what: 'listens for its own pod only', params: { tail: 'refused', known: 'loopback' },
    manifest: () => podOf(`command: [httpd, -f, -p, "127.0.0.1:8080"], readinessProbe: {${http('/')}}`),
  },
  {
    id: 'PRB-04', what: 'a gate that nobody opens', params: { types: 'example.com/ready', unset: 'yes' }, fix: 'F12.no-gates',
    manifest: () => podOf('', { spec: 'readinessGates: [{conditionType: example.com/ready}]' }),
  },
];
