import { expect, test } from 'vitest';
import { launchOptions } from './launch-options.ts';
import type { LaunchOptions } from './launch-options.ts';

test.for<[string[], LaunchOptions]>([
  [[], {}],
  [['.', '--no-sandbox', '--ozone-platform=x11'], {}],
  [['--context', 'minikube'], { context: 'minikube' }],
  [['--context=minikube'], { context: 'minikube' }],
  [['--kubeconfig', 'k8s/config'], { kubeconfig: '/home/person/k8s/config' }],
  [['--kubeconfig=/etc/kube.yaml', '--context', 'kind-kind'], { kubeconfig: '/etc/kube.yaml', context: 'kind-kind' }],
  [['--practice'], { practice: {} }],
  [['--practice', '--speed=10', '--context', 'practice-kind'], { practice: { speed: 10 }, context: 'practice-kind' }],
])('%j', ([args, options]) => {
  expect(launchOptions(args, '/home/person')).toEqual(options);
});

test.for<[string[], string]>([
  [['--context'], '--context needs a value.'],
  [['--context='], '--context needs a value.'],
  [['--context', '--kubeconfig', 'x'], '--context needs a value.'],
  [['--kubeconfig=a', '--kubeconfig', 'b'], '--kubeconfig is given 2 times.'],
  [['--speed', '10'], '--speed needs --practice.'],
  [['--practice', '--speed', 'fast'], '--speed fast is not a speed: it must be a number from 1 to 100.'],
  [['--practice', '--speed=0'], '--speed 0 is not a speed: it must be a number from 1 to 100.'],
])('%j is refused', ([args, message]) => {
  expect(() => launchOptions(args, '/home/person')).toThrow(message);
});
