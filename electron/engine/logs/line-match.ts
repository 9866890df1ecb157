// Which lines a person looks for: a text or a regular expression.
import { createContext, Script } from 'node:vm';
import type { LineQuery } from '../../../shared/contract/logs.ts';
import { Failure } from '../../../shared/contract/failures.ts';

export interface LineMatch {
  /**
   * For each of the lines from `from` to before `to`, whether it matches.
   * @throws Failure LOG_PATTERN_INVALID where the expression takes too long
   */
  batch(textOf: (number: number, most: number) => string, numbers: ArrayLike<number>, found: (place: number, matches: boolean) => void): void;
  /** It matches every line. */
  readonly isAll: boolean;
}

/** An expression is given only the beginning of a longer line. */
export const MOST_MATCHED = 16 * 1024;
const MOST_TEXT = 1024 * 1024;
/** For one batch, which is some hundred lines: an expression that goes back and forth without end is stopped, as is any script that does. */
const MOST_MS = 250;

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
/** ECMA-48 control sequences, and those that end with BEL or ST, such as titles: what a person does not see is not looked at. */
const escapes = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[@-Z\\\\-_])`, 'g');

export function withoutEscapes(text: string): string {
  return text.includes(ESC) ? text.replace(escapes, '') : text;
}

/** @throws Failure LOG_PATTERN_INVALID */
export function lineMatch({ text, isRegex, matchesCase }: LineQuery): LineMatch {
  if (text === '') return { isAll: true, batch: (_, numbers, found) => { for (let place = 0; place < numbers.length; place += 1) found(place, true); } };
  if (isRegex) return expressionMatch(text, matchesCase);
  const sought = matchesCase ? text : text.toLowerCase();
  return {
    isAll: false,
    batch(textOf, numbers, found) {
      for (let place = 0; place < numbers.length; place += 1) {
        const line = withoutEscapes(textOf(numbers[place]!, MOST_TEXT));
        found(place, (matchesCase ? line : line.toLowerCase()).includes(sought));
      }
    },
  };
}

const guarded = new Script('run()');

function expressionMatch(pattern: string, matchesCase: boolean): LineMatch {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, matchesCase ? 'u' : 'iu');
  } catch {
    try {
      // Much that people write (`\-`, a single bracket) is allowed without `u` only.
      expression = new RegExp(pattern, matchesCase ? '' : 'i');
    } catch (error) {
      throw new Failure('LOG_PATTERN_INVALID', { pattern }, error);
    }
  }
  const sandbox: { run: () => void } = { run: () => {} };
  const context = createContext(sandbox);
  return {
    isAll: false,
    batch(textOf, numbers, found) {
      sandbox.run = () => {
        for (let place = 0; place < numbers.length; place += 1) found(place, expression.test(withoutEscapes(textOf(numbers[place]!, MOST_MATCHED))));
      };
      try {
        // Whatever runs inside is stopped, also a regular expression in the middle of its work.
        guarded.runInContext(context, { timeout: MOST_MS });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        throw new Failure('LOG_PATTERN_INVALID', { pattern }, `the expression takes longer than ${MOST_MS} ms for a few lines`);
      }
    },
  };
}
