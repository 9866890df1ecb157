// Regular expressions of grep and sed (POSIX.1-2017, 9). All ways through the expression are followed at once, letter by letter (Thompson's
// method), so that none takes long: JavaScript's own could hold up the whole process for hours.

export interface Match {
  readonly start: number;
  readonly end: number;
  /** What the parentheses held; undefined for one that took no part. */
  readonly groups: readonly (string | undefined)[];
}

export interface Expression {
  /** The leftmost match from there on, and of these the longest. */
  find(text: string, from?: number): Match | undefined;
}

export class ExpressionError extends Error {}

/** More steps than this would make a long line slow. */
const mostSteps = 1000;
/** So much of a line is looked at. */
const longestLine = 10_000;

type Test = (letter: string) => boolean;
type Assertion = (text: string, at: number) => boolean;

type Node =
  | { readonly kind: 'letter'; readonly test: Test }
  | { readonly kind: 'assert'; readonly holds: Assertion }
  | { readonly kind: 'list' | 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'group'; readonly number: number; readonly node: Node }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number };

type Step =
  | { readonly kind: 'letter'; readonly test: Test }
  | { readonly kind: 'assert'; readonly holds: Assertion }
  | { readonly kind: 'split'; readonly targets: number[] }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'match' };

/** @throws ExpressionError for what is no expression. */
export function readExpression(source: string, { extended = false, ignoreCase = false, literal = false } = {}): Expression {
  const reader = new Reader(ignoreCase ? source.toLowerCase() : source, extended);
  const node: Node = literal ? { kind: 'list', nodes: Array.from(ignoreCase ? source.toLowerCase() : source, letterNode) } : reader.whole();
  const steps: Step[] = [];
  compile(node, steps);
  steps.push({ kind: 'match' });
  const slots = 2 * reader.groups;
  return {
    find(text, from = 0) {
      const shown = text.slice(0, longestLine);
      return search(steps, slots, ignoreCase ? shown.toLowerCase() : shown, shown, from);
    },
  };
}

const letterNode = (letter: string): Node => ({ kind: 'letter', test: (given) => given === letter });

const isWord = (letter: string | undefined): boolean => letter !== undefined && /\w/.test(letter);
const wordStart: Assertion = (text, at) => !isWord(text[at - 1]) && isWord(text[at]);
const wordEnd: Assertion = (text, at) => isWord(text[at - 1]) && !isWord(text[at]);

/** What a letter behind a backslash stands for, beside itself. */
const escapes: Readonly<Record<string, Node>> = {
  w: { kind: 'letter', test: isWord },
  W: { kind: 'letter', test: (letter) => !isWord(letter) },
  s: { kind: 'letter', test: (letter) => /\s/.test(letter) },
  S: { kind: 'letter', test: (letter) => !/\s/.test(letter) },
  b: { kind: 'assert', holds: (text, at) => wordStart(text, at) || wordEnd(text, at) },
  '<': { kind: 'assert', holds: wordStart },
  '>': { kind: 'assert', holds: wordEnd },
  t: letterNode('\t'),
  n: letterNode('\n'),
};

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/, digit: /\d/, alnum: /[A-Za-z0-9]/, upper: /[A-Z]/, lower: /[a-z]/, space: /\s/, blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/, cntrl: /\p{Cc}/u, xdigit: /[0-9A-Fa-f]/, print: /[ -~]/, graph: /[!-~]/,
};

class Reader {
  readonly #source: string;
  readonly #extended: boolean;
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(source: string, extended: boolean) {
    this.#source = source;
    this.#extended = extended;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new ExpressionError('unmatched parenthesis');
    return node;
  }

  /** The sign that comes: in a basic expression the special ones are behind a backslash. */
  #sign(): string {
    const letter = this.#source[this.#at] ?? '';
    if (this.#extended) return '|()+?{}'.includes(letter) && letter !== '' ? letter : '';
    const next = this.#source[this.#at + 1] ?? '';
    return letter === '\\' && next !== '' && '|()+?{}'.includes(next) ? next : '';
  }

  #takeSign(): void {
    this.#at += this.#extended ? 1 : 2;
  }

  #choice(): Node {
    const nodes = [this.#list()];
    while (this.#sign() === '|') {
      this.#takeSign();
      nodes.push(this.#list());
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes };
  }

  #list(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && this.#sign() !== '|' && !(this.#sign() === ')' && this.#depth > 0)) {
      nodes.push(this.#repeated(this.#atom(nodes.length === 0)));
    }
    return { kind: 'list', nodes };
  }

  #repeated(node: Node): Node {
    for (;;) {
      const star = this.#source[this.#at] === '*';
      const sign = star ? '*' : this.#sign();
      if (sign === '{') {
        const braces = /^(\d{0,3})(,?)(\d{0,3})(?:\\?\})/.exec(this.#source.slice(this.#at + (this.#extended ? 1 : 2)));
        if (braces === null) {
          if (this.#extended) return node;
          throw new ExpressionError('unmatched brace');
        }
        this.#takeSign();
        this.#at += braces[0].length;
        const least = Number(braces[1]);
        node = { kind: 'repeat', node, least, most: braces[2] === '' ? least : braces[3] === '' ? Infinity : Number(braces[3]) };
      } else if (sign === '*' || sign === '+' || sign === '?') {
        this.#at += star || this.#extended ? 1 : 2;
        node = { kind: 'repeat', node, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
      } else return node;
    }
  }

  #atom(first: boolean): Node {
    if (this.#sign() === '(') {
      if (++this.#depth > 50) throw new ExpressionError('too many parentheses');
      this.#takeSign();
      const number = ++this.groups;
      const node = this.#choice();
      if (this.#sign() !== ')') throw new ExpressionError('unmatched parenthesis');
      this.#takeSign();
      this.#depth -= 1;
      return { kind: 'group', number, node };
    }
    const letter = this.#source[this.#at++]!;
    const last = this.#at === this.#source.length || ['|', ')'].includes(this.#sign());
    if (letter === '^' && (first || this.#extended)) return { kind: 'assert', holds: (_text, at) => at === 0 };
    if (letter === '$' && (last || this.#extended)) return { kind: 'assert', holds: (text, at) => at === text.length };
    if (letter === '.') return { kind: 'letter', test: () => true };
    if (letter === '[') return { kind: 'letter', test: this.#bracket() };
    if (letter !== '\\') return letterNode(letter);
    const next = this.#source[this.#at++];
    if (next === undefined) throw new ExpressionError('trailing backslash');
    return escapes[next] ?? letterNode(next);
  }

  #bracket(): Test {
    const negated = this.#source[this.#at] === '^';
    if (negated) this.#at += 1;
    const tests: Test[] = [];
    for (let first = true; first || this.#source[this.#at] !== ']'; first = false) {
      const named = /^\[:(\w+):\]/.exec(this.#source.slice(this.#at, this.#at + 12));
      const known = named === null ? undefined : classes[named[1]!];
      if (named !== null && known !== undefined) {
        this.#at += named[0].length;
        tests.push((letter) => known.test(letter));
        continue;
      }
      const from = this.#source[this.#at++];
      if (from === undefined) throw new ExpressionError('unmatched bracket');
      const to = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']' ? this.#source[this.#at + 1] : undefined;
      if (to !== undefined) this.#at += 2;
      tests.push((letter) => letter >= from && letter <= (to ?? from));
    }
    this.#at += 1;
    return (letter) => tests.some((test) => test(letter)) !== negated;
  }
}

function compile(node: Node, steps: Step[]): void {
  if (steps.length > mostSteps) throw new ExpressionError('the expression is too big');
  switch (node.kind) {
    case 'letter':
    case 'assert':
      steps.push(node);
      break;
    case 'list':
      for (const each of node.nodes) compile(each, steps);
      break;
    case 'choice': {
      const split: Step = { kind: 'split', targets: [] };
      steps.push(split);
      const ends: number[][] = [];
      for (const each of node.nodes) {
        split.targets.push(steps.length);
        compile(each, steps);
        const jump: Step = { kind: 'split', targets: [] };
        ends.push(jump.targets);
        steps.push(jump);
      }
      for (const end of ends) end.push(steps.length);
      break;
    }
    case 'group':
      steps.push({ kind: 'save', slot: 2 * node.number - 2 });
      compile(node.node, steps);
      steps.push({ kind: 'save', slot: 2 * node.number - 1 });
      break;
    case 'repeat': {
      for (let count = 0; count < node.least; count += 1) compile(node.node, steps);
      if (node.most === Infinity) {
        const split: Step = { kind: 'split', targets: [] };
        const start = steps.push(split) - 1;
        split.targets.push(steps.length);
        compile(node.node, steps);
        steps.push({ kind: 'split', targets: [start] });
        split.targets.push(steps.length);
        break;
      }
      const skips: number[][] = [];
      for (let count = node.least; count < node.most; count += 1) {
        const split: Step = { kind: 'split', targets: [steps.length + 1] };
        skips.push(split.targets);
        steps.push(split);
        compile(node.node, steps);
      }
      for (const skip of skips) skip.push(steps.length);
    }
  }
}

interface Thread {
  readonly step: number;
  readonly start: number;
  readonly saved: readonly (number | undefined)[];
}

function search(steps: readonly Step[], slots: number, text: string, shown: string, from: number): Match | undefined {
  let threads: Thread[] = [];
  let best: { start: number; end: number; saved: Thread['saved'] } | undefined;
  for (let at = from; at <= text.length; at += 1) {
    const seen = new Set<number>();
    const next: Thread[] = [];
    // In the order of their starts, so that the leftmost takes each step first.
    if (best === undefined) threads.push({ step: 0, start: at, saved: Array.from({ length: slots }, () => undefined) });
    for (const thread of threads) follow(thread);
    threads = next;
    if (threads.length === 0 && best !== undefined) break;

    function follow(first: Thread): void {
      const stack = [first];
      for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
        if (seen.has(thread.step) || (best !== undefined && thread.start > best.start)) continue;
        seen.add(thread.step);
        const { step: number, start, saved } = thread;
        const step = steps[number]!;
        switch (step.kind) {
          case 'match':
            if (best === undefined || start < best.start || at > best.end) best = { start, end: at, saved };
            break;
          case 'letter':
            if (at < text.length && step.test(text[at]!)) next.push({ step: number + 1, start, saved });
            break;
          case 'assert':
            if (step.holds(text, at)) stack.push({ step: number + 1, start, saved });
            break;
          case 'save':
            stack.push({ step: number + 1, start, saved: saved.with(step.slot, at) });
            break;
          case 'split':
            for (const target of step.targets.toReversed()) stack.push({ step: target, start, saved });
        }
      }
    }
  }
  if (best === undefined) return undefined;
  const { start, end, saved } = best;
  const groups = Array.from({ length: slots / 2 }, (_, index) => {
    const [open, close] = [saved[2 * index], saved[2 * index + 1]];
    return open === undefined || close === undefined ? undefined : shown.slice(open, close);
  });
  return { start, end, groups };
}
