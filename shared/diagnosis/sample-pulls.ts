// What a failed pull says: verbatim from Docker 20.10.24 (D) and containerd 1.6.20 (C) under Kubernetes 1.20.2 with the registry of test/registry,
// but for the address; what no cluster here can provoke is from the sources of Kubernetes and Docker, and said to be so.
const D = 'rpc error: code = Unknown desc = Error response from daemon: ';
const C = (image: string, code = 'Unknown') => `rpc error: code = ${code} desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;
const image = '10.0.0.9:5000/app:1';
const zeros = `10.0.0.9:5000/app@sha256:${'0'.repeat(64)}`;

export const pulls = {
  tagMissingD: `${D}manifest unknown`,
  notFoundC: `${C(image, 'NotFound')}${image}: not found`,
  digestC: `${C(zeros, 'NotFound')}${zeros}: not found`,
  nameUnknownD: `${D}name unknown`,
  deniedD: `${D}denied`,
  deniedC: `${C(image)}pulling from host 10.0.0.9:5000 failed with status code [manifests 1]: 403 Forbidden`,
  basicD: `${D}Head "http://10.0.0.9:5000/v2/app/manifests/1": no basic auth credentials`,
  basicC: `${C(image)}pulling from host 10.0.0.9:5000 failed with status code [manifests 1]: 401 Unauthorized`,
  bearerD: `${D}Head "http://10.0.0.9:5000/v2/app/manifests/1": unauthorized`,
  bearerC: `${C(image)}failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized`,
  limitD: `${D}toomanyrequests: You have reached your pull rate limit.`,
  limitC: `${C(image)}pulling from host 10.0.0.9:5000 failed with status code [manifests 1]: 429 Too Many Requests`,
  down500D: `${D}received unexpected HTTP status: 500 Internal Server Error`,
  down503C: `${C(image)}pulling from host 10.0.0.9:5000 failed with status code [manifests 1]: 503 Service Unavailable`,
  /** From pkg/kubelet/images of newer versions. */
  down: `image pull failed for ${image} because the registry is unavailable`,
  platformD: 'rpc error: code = Unknown desc = no matching manifest for linux/amd64 in the manifest list entries',
  platformC: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": no match for platform in manifest: not found`,
  plainD: `${D}Get "https://10.0.0.9:5000/v2/": http: server gave HTTP response to HTTPS client`,
  plainC: `${C(image)}failed to do request: Head "https://10.0.0.9:5000/v2/app/manifests/1": http: server gave HTTP response to HTTPS client`,
  /** From Go's net/http. */
  tlsToHttp: `${D}Get "http://10.0.0.9:5000/v2/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"`,
  issuerD: `${D}Get "https://10.0.0.9:5000/v2/": x509: certificate signed by unknown authority`,
  nameC: `${C(image)}failed to do request: Head "https://10.0.0.9:5000/v2/app/manifests/1": x509: cannot validate certificate for 10.0.0.9 because it doesn't contain any IP SANs`,
  /** From Go's crypto/x509. */
  expired: `${D}Get "https://10.0.0.9:5000/v2/": x509: certificate has expired or is not yet valid: current time 2026-03-01T12:00:00Z is after 2025-01-01T00:00:00Z`,
  localhostC: `${C('localhost:5000/app:1')}failed to do request: Head "http://localhost:5000/v2/app/manifests/1": dial tcp 127.0.0.1:5000: connect: connection refused`,
  localhostD: `${D}Get "http://localhost:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused`,
  offlineC: `${C('docker.io/library/app:1')}failed to do request: Head "https://registry-1.docker.io/v2/library/app/manifests/1": dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: no such host`,
  /** From Docker's distribution package, containerd and the kubelet. */
  corrupt: 'rpc error: code = Unknown desc = unexpected EOF',
  oldFormat: `${D}[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1 support is no longer supported`,
  signature: `SignatureValidationFailed: image pull failed for ${image} because the signature validation failed`,
  full: 'rpc error: code = Unknown desc = write /var/lib/docker/tmp/GetImageBlob1: no space left on device',
  qps: 'pull QPS exceeded',
} as const;
