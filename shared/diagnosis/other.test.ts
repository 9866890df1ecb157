import { expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import { startWorld, waits } from './sample-start.ts';

test.each([
  ['a new reason', 'MoonPhaseError', 'the moon is wrong'],
  ['a long message', 'MoonPhaseError', 'x'.repeat(64 * 1024)],
  ['HTML', 'Moon<b>Error</b>', '<script>alert(1)</script>'],
  ['right to left, and emoji', 'خطأ', '\u202Eabc 🌑 {0}'],
  ['a start that fails for a reason of its own', 'RunContainerError', 'failed to start container "x": Error response from daemon: the moon'],
])('%s is shown as it stands', (_name, reason, message) => {
  const [finding, ...more] = diagnose(startWorld({ status: waits(reason, message) }));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ id: 'OTHER', container: 'app', message: { key: 'finding.OTHER.sentence', params: { reason } }, raw: message, fixes: [] });
});

test('a reason without a message is its own raw text, and a long one is cut in the sentence alone', () => {
  const reason = 'R'.repeat(500);
  const [finding] = diagnose(startWorld({ status: waits(reason) }));
  expect(finding?.raw).toBe(reason);
  expect(String(finding?.message.params['reason'])).toHaveLength(121);
});

test.each(['', 'ContainerCreating', 'PodInitializing'])('waiting for %s is no failure', (reason) => {
  expect(diagnose(startWorld({ status: waits(reason) })).filter(({ id }) => id === 'OTHER')).toEqual([]);
});
