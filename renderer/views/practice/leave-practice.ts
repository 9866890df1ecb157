// The way out of the practice cluster. What is in it is lost, so it asks first.
import { confirm } from '../../actions/confirm.svelte.ts';
import type { FailureData } from '../../../shared/contract/failures.ts';
import { app } from '../../state/app.svelte.ts';
import { engine, toFailure } from '../../state/engine.ts';
import { say } from '../../state/say.ts';

/** Asks, and leaves when that was confirmed. Nothing is lost by leaving one that has ended: then it does not ask. Gives why it could not. */
export async function leavePractice(): Promise<FailureData | undefined> {
  const question = { title: say('practice.leave.question'), explanation: say('practice.leave.lost'), commands: [], dangerous: true };
  if (app.practice.state === 'on' && !(await confirm(question))) return undefined;
  try {
    await engine.environment.stopPractice();
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}
