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
const compiled = new Map<string, IntlMessageFormat>();

/** Whether there are words for a key. */
export function hasMessage(key: string): boolean {
  return key in catalogue[language.current];
}

/** A sentence in pieces, for Say.svelte. A key without words shows itself, so that it is seen. */
export function sayParts(key: string, params: Params = {}): Part[] {
  const tagged = (tag: 'c' | 'b') => (chunks: unknown[]) => ({ tag, text: chunks.join('') });
  try {
    const format = formatFor(key);
    const result = format?.format<Part>({ ...selectable(format, params), c: tagged('c'), b: tagged('b') }) ?? key;
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

/**
 * Parameters as the branches of a `select` are named: ICU allows no hyphen in a branch (`default_latest` for `default-latest`) and has no
 * name for an empty value (`none`).
 */
function selectable(format: IntlMessageFormat, params: Params): Params {
  const selected = new Set(selectors(format.getAst()));
  const named = (name: string, value: string | number) => (selected.has(name) && typeof value === 'string' ? value.replaceAll('-', '_') || 'none' : value);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, named(name, value)]));
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** The names of all `select` arguments; a plural has options, too, but also a pluralType. */
function selectors(elements: readonly Element[]): string[] {
  return elements.flatMap((element) => {
    if ('children' in element) return selectors(element.children);
    if (!('options' in element)) return [];
    const nested = Object.values(element.options).flatMap((option) => selectors(option.value));
    return 'pluralType' in element ? nested : [element.value, ...nested];
  });
}

function formatFor(key: string): IntlMessageFormat | undefined {
  const locale = language.current;
  const text = catalogue[locale][key];
  if (text === undefined) return undefined;
  const id = `${locale} ${key}`;
  const format = compiled.get(id) ?? new IntlMessageFormat(text, locale);
  compiled.set(id, format);
  return format;
}
