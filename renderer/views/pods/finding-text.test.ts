import { beforeEach, expect, test } from 'vitest';
import type { Finding } from '../../../shared/contract/findings.ts';
import { language } from '../../state/language.svelte.ts';
import { findingText } from './finding-text.ts';

beforeEach(() => language.choose('en'));

const finding: Finding = {
  id: 'IMG-18', container: 'app', severity: 'error', confidence: 'proven',
  message: { key: 'finding.IMG-18.sentence', params: { node: 'n1', image: 'app:1' } },
  evidence: [
    { kind: 'event', message: { key: 'evidence.event', params: { reason: 'Failed', count: 2 } }, object: { kind: 'Pod', namespace: 'default', name: 'web' }, value: 'a `tick` and\na line' },
    { kind: 'manifest', message: { key: 'evidence.owned', params: { kind: 'ReplicaSet', name: 'web-1' } }, path: 'metadata.ownerReferences[0]', value: '' },
  ],
  raw: 'DB_PASSWORD=hunter2\n```\nnot the end',
  fixes: [],
};
const about = 'Pod default/web, container app';

test('as Markdown: code keeps its backticks, and a secret does not go along', () => {
  expect(findingText(finding, about, 'markdown')).toBe(`### The pull policy is Never, and the node n1 does not have app:1.

Pod default/web, container app (IMG-18)

**Evidence**
- Event Failed, seen 2 times. \`\`a \`tick\` and a line\`\` (Pod default/web)
- ReplicaSet web-1 owns this pod and would make it again as it was; the change belongs in its template. (metadata.ownerReferences[0])

**Kubernetes’ own words**
\`\`\`\`
DB_PASSWORD=[hidden]
\`\`\`
not the end
\`\`\`\`
`);
});

test('as text', () => {
  const text = findingText(finding, about, 'text');
  expect(text).toContain('The pull policy is Never, and the node n1 does not have app:1.\n\nPod default/web, container app (IMG-18)\n');
  expect(text).not.toMatch(/\*\*|hunter2|````/);
});

test('the beginning of very long words', () => {
  const text = findingText({ ...finding, raw: 'x'.repeat(64_000) }, about, 'text');
  expect(text.length).toBeLessThan(6_000);
  expect(text).toMatch(/x…\n$/);
});
