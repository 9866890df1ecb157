// Sentences: a message key and its parameters become words of the chosen language (ICU MessageFormat).
import { IntlMessageFormat } from 'intl-messageformat';
import type { Message } from '../../shared/contract/findings.ts';
import en from '../messages/en.json';
import ko from '../messages/ko.json';
import { language } from './language.svelte.ts';
import type { Language } from './language.svelte.ts';

export type Params = Message['params'];
/** A piece of a rich sentence: plain text, `<c>` code or `<b>` bold. */
export type Part = { readonly tag: 'text' | 'c' | 'b'; readonly text: string };

const catalogue: Record<Language, Readonly<Record<string, string>>> = { en, ko };
const compiled = new Map<string, Compiled>();

/** Whether there are words for a key. */
export function hasMessage(key: string): boolean {
  return key in catalogue[language.current];
}

/** A sentence in pieces, for Say.svelte. A key without words shows itself, so that it is seen. */
export function sayParts(key: string, params: Params = {}): Part[] {
  const tagged = (tag: 'c' | 'b') => (chunks: unknown[]) => ({ tag, text: chunks.join('') });
  try {
    const sentence = formatFor(key);
    const result = sentence?.format.format<Part>({ ...selectable(sentence, params), c: tagged('c'), b: tagged('b') }) ?? key;
    return (Array.isArray(result) ? result : [result]).map((part) => (typeof part === 'string' ? { tag: 'text', text: part } : part));
  } catch {
    // A parameter is missing: better a raw pattern than an empty screen.
    return [{ tag: 'text', text: catalogue[language.current][key] ?? key }];
  }
}

/** A sentence as plain text, its tags taken off. */
export function say(key: string, params: Params = {}): string {
  return sayParts(key, params).map((part) => part.text).join('');
}

/** A message of the engine as plain text. */
export function sayMessage(message: Message): string {
  return say(message.key, message.params);
}

/** The values of the `select`s beside the parameters, which are printed as they came. */
function selectable({ selects }: Compiled, params: Params): Params {
  const chosen = Object.entries(params).flatMap(([name, value]) => {
    const options = selects.get(name);
    return options ? [[selector(name), branch(options, String(value))]] : [];
  });
  return { ...params, ...Object.fromEntries(chosen) };
}

/**
 * A value as its branch is named: ICU allows no hyphen there (`default_latest` for `default-latest`) and has no name for an empty value
 * (`none`). A value that no branch is named after takes `other`, even if it is called `constructor`.
 */
function branch(options: ReadonlySet<string>, value: string): string {
  const name = value.replaceAll('-', '_') || 'none';
  return options.has(name) ? name : 'other';
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];
interface Compiled {
  readonly format: IntlMessageFormat;
  /** The branches of the arguments that a `select` looks at. */
  readonly selects: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The argument that a `select` looks at instead of the one that is printed: no sentence can name one with a space. */
const selector = (name: string) => `${name} selected`;

/** The same elements, their `select`s looking at arguments of their own; a plural has options, too, but also a pluralType. */
function apart(elements: readonly Element[], selects: Map<string, Set<string>>): Element[] {
  return elements.map((element) => {
    if ('children' in element) return { ...element, children: apart(element.children, selects) };
    if (!('options' in element)) return element;
    const options = Object.fromEntries(Object.entries(element.options).map(([name, option]) => [name, { ...option, value: apart(option.value, selects) }]));
    if ('pluralType' in element) return { ...element, options };
    selects.set(element.value, new Set([...(selects.get(element.value) ?? []), ...Object.keys(options)]));
    return { ...element, value: selector(element.value), options };
  });
}

function formatFor(key: string): Compiled | undefined {
  const locale = language.current;
  const text = catalogue[locale][key];
  if (text === undefined) return undefined;
  const id = `${locale} ${key}`;
  const known = compiled.get(id);
  if (known) return known;
  const selects = new Map<string, Set<string>>();
  const format = new IntlMessageFormat(apart(new IntlMessageFormat(text, locale).getAst(), selects), locale);
  compiled.set(id, { format, selects });
  return { format, selects };
}
