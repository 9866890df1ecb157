// The shell's language as a tree (POSIX.1-2017, Shell Command Language, 2.10), as far as it is understood here.

export type Word = readonly Part[];

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | ParameterPart
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly word: Word; readonly quoted: boolean };

export interface ParameterPart {
  readonly kind: 'parameter';
  readonly name: string;
  readonly operator?: ParameterOperator;
  readonly word?: Word;
  readonly quoted: boolean;
}

export type ParameterOperator = ':-' | '-' | ':=' | '=' | ':?' | '?' | ':+' | '+' | '#' | '##' | '%' | '%%' | 'length';

/** Lists that run one after the other. */
export type Script = readonly AndOr[];

export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** As written, for `jobs` and the process list. */
  readonly text: string;
}

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

export interface Redirect {
  readonly descriptor: number;
  readonly operator: '<' | '>' | '>>' | '>&' | '<&' | '<<';
  readonly target: Word;
}

export type Command = (
  | { readonly kind: 'simple'; readonly assignments: readonly { readonly name: string; readonly value: Word }[]; readonly words: readonly Word[] }
  | { readonly kind: 'group' | 'subshell'; readonly body: Script }
  | { readonly kind: 'if'; readonly branches: readonly { readonly condition: Script; readonly body: Script }[]; readonly otherwise: Script }
  | { readonly kind: 'while' | 'until'; readonly condition: Script; readonly body: Script }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[] | undefined; readonly body: Script }
  | { readonly kind: 'case'; readonly word: Word; readonly cases: readonly { readonly patterns: readonly Word[]; readonly body: Script }[] }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command }
) & { readonly redirects: readonly Redirect[] };

/** A line that is no shell language. */
export class ShellSyntaxError extends Error {
  /** More lines could complete it. */
  readonly incomplete: boolean;

  constructor(found: string, incomplete = false) {
    super(`syntax error: ${found}`);
    this.incomplete = incomplete;
  }
}
