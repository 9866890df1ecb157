// The verdict table: three tags and four policies, each with the image on the node and without it, and no registry within reach.
import { describe, expect, test } from 'vitest';
import { TABLE, type Json } from '../http.ts';
import { wait, type Bench } from '../bench.ts';

const policies = ['Never', 'IfNotPresent', 'Always', undefined] as const;
const tags = ['', ':latest', ':1'] as const;
const rows = policies.flatMap((policy) => tags.flatMap((tag) => [true, false].map((here) => ({ policy, tag, here }))));

/** What the rules of the API server and the kubelet say. */
function expected({ policy, tag, here }: (typeof rows)[number]): string {
  const applied = policy ?? (tag === ':1' ? 'IfNotPresent' : 'Always');
  if (applied === 'Never') return here ? 'Running' : 'ErrImageNeverPull';
  return applied === 'IfNotPresent' && here ? 'Running' : 'ErrImagePull';
}

export function verdicts(bench: () => Bench): void {
  describe('verdicts', () => {
    test('of 24 pods that differ by policy, tag and whether the image is there', async () => {
      const { target } = bench();
      for (const tag of ['latest', '1']) {
        await target.putImage(`verdict-here:${tag}`);
        await target.removeImage(`verdict-absent:${tag}`);
      }
      await using namespace = await bench().namespace('verdict');
      const predicted = new Map<string, string>();
      for (const row of rows) {
        const name = `${(row.policy ?? 'none').toLowerCase()}-${row.tag.replace(':', '') || 'none'}-${row.here ? 'here' : 'absent'}`;
        predicted.set(name, expected(row));
        const container = { image: `verdict-${row.here ? 'here' : 'absent'}${row.tag}`, ...(row.policy ? { imagePullPolicy: row.policy } : {}) };
        await namespace.run(name, 'sleep 3600', { container, spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0 } });
      }
      const seen = new Map<string, string>();
      for (let left = 300; left > 0 && seen.size < rows.length; left--, await wait(200)) {
        const { body } = await namespace.api.get(`${namespace.path}/pods`, { headers: { accept: TABLE } });
        for (const {
          cells: [name, , status],
        } of body.rows as { cells: Json[] }[]) {
          // A pull that failed is waited for under another name before it is tried again.
          if (/^(Running|Err\w+|ImagePullBackOff)$/.test(status)) seen.set(name, status === 'ImagePullBackOff' ? 'ErrImagePull' : status);
        }
      }
      expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(predicted));
      expect([...predicted.values()].filter((status) => status === 'Running')).toHaveLength(7);
    }, 120_000);
  });
}
