// Every sentence exists in both languages, says the same things, and is used. The renderer's build fails on the first two.
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import type { Plugin } from 'vite';
import { failures } from '../shared/contract/failures.ts';

type Messages = { [key: string]: string | Messages };

export interface MessageCheck {
  en: Messages;
  ko: Messages;
  /** The text of every source that may name a key, by path. */
  sources: Record<string, string>;
  failureCodes: readonly string[];
}

/**
 * @returns faults: what a person would meet as a missing, empty, broken or different sentence, each with the key and why;
 *   unused: keys that no source names, whole or as the beginning of a template
 */
export function checkMessages({ en, ko, sources, failureCodes }: MessageCheck): { faults: string[]; unused: string[] } {
  const english = flatten(en);
  const korean = flatten(ko);
  const { literals, beginnings, isUsed } = keysIn(sources);
  const faults = [
    ...[...english.keys()].filter((key) => !korean.has(key)).map((key) => `${key}: is in en.json, but not in ko.json`),
    ...[...korean.keys()].filter((key) => !english.has(key)).map((key) => `${key}: is in ko.json, but not in en.json`),
    ...faultsOf(english, 'en'),
    ...faultsOf(korean, 'ko'),
    ...[...english].flatMap(([key, text]) => differences(key, text, korean.get(key))),
    ...failureCodes.filter((code) => !english.has(`failure.${code}`)).map((code) => `failure.${code}: the failure ${code} has no sentence`),
    ...literals.filter(({ key }) => !english.has(key)).map(({ key, file }) => `${key}: is used in ${file}, but has no sentence`),
    ...beginnings
      .filter(({ key }) => ![...english.keys()].some((known) => known.startsWith(key)))
      .map(({ key, file }) => `${key}*: is used in ${file}, but no sentence begins so`),
  ];
  const unused = [...english.keys()].filter((key) => !isUsed(key) && !failureCodes.some((code) => key === `failure.${code}`));
  return { faults: [...new Set(faults)], unused };
}

/** Reads the house's own messages and sources and checks them. */
export function checkHouse(root: string): { faults: string[]; unused: string[] } {
  const file = (language: string) => path.join(root, 'renderer/messages', `${language}.json`);
  const missing = ['en', 'ko'].map(file).filter((name) => !existsSync(name));
  if (missing.length > 0) return { faults: missing.map((name) => `${path.relative(root, name)} is missing`), unused: [] };
  const read = (language: string) => JSON.parse(readFileSync(file(language), 'utf8')) as Messages;
  // The practice cluster speaks as Kubernetes does; its `key: 'ca.crt'` is no sentence of ours.
  const files = globSync('{renderer,electron,shared}/**/*.{ts,svelte}', { cwd: root })
    .filter((name) => !name.endsWith('.test.ts') && !/^electron[\\/]practice[\\/]/.test(name));
  const sources = Object.fromEntries(files.map((name) => [name, readFileSync(path.join(root, name), 'utf8')]));
  return checkMessages({ en: read('en'), ko: read('ko'), sources, failureCodes: Object.keys(failures) });
}

/** Fails a build whose messages have faults. */
export function messagesAreWhole(root: string): Plugin {
  return {
    name: 'podlab:messages',
    apply: 'build',
    buildStart() {
      const { faults } = checkHouse(root);
      if (faults.length > 0) this.error(`messages:\n  ${faults.join('\n  ')}`);
    },
  };
}

function flatten(messages: Messages, before = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]) =>
      typeof value === 'string' ? [[before + key, value] as const] : [...flatten(value, `${before}${key}.`)],
    ),
  );
}

function faultsOf(messages: Map<string, string>, language: string): string[] {
  return [...messages].flatMap(([key, text]) => {
    if (text.trim() === '') return [`${key}: is empty in ${language}.json`];
    const parts = partsOf(text, language);
    return 'broken' in parts ? [`${key}: cannot be read in ${language}.json: ${parts.broken}`] : [];
  });
}

function differences(key: string, english: string, korean: string | undefined): string[] {
  if (korean === undefined) return [];
  const [en, ko] = [partsOf(english, 'en'), partsOf(korean, 'ko')];
  if ('broken' in en || 'broken' in ko) return [];
  return [
    ...[...en.parts].filter((part) => !ko.parts.has(part)).map((part) => `${key}: ${part} is in en.json, but not in ko.json`),
    ...[...ko.parts].filter((part) => !en.parts.has(part)).map((part) => `${key}: ${part} is in ko.json, but not in en.json`),
  ];
}

type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** The placeholders, tags and choices of a message. Plural forms differ between languages; the words of a select do not. */
function partsOf(text: string, language: string): { parts: Set<string> } | { broken: string } {
  try {
    return { parts: new Set(partsOfAst(new IntlMessageFormat(text, language).getAst())) };
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }
}

// The numbers of @formatjs/icu-messageformat-parser, types.ts, which is no dependency of our own.
const LITERAL_PART = 0;
const SELECT_PART = 5;
const POUND_PART = 7;

function partsOfAst(ast: Ast): string[] {
  return ast.flatMap((element) => {
    const type: number = element.type;
    if (!('value' in element) || type === LITERAL_PART) return [];
    if ('children' in element) return [`<${element.value}>`, ...partsOfAst(element.children)];
    if (!('options' in element)) return [`{${element.value}}`];
    const choices = Object.entries(element.options);
    const within = choices.flatMap(([, { value }]) => partsOfAst(value));
    // A plural that shows no number chooses a form only, and Korean has no forms to choose from.
    if (type !== SELECT_PART) return choices.some(([, { value }]) => showsNumber(value)) ? [`{${element.value}}`, ...within] : within;
    return [`{${element.value}}`, ...choices.map(([word]) => `{${element.value}: ${word}}`), ...within];
  });
}

const showsNumber = (ast: Ast): boolean => ast.some(({ type }: { type: number }) => type === POUND_PART);

const KEY = String.raw`[a-z][\w-]*(?:\.[\w-]+)+`;
const LITERAL = new RegExp(String.raw`(?:\b(?:say|message)\(\s*|\bkey:\s*)(['"])(${KEY})\1`, 'g');
const TEMPLATE = new RegExp(String.raw`(?:\b(?:say|message)\(\s*|\bkey:\s*)\x60([a-z][\w.-]*\.)\$\{`, 'g');
const ANY_TEMPLATE = /\x60([a-z][\w.-]*[.-])\$\{/g;
const ANY_WORD = new RegExp(String.raw`(['"\x60])(${KEY})\1`, 'g');

function keysIn(sources: Record<string, string>) {
  const literals: { key: string; file: string }[] = [];
  const beginnings: { key: string; file: string }[] = [];
  // A key may be chosen elsewhere than where it is said, so any string that is a key counts as its use.
  const words = new Set<string>();
  const templates = new Set<string>();
  for (const [file, text] of Object.entries(sources)) {
    for (const [, , key = ''] of text.matchAll(LITERAL)) literals.push({ key, file });
    for (const [, key = ''] of text.matchAll(TEMPLATE)) beginnings.push({ key, file });
    for (const [, , key = ''] of text.matchAll(ANY_WORD)) words.add(key);
    for (const [, key = ''] of text.matchAll(ANY_TEMPLATE)) templates.add(key);
  }
  return { literals, beginnings, isUsed: (key: string) => words.has(key) || [...templates].some((beginning) => key.startsWith(beginning)) };
}
