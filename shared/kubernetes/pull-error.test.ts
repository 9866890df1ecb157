import { expect, test } from 'vitest';
import { classifyPullError, isUnreachable } from './pull-error.ts';
import type { PullErrorClass } from './pull-error.ts';

// Texts after the introductions; recorded on Docker 20.10.24 and containerd 1.6.20, or verbatim from public threads.
const stripped: readonly (readonly [PullErrorClass, string])[] = [
  ['DENIED_OR_MISSING', 'pull access denied for app, repository does not exist or may require \'docker login\': denied: requested access to the resource is denied'],
  ['DENIED_OR_MISSING', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'],
  ['DENIED_OR_MISSING', 'name unknown: repository name not known to registry'],
  ['TAG_MISSING', 'manifest for x:1 not found: manifest unknown: manifest unknown'],
  ['TAG_MISSING', 'docker.io/library/x:1: not found'],
  ['PLATFORM', 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
  ['PLATFORM', 'no match for platform in manifest: not found'],
  ['DNS', 'Get https://registry-1.docker.io/v2/: dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving'],
  ['DNS', 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution'],
  ['DNS', 'failed to do request: Head https://registry-1.docker.io/v2/x: dial tcp: lookup registry-1.docker.io: Try again'],
  ['DNS', 'failed to do request: Head "https://registry-1.docker.io/v2/library/x/manifests/latest": dial tcp: lookup registry-1.docker.io: no such host'],
  ['DNS', 'Get "https://h.example/v2/": dial tcp: lookup h.example on [::1]:53: read udp [::1]:41->[::1]:53: read: connection refused'],
  ['DNS', 'Get "https://h.example/v2/": dial tcp: lookup h.example on 10.0.0.1:53: dial udp 10.0.0.1:53: connect: network is unreachable'],
  ['DNS', 'Get "https://h.example/v2/": dial tcp: lookup h.example on 10.0.0.1:53: read udp 10.0.0.2:5->10.0.0.1:53: i/o timeout'],
  ['TIMEOUT', 'Get https://k8s.gcr.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)'],
  ['TIMEOUT', 'failed to do request: Head "https://r.example/v2/x/manifests/7": dial tcp 3.94.224.37:443: i/o timeout'],
  ['TIMEOUT', 'Get "https://r.example/v2/": net/http: TLS handshake timeout'],
  ['TIMEOUT', 'context deadline exceeded'],
  ['REFUSED', 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused'],
  ['REFUSED', 'failed to do request: Head "http://r.example:4001/v2/x": dial tcp 127.0.0.1:4001: connect: connection refused'],
  ['NO_ROUTE', 'Get "https://r.example/v2/": dial tcp 10.9.9.9:443: connect: no route to host'],
  ['NO_ROUTE', 'Get "https://r.example/v2/": dial tcp 10.9.9.9:443: connect: network is unreachable'],
  ['PLAIN_HTTP', 'Get "https://h:5000/v2/": http: server gave HTTP response to HTTPS client'],
  ['TLS_TO_HTTP', 'Get "https://h:5000/v2/": tls: first record does not look like a TLS handshake'],
  ['TLS_TRUST', 'Get https://10.78.0.228:5000/v1/_ping: x509: certificate signed by unknown authority'],
  ['RATE_LIMIT', 'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating'],
  ['RATE_LIMIT', 'failed to copy: httpReadSeeker: failed open: unexpected status code https://r/v2/x: 429 Too Many Requests - Server message: toomanyrequests: limit'],
  ['AUTH', 'unauthorized: authentication required'],
  ['AUTH', 'Head "http://10.0.0.9:5000/v2/app/manifests/1": unauthorized'],
  ['AUTH', 'Head "http://10.0.0.9:5000/v2/app/manifests/1": no basic auth credentials'],
  ['FORBIDDEN', 'denied'],
  ['CORRUPT', 'filesystem layer verification failed for digest sha256:678a22cc8db10b9f7c18a7d8ec003f5a8d14fa9b3a3d050f0c5a46108622ccfc'],
  ['CORRUPT', 'failed commit on ref "layer-sha256:3a8c": unexpected commit digest sha256:3d34, expected sha256:3a8c: failed precondition'],
  ['CORRUPT', 'failed to read expected number of bytes: unexpected EOF'],
  ['DENIED_OR_MISSING', 'name unknown'],
  ['TAG_MISSING', 'manifest unknown'],
  ['REGISTRY_DOWN', 'received unexpected HTTP status: 503 Service Unavailable'],
  ['AUTH', 'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials'],
  ['AUTH', 'pulling from host h failed with status code [manifests t]: 401 Unauthorized'],
  ['AUTH', 'failed to fetch anonymous token: unexpected status: 403 Forbidden'],
  ['FORBIDDEN', 'denied: policy forbids it'],
  ['FORBIDDEN', 'unexpected status: 403 Forbidden'],
  ['REGISTRY_DOWN', 'received unexpected HTTP status: 503 Service Unavailable'],
  ['DISK_FULL', 'write /var/lib/docker/tmp/GetImageBlob1: no space left on device'],
  ['CORRUPT', 'filesystem layer verification failed: unexpected commit digest sha256:ab'],
  ['CORRUPT', 'unexpected EOF'],
  ['SIGNATURE', 'SignatureValidationFailed: source image rejected'],
  ['QPS', 'pull QPS exceeded'],
  ['OLD_FORMAT', 'unsupported manifest media type and no default available: text/html'],
  ['CANCELED', 'context canceled'],
  ['OTHER', 'something that nobody has seen yet'],
];

const unreachable: readonly PullErrorClass[] = ['DNS', 'TIMEOUT', 'REFUSED', 'NO_ROUTE'];

test.each(stripped)('%s: %s', (expected, text) => {
  const error = classifyPullError(text);
  expect(error).toMatchObject({ class: expected, text });
  expect(error && isUnreachable(error)).toBe(unreachable.includes(expected));
});

const whole: readonly (readonly [string, ReturnType<typeof classifyPullError>])[] = [
  ['rpc error: code = Unknown desc = Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution', {
    class: 'DNS', host: 'registry-1.docker.io', lookedUp: 'registry-1.docker.io',
    text: 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution' }],
  ['Failed to pull image "x": rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/x:latest": failed to resolve reference "docker.io/library/x:latest": failed to do request: Head "https://registry-1.docker.io/v2/library/x/manifests/latest": dial tcp: lookup registry-1.docker.io on 1.1.1.1:53: no such host', {
    class: 'DNS', host: 'registry-1.docker.io', lookedUp: 'registry-1.docker.io',
    text: 'failed to do request: Head "https://registry-1.docker.io/v2/library/x/manifests/latest": dial tcp: lookup registry-1.docker.io on 1.1.1.1:53: no such host' }],
  ['Back-off pulling image "x": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/x:1": failed to resolve reference "docker.io/library/x:1": docker.io/library/x:1: not found', {
    class: 'TAG_MISSING', text: 'docker.io/library/x:1: not found' }],
  ['Back-off pulling image "x": ErrImagePull: failed to pull and unpack image "h:5000/x:1": failed to resolve reference "h:5000/x:1": failed to do request: Head "https://h:5000/v2/x/manifests/1": dial tcp 10.0.0.7:5000: connect: connection refused', {
    class: 'REFUSED', host: 'h:5000', address: '10.0.0.7:5000',
    text: 'failed to do request: Head "https://h:5000/v2/x/manifests/1": dial tcp 10.0.0.7:5000: connect: connection refused' }],
  ['rpc error: code = Unknown desc = Error response from daemon: Get "http://[::1]:5000/v2/": dial tcp [::1]:5000: connect: connection refused', {
    class: 'REFUSED', host: '[::1]:5000', address: '[::1]:5000',
    text: 'Get "http://[::1]:5000/v2/": dial tcp [::1]:5000: connect: connection refused' }],
  ['Back-off pulling image "x"', undefined],
  ['Back-off pulling image "x": ErrImagePull', undefined],
  ['Error: ImagePullBackOff', undefined],
  ['', undefined],
];

test.each(whole)('%s', (message, error) => {
  expect(classifyPullError(message)).toEqual(error);
});
