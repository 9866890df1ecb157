// Arithmetic of the shell (POSIX.1-2017, 2.6.4): whole numbers, C's operators, variables without a dollar sign.

export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const token = /\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_]\w*)|(<<=|>>=|&&|\|\||==|!=|<=|>=|<<|>>|[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),]))/y;

/** Binary operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '<=', '>', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];

/** @throws Error with the shell's words. */
export function evaluate(text: string, variables: Variables): number {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== '') {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`arithmetic syntax error: ${text.slice(at).trim()}`);
    tokens.push(found[0].trim());
  }
  if (tokens.length === 0) return 0;
  let at = 0;
  const fail = () => new Error('arithmetic syntax error');
  const value = (name: string): number => {
    const held = variables.get(name)?.trim() ?? '';
    if (held === '') return 0;
    if (/^[-+]?(0x[0-9a-f]+|\d+)$/i.test(held)) return number(held);
    throw fail();
  };

  const assignment = (): number => {
    const name = tokens[at];
    const sign = tokens[at + 1];
    if (name !== undefined && /^[A-Za-z_]/.test(name) && sign !== undefined && /^([-+*/%&|^]|<<|>>)?=$/.test(sign)) {
      at += 2;
      const right = assignment();
      const result = sign === '=' ? right : apply(sign.slice(0, -1), value(name), right);
      variables.set(name, String(result));
      return result;
    }
    const condition = binary(0);
    if (tokens[at] !== '?') return condition;
    at += 1;
    const yes = assignment();
    if (tokens[at++] !== ':') throw fail();
    const no = assignment();
    return condition === 0 ? no : yes;
  };

  const binary = (level: number): number => {
    const signs = levels[level];
    if (signs === undefined) return unary();
    let left = binary(level + 1);
    while (signs.includes(tokens[at] ?? '')) {
      const sign = tokens[at++]!;
      left = apply(sign, left, binary(level + 1));
    }
    return left;
  };

  const unary = (): number => {
    const one = tokens[at++];
    if (one === undefined) throw fail();
    if (one === '-') return -unary();
    if (one === '+') return unary();
    if (one === '!') return unary() === 0 ? 1 : 0;
    if (one === '~') return ~unary();
    if (one === '(') {
      const inner = assignment();
      if (tokens[at++] !== ')') throw fail();
      return inner;
    }
    if (/^\d/.test(one)) return number(one);
    if (/^[A-Za-z_]/.test(one)) return value(one);
    throw fail();
  };

  const result = assignment();
  if (at < tokens.length) throw fail();
  return result;
}

function number(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  return sign * (/^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits));
}

function apply(sign: string, left: number, right: number): number {
  switch (sign) {
    case '||':
      return left !== 0 || right !== 0 ? 1 : 0;
    case '&&':
      return left !== 0 && right !== 0 ? 1 : 0;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '==':
      return left === right ? 1 : 0;
    case '!=':
      return left === right ? 0 : 1;
    case '<':
      return left < right ? 1 : 0;
    case '<=':
      return left <= right ? 1 : 0;
    case '>':
      return left > right ? 1 : 0;
    case '>=':
      return left >= right ? 1 : 0;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      if (right === 0) throw new Error('divide by zero');
      return sign === '/' ? Math.trunc(left / right) : left % right;
  }
}
