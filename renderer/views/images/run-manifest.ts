// What "Run as pod" writes: a pod of one container that runs the image the node has.
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';

/** From the last part of the path; a label of RFC 1123, so that it may also name the container: 63 characters at most. */
function podName(image: string): string {
  const reference = parseImageReference(image);
  const last = (reference.ok ? reference.path : image).split('/').at(-1) ?? '';
  const name = last.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 58).replace(/^-+|-+$/g, '');
  return name === '' ? 'my-pod' : `${name}-pod`;
}

/**
 * The manifest of a pod of this image, with IfNotPresent: what is on the node is used.
 * @param ports as the image names them (`8080/tcp`).
 */
export function runManifest(image: string, ports: readonly string[]): string {
  const tcp = ports.filter((port) => /^\d+(?:\/tcp)?$/.test(port)).map((port) => parseInt(port, 10));
  const name = podName(image);
  return [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  containers:',
    `    - name: ${name.replace(/-pod$/, '')}`,
    `      image: ${image}`,
    '      imagePullPolicy: IfNotPresent',
    ...(tcp.length > 0 ? ['      ports:', ...tcp.map((port) => `        - containerPort: ${port}`)] : []),
    '',
  ].join('\n');
}
