// The language of the sentences.
import { remember, remembered } from './remembered.ts';

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

const isLanguage = (text: string | undefined): text is Language => languages.some((language) => language === text);

/** The person's choice, else the first of the browser's languages that we speak, else English. */
export function firstLanguage(chosen: string | undefined, preferred: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  return preferred.map((tag) => tag.split('-')[0]?.toLowerCase()).find(isLanguage) ?? 'en';
}

let current = $state<Language>(
  typeof navigator === 'undefined' ? 'en' : firstLanguage(remembered('language'), navigator.languages),
);

export const language = {
  get current(): Language {
    return current;
  },
  /** Speaks it from now on, and the next time. */
  choose(chosen: Language): void {
    current = chosen;
    remember('language', chosen);
  },
};
