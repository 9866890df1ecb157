import { expect, test } from 'vitest';
import type { Container, Pod } from './objects.ts';
import { podUse, quantity } from './pod-use.ts';

test.each([
  ['1', 1], ['500m', 0.5], ['0.1', 0.1], ['100u', 1e-4], ['2k', 2000], ['1Ki', 1024], ['1.5Gi', 1610612736], ['1e3', 1000], ['12E', 12e18], ['-1', -1],
])('the quantity %s is %d', (text, value) => expect(quantity(text)).toBe(value));

test.each(['', 'x', '1K', '1mi', '1 Gi', 'Gi'])('%j is no quantity, and fits nowhere', (text) => expect(quantity(text)).toBeNaN());

const container = (resources: object): Container => ({ name: 'c', resources });
const pod = (spec: NonNullable<Pod['spec']>, phase = 'Running'): Pod => ({ metadata: { name: 'p' }, spec, status: { phase } });

test('containers add up, init containers run one by one, and a limit alone is the request, too', () => {
  const two = pod({
    initContainers: [container({ requests: { cpu: '300m', memory: '1Gi' } }), container({ requests: { cpu: '250m' } })],
    containers: [container({ requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1' } }), container({ limits: { cpu: '200m' } })],
    overhead: { cpu: '10m' },
  });
  expect(podUse(two)).toEqual({
    pods: 1, 'count/pods': 1,
    cpu: 0.31, 'requests.cpu': 0.31, memory: 2 ** 30, 'requests.memory': 2 ** 30, 'limits.cpu': 1.21,
  });
});

test('one that has ended counts as an object only', () => {
  expect(podUse(pod({ containers: [container({ requests: { cpu: '1' } })] }, 'Succeeded'))).toEqual({ 'count/pods': 1 });
});
