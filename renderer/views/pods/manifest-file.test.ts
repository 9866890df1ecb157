import { expect, test } from 'vitest';
import { exampleManifest } from './example-manifest.ts';
import { manifestFile } from './manifest-file.ts';

test.each<[string, string | undefined, string]>([
  [exampleManifest, undefined, 'my-pod.yaml'],
  [exampleManifest, 'opened.yml', 'opened.yml'],
  ['metadata:\n  labels:\n    app: web\n  name: "web"\n', undefined, 'web.yaml'],
  ['spec:\n  containers:\n    - name: c\n', undefined, 'pod.yaml'],
  ['', undefined, 'pod.yaml'],
])('%j, opened from %s: %s', (manifest, opened, expected) => expect(manifestFile(manifest, opened)).toBe(expected));
