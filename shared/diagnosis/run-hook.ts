// RUN-05: the program has started, the hook beside it (lifecycle.postStart) has not worked.
import type { Finding } from '../contract/findings.ts';
import { eventMessage, eventTime } from '../kubernetes/events.ts';
import { findingOf, inContainer, podFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { eventEvidence, fieldEvidence } from './evidence.ts';
import { writePath } from './path-fix.ts';
import { stateEvidence } from './run.ts';
import { fieldsAt, textIn, textsIn } from './spec-fields.ts';

export const hookCauses: readonly Cause<ContainerCase>[] = [{ id: 'RUN-05', find: startHook }];

function startHook(c: ContainerCase): Finding | undefined {
  // Before Kubernetes 1.21 the reason is a sentence: `PostStartHookError: command '/bin/false' exited with 1: `.
  const named = c.waiting.reason.startsWith('PostStartHookError');
  const event = c.ownEvents.find(({ reason }) => reason === 'FailedPostStartHook');
  if (!named && !(event && isOfThisRun(c, eventTime(event)))) return undefined;
  const { what, value } = hookOf(c);
  const path = `${c.located.path}.lifecycle.postStart`;
  return findingOf(c, 'RUN-05', {
    confidence: named ? 'proven' : 'strong', params: { hook: value || 'none', what },
    raw: event ? eventMessage(event) : (c.waiting.message || c.waiting.reason),
    evidence: [...(event ? [eventEvidence(event)] : []), ...stateEvidence(c), ...(value === '' ? [] : [fieldEvidence(c, path, value)])],
    fixes: [
      ...writePath(c, 'F20.write-hook', path, { recommended: true }),
      ...podFix(c, 'F20.remove-hook', [{ path: inContainer(c, 'lifecycle', 'postStart') }], { params: { container: c.name, hook: value || 'none' } }),
    ],
  });
}

/** The hook's failure ends the run that it belongs to; an old one says nothing about a later end. */
function isOfThisRun({ state, ended, waiting }: ContainerCase, failedAt: string): boolean {
  if (!state.running && !state.terminated && waiting.reason !== 'CrashLoopBackOff') return false;
  const { startedAt = '', finishedAt = '' } = state.running ? { ...state.running, finishedAt: '' } : (ended ?? {});
  const [failed, started, finished] = [failedAt, startedAt, finishedAt].map((time) => Date.parse(time)) as [number, number, number];
  // All are written in whole seconds. NaN is never greater: without the times nothing is told.
  return failed >= started && (state.running !== undefined || failed <= finished + 1000);
}

function hookOf(c: ContainerCase): { readonly what: 'command' | 'request'; readonly value: string } {
  const hook = fieldsAt(c.located.container, 'lifecycle', 'postStart');
  const command = textsIn(fieldsAt(hook, 'exec'), 'command');
  if (command.length > 0) return { what: 'command', value: command.join(' ') };
  const { port } = fieldsAt(hook, 'httpGet');
  const place = typeof port === 'number' || typeof port === 'string' ? `:${port}` : '';
  return { what: 'request', value: hook['httpGet'] === undefined ? '' : `GET ${place}${textIn(fieldsAt(hook, 'httpGet'), 'path')}` };
}
