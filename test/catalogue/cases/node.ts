// NOD, TRM and LIF: pods that were ended, or do not end. A node that does not report, or is short of something, cannot be had on a cluster that others use.
import { kubectl, kubectlInput } from '../../fixtures/command-line.ts';
import type { Here, LiveCase } from '../live-case.ts';
import { podOf } from '../start-pods.ts';

const shell = (line: string) => `command: [/bin/sh, -c, '${line}']`;
const running = async ({ context, namespace }: Pick<Here, 'context' | 'namespace'>) => void (await kubectl(context, '-n', namespace, 'wait', '--for=condition=Ready', 'pod/p', '--timeout=240s'));

const removed: NonNullable<LiveCase['afterwards']> = async (here, opened) => {
  const { context, namespace } = here;
  await running(here);
  opened.defer(async () => void (await kubectl(context, '-n', namespace, 'delete', 'pod', 'p', '--force', '--grace-period=0', '--ignore-not-found')));
  await kubectl(context, '-n', namespace, 'delete', 'pod', 'p', '--wait=false');
};

export const cases: readonly LiveCase[] = [
  {
    id: 'NOD-01', what: 'a volume that grows too large', inCi: true, sentence: 'sentence-volume', params: { volume: 'v', limit: '1Mi' }, fix: 'F20.drop-size-limit',
    manifest: () => podOf(`volumeMounts: [{name: v, mountPath: /v}], ${shell('dd if=/dev/zero of=/v/x bs=1M count=5; exec httpd -f -p 8080')}`, { spec: 'restartPolicy: Never, volumes: [{name: v, emptyDir: {sizeLimit: 1Mi}}]' }),
  },
  {
    id: 'NOD-01', what: 'a disk limit', sentence: 'sentence-storage', fix: 'F11.drop-storage-limit',
    manifest: () => podOf(`resources: {limits: {ephemeral-storage: 1Mi}}, ${shell('dd if=/dev/zero of=/x bs=1M count=5; exec httpd -f -p 8080')}`, { spec: 'restartPolicy: Never' }),
  },
  {
    id: 'TRM-01', what: 'a program that does not listen', sentence: 'sentence-grace', params: { grace: 120, hook: 'no' },
    manifest: () => podOf(shell('trap "" TERM; while true; do sleep 1; done')).replace('terminationGracePeriodSeconds: 1', 'terminationGracePeriodSeconds: 120'),
    afterwards: removed,
  },
  {
    id: 'TRM-02', what: 'a finalizer', inCi: true, params: { finalizer: 'example.com/x', count: 1, owner: 'other' },
    manifest: () => podOf('').replace('{name: p}', '{name: p, finalizers: [example.com/x]}'),
    afterwards: async ({ context, namespace }, opened) => {
      opened.defer(async () => void (await kubectl(context, '-n', namespace, 'patch', 'pod', 'p', '--type=json', '-p', '[{"op":"remove","path":"/metadata/finalizers"}]')));
      await running({ context, namespace });
      await kubectl(context, '-n', namespace, 'delete', 'pod', 'p', '--wait=false');
    },
  },
  {
    // The container's own status goes on saying that it runs. Recreated with its deadline, it would be Ready for five seconds at most.
    id: 'LIF-01', what: 'a deadline of five seconds', inCi: true, params: { seconds: 5 }, fix: 'F20.drop-deadline',
    manifest: () => podOf('', { spec: 'activeDeadlineSeconds: 5' }),
  },
  {
    id: 'LIF-02', what: 'pushed out by the scheduler',
    prepare: async ({ context, namespace }, opened) => {
      opened.defer(async () => void (await kubectl(context, 'delete', 'priorityclass', namespace, '--ignore-not-found')));
      // Lower than every other pod, so that nobody else is pushed out.
      await kubectlInput(context, `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: ${namespace}}\nvalue: -100\n`, 'create', '-f', '-');
      return namespace;
    },
    manifest: ({ given }) => podOf(`resources: {requests: {cpu: 1100m}}, ${shell('trap "" TERM; while true; do sleep 1; done')}`, { spec: `priorityClassName: ${given}` })
      .replace('terminationGracePeriodSeconds: 1', 'terminationGracePeriodSeconds: 25'),
    afterwards: async (here) => {
      await running(here);
      await kubectlInput(here.context, podOf('resources: {requests: {cpu: 1100m}}').replace('{name: p}', '{name: important}'), '-n', here.namespace, 'create', '-f', '-');
    },
  },
];
