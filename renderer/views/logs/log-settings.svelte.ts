// What a person chose for the log that is open. How lines look is remembered.
import type { LineFilter } from '../../../shared/contract/logs.ts';
import { remember, remembered } from '../../state/remembered.ts';
import { levels, type Level, type Since } from './log-words.ts';

export interface LogLook {
  readonly timestamps: boolean;
  readonly wrap: boolean;
  readonly columns: boolean;
}

export class LogSettings {
  /** '' is all. */
  container = $state('');
  previous = $state(false);
  since = $state<Since>('all');
  look = $state.raw<LogLook>({ timestamps: has('timestamps'), wrap: has('wrap'), columns: has('columns') });
  text = $state('');
  isRegex = $state(false);
  matchesCase = $state(false);
  isNegated = $state(false);
  level = $state<Level>('all');

  get filter(): LineFilter {
    return { text: this.text, isRegex: this.isRegex, matchesCase: this.matchesCase, isNegated: this.isNegated, severities: [...levels[this.level]] };
  }

  toggleLook(part: keyof LogLook): void {
    this.look = { ...this.look, [part]: !this.look[part] };
    remember(`logs.${part}`, this.look[part] ? 'yes' : undefined);
  }
}

function has(part: keyof LogLook): boolean {
  return remembered(`logs.${part}`) === 'yes';
}
