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
])('%j', ([args, options]) => {
  expect(launchOptions(args, '/home/person')).toEqual(options);
});

test.for<[string[], string]>([
  [['--context'], '--context needs a value.'],
  [['--context='], '--context needs a value.'],
  [['--context', '--kubeconfig', 'x'], '--context needs a value.'],
  [['--kubeconfig=a', '--kubeconfig', 'b'], '--kubeconfig is given 2 times.'],
])('%j is refused', ([args, message]) => {
  expect(() => launchOptions(args, '/home/person')).toThrow(message);
});
