import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runManifest } from './run-manifest.ts';

interface Made {
  metadata: { name: string };
  spec: { containers: { name: string; image: string; imagePullPolicy: string; ports?: { containerPort: number }[] }[] };
}

test.each<[string, string[], string, number[] | undefined]>([
  ['spring-server:latest', ['8080/tcp'], 'spring-server-pod', [8080]],
  ['ghcr.io/shop/Web_API.v2:1.4'.toLowerCase(), [], 'web-api-v2-pod', undefined],
  ['localhost:5000/a/b@sha256:' + 'a'.repeat(64), ['53/udp', '80'], 'b-pod', [80]],
  ['x'.repeat(200), [], `${'x'.repeat(58)}-pod`, undefined],
])('%s', (image, ports, name, containerPorts) => {
  const made = parse(runManifest(image, ports)) as Made;
  expect(made.metadata.name).toBe(name);
  expect(made.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  const [container] = made.spec.containers;
  expect(container).toMatchObject({ image, imagePullPolicy: 'IfNotPresent' });
  expect(container?.ports?.map(({ containerPort }) => containerPort)).toEqual(containerPorts);
});
