// Label selectors as the query parameter has them: apimachinery, pkg/labels/selector.go, with its words.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
import { badRequest } from './api-error.ts';
import { labelKeyFault, labelValueFault } from './name-rules.ts';

export type Labels = Readonly<Record<string, string>>;

type Token = { readonly kind: 'identifier' | 'symbol' | 'end'; readonly text: string };

const SYMBOLS = ['!=', '==', '=', '!', '(', ')', ',', '>', '<'];

/** @throws ApiError BadRequest. @param minor newer servers say some errors in other words. */
export function parseLabelSelector(text: string, minor: number): (labels: Labels) => boolean {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '' };
  const take = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const is = (token: Token, symbol: string) => token.kind === 'symbol' && token.text === symbol;
  const fail = (message: string): never => {
    throw badRequest(message);
  };
  const failRequirement = (message: string): never => fail(`unable to parse requirement: ${message}`);

  function requirement(): (labels: Labels) => boolean {
    const negated = is(peek(), '!');
    if (negated) take();
    const keyToken = take();
    if (keyToken.kind !== 'identifier') failRequirement(`found '${keyToken.text}', expected: identifier`);
    const key = keyToken.text;
    const fault = labelKeyFault(key);
    // 1.21 and later use field errors here, of a path that is nil.
    if (fault) failRequirement(minor > 20 ? `<nil>: Invalid value: ${JSON.stringify(key)}: ${fault}` : `invalid label key ${JSON.stringify(key)}: ${fault}`);
    if (negated) return (labels) => !Object.hasOwn(labels, key);
    if (peek().kind === 'end' || is(peek(), ',')) return (labels) => Object.hasOwn(labels, key);
    return comparison(key);
  }

  function comparison(key: string): (labels: Labels) => boolean {
    const operator = take();
    const { text } = operator;
    const word = operator.kind === 'identifier' && (text === 'in' || text === 'notin');
    if (!word && !['=', '==', '!=', '>', '<'].some((symbol) => is(operator, symbol))) {
      failRequirement(`found '${text}', expected: ${minor > 20 ? 'in, notin, =, ==, !=, gt, lt' : "'=', '!=', '==', 'in', notin'"}`);
    }
    const values = word ? several() : [one()];
    for (const [index, value] of values.entries()) {
      const fault = labelValueFault(value);
      if (!fault) continue;
      const shown = JSON.stringify(value);
      failRequirement(minor > 20 ? `values[${index}][${key}]: Invalid value: ${shown}: ${fault}` : `invalid label value: ${shown}: at key: ${JSON.stringify(key)}: ${fault}`);
    }
    const has = (labels: Labels) => Object.hasOwn(labels, key);
    const among = (labels: Labels) => has(labels) && values.includes(labels[key] ?? '');
    if (text === '>' || text === '<') {
      const limit = values[0] ?? '';
      if (!/^\d+$/.test(limit)) {
        const words = "for 'Gt', 'Lt' operators, the value must be an integer";
        failRequirement(minor > 20 ? `values[0]: Invalid value: ${JSON.stringify(limit)}: ${words}` : words);
      }
      return (labels) => {
        const value = has(labels) && /^[-+]?\d+$/.test(labels[key] ?? '') ? Number(labels[key]) : Number.NaN;
        return text === '>' ? value > Number(limit) : value < Number(limit);
      };
    }
    return text === 'notin' || text === '!=' ? (labels) => !among(labels) : among;
  }

  function one(): string {
    if (peek().kind === 'end' || is(peek(), ',')) return '';
    const token = take();
    return token.kind === 'identifier' ? token.text : failRequirement(`found '${token.text}', expected: identifier`);
  }

  function several(): string[] {
    const open = take();
    if (!is(open, '(')) failRequirement(`found '${open.text}' expected: '('`);
    if (is(peek(), ')')) {
      take();
      return [''];
    }
    if (peek().kind !== 'identifier' && !is(peek(), ',')) failRequirement(`found '${peek().text}', expected: ',', ')' or identifier`);
    const values: string[] = [];
    for (;;) {
      const value = peek().kind === 'identifier' ? take().text : '';
      values.push(value);
      const next = take();
      if (is(next, ')')) return values;
      if (!is(next, ',')) failRequirement(`found '${next.text}', expected: ',' or ')'`);
    }
  }

  const requirements: ((labels: Labels) => boolean)[] = [];
  if (peek().kind !== 'end') {
    if (peek().kind !== 'identifier' && !is(peek(), '!')) fail(`found '${peek().text}', expected: !, identifier, or 'end of string'`);
    for (;;) {
      requirements.push(requirement());
      const next = take();
      if (next.kind === 'end') break;
      if (!is(next, ',')) fail(`found '${next.text}', expected: ',' or 'end of string'`);
      if (peek().kind !== 'identifier' && !is(peek(), '!')) fail(`found '${peek().text}', expected: identifier after ','`);
    }
  }
  return (labels) => requirements.every((matches) => matches(labels));
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
    const found = symbol ?? /^[^\s!=(),><]+/.exec(text.slice(at))?.[0] ?? '';
    tokens.push({ kind: symbol ? 'symbol' : 'identifier', text: found });
    at += found.length;
  }
  return tokens;
}
